import { BackendError, type BulkDo, type CannedChange, type CannedReply, type ChannelKind, type Draft, type FileRef, type Member, type Message, type Row, type Undoable, type Voided } from "$lib/backend";
import { m } from "$lib/i18n";
import { display, long, nameIn } from "$lib/text/address";
import { composeText, ownText, quoteOf } from "$lib/text/compose";
import { fillIn, leftIn, valuesOf, type Values } from "$lib/text/variables";
import type { App } from "./app.svelte";
import { blankDraft, isAnswered, nameOf } from "./composer.svelte";
import type { Said } from "./dialogs.svelte";
import { to } from "./router.svelte";

type FirstMessage = Draft & { channelId: string };

interface Started {
  draft: FirstMessage;
  files: FileRef[];
  unsigned: boolean;
}

/**
 * What a person can do with conversations, from wherever they ask for it:
 * button, key, menu, palette. Each shows how it went and how to undo it.
 */
export class Actions {
  readonly #app: App;
  /** First messages of this session as they were written, by message. */
  readonly #started = new Map<string, Started>();

  constructor(app: App) {
    this.#app = app;
  }

  /** The conversations an order is about: the ticked ones, else the one in hand. */
  get subject(): string[] {
    const { selection, conversation, list, router } = this.#app;
    if (selection.ids.size > 0) return [...selection.ids];
    if (router.route.view === "conversation") return [conversation.data?.id ?? conversation.id];
    return list.cursorId ? [list.cursorId] : [];
  }

  /** Whether this holds for one of them; of what is not here nobody knows, and it may. */
  any(holds: (row: Row) => boolean): boolean {
    return this.subject.some((id) => {
      const row = this.#row(id);
      return !row || holds(row);
    });
  }

  /**
   * Whether a conversation can become this member's, and is not yet: to somebody who is not
   * available nothing can be assigned (R3).
   */
  takes(member: Member, row: Row): boolean {
    const { channels, team } = this.#app;
    const available = team.isMe(member.id) ? team.available : member.available;
    return available && row.assigneeId !== member.id && team.hasAccess(member, channels.get(row.channelId));
  }

  close(ids = this.subject): Promise<void> {
    return this.#do("close", ids, m.done_closed({ n: ids.length }));
  }

  reopen(ids = this.subject): Promise<void> {
    return this.#do("reopen", ids, m.done_reopened({ n: ids.length }));
  }

  assign(ids: string[], memberId: string): Promise<void> {
    const { team } = this.#app;
    const said = team.isMe(memberId) ? m.done_assigned_me() : m.done_assigned({ name: team.name(memberId) });
    return this.#do("assign", ids, said, memberId);
  }

  unassign(ids = this.subject): Promise<void> {
    return this.#do("unassign", ids, m.done_unassigned({ n: ids.length }));
  }

  markRead(ids = this.subject): Promise<void> {
    return this.#do("read", ids, m.done_read({ n: ids.length }));
  }

  async markUnread(ids = this.subject): Promise<void> {
    for (const id of ids) this.#app.conversation.keepUnread(id);
    await this.#do("unread", ids, m.done_unread({ n: ids.length }));
  }

  async remove(id: string): Promise<void> {
    const { backend, toasts, router, conversation, list } = this.#app;
    const gone = await toasts.attempt(() => backend.inbox.remove(id));
    if (!gone) return;
    toasts.done(m.done_deleted());
    if (conversation.id === id) router.go(to.section(list.section, list.channelId));
    await this.#app.refresh();
  }

  open(id: string, messageId = ""): void {
    this.#app.router.go(to.conversation(id, messageId));
  }

  /** What variables become in what is written to somebody from a channel. */
  valuesFor(channelId: string, contact: string, subject: string): Values {
    const { channels, settings, team } = this.#app;
    const me = settings.values.name || team.name(team.status.me);
    return valuesOf({ contact, me, channel: channels.name(channelId), team: team.status.team, subject });
  }

  /** What stands under e-mails from a channel: its own signature, else one's own. */
  signatureFor(channelId: string, contact: string, subject: string): string {
    const { channels, settings } = this.#app;
    const shared = channels.get(channelId)?.signature ?? "";
    return shared.trim() ? fillIn(shared, this.valuesFor(channelId, contact, subject)) : settings.values.signature;
  }

  /** What goes out of the draft in hand, without what is quoted. */
  get outgoing(): string {
    const { draft } = this.#app.composer;
    return draft.templateId ? "" : `${draft.text}\n${this.#signature}`;
  }

  get #signature(): string {
    const { composer, conversation } = this.#app;
    return conversation.data?.kind === "email" && !composer.unsigned ? this.#signedBy(conversation.data) : "";
  }

  /**
   * Sends the draft in hand; a closed conversation asks first (R10), and so does what is not
   * filled in, and what a colleague answered meanwhile. Says whether it went.
   */
  async send(said: Said = {}): Promise<boolean> {
    const { reopen, anyway = false } = said;
    const { composer, conversation, dialogs, settings } = this.#app;
    const data = conversation.data;
    if (!data || composer.empty || composer.sending || composer.uploading > 0) return false;
    const chat = data.kind !== "email";
    const signature = this.#signature;
    if (!said.unfilled && leftIn(this.outgoing).length > 0) {
      dialogs.show({ name: "unfilled", said });
      return false;
    }
    const looked = data.answered ? composer.looked === nameOf(data.answered) : false;
    if (data.closed && reopen === undefined) {
      dialogs.show({ name: "sendClosed", said });
      return false;
    }
    const original = composer.withQuote && !chat ? conversation.lastIncoming : undefined;
    const quote = original ? quoteOf(original, settings.locale) : "";
    const text = chat ? composer.draft.text.trim() : composeText(composer.draft.text, signature, quote);
    const contact = display(data.contact);
    try {
      const sent = await composer.send(text, reopen ?? false, anyway || looked, signature);
      this.#offerUndo(data.kind, sent.messageId, contact, () => composer.restore(data.id, sent.draft, sent.files, sent.unsigned));
    } catch (thrown) {
      // The composer shows it, beside the text that was kept.
      if (isAnswered(BackendError.from(thrown))) {
        await conversation.refresh();
        dialogs.show({ name: "answered", said });
      }
      return false;
    }
    await this.#app.refresh();
    return true;
  }

  /** Shows what somebody else answered; sending does not ask about that answer again. */
  lookAtAnswer(): void {
    const { composer, conversation } = this.#app;
    const answered = conversation.data?.answered;
    if (!answered) return;
    composer.looked = nameOf(answered);
    this.open(conversation.data?.id ?? "", answered.messageId);
  }

  /** Tells that a decision had no effect, with the way to decide it anew (R7). */
  tellVoid(it: Voided): void {
    const { dialogs, toasts, voids } = this.#app;
    const actions = [];
    if (it.again) actions.push({ label: it.again.memberId ? m.assign_again() : m.unassign_again(), run: () => this.#again(it) });
    if (it.conversationId) actions.push({ label: m.open(), run: () => this.open(it.conversationId) });
    // A text that is nowhere else stays on the list until it was seen there.
    if (it.wrote) actions.push({ label: m.open(), run: () => dialogs.show({ name: "voids" }) });
    toasts.void(it.id, it.text, it.subject, actions, async () => {
      if (!it.wrote) await voids.dismiss(it.id);
    });
  }

  /** Decides again what came second, and takes it off the list of such. */
  async voidAgain(it: Voided): Promise<void> {
    const { toasts, voids } = this.#app;
    toasts.drop(it.id);
    await toasts.attempt(() => voids.dismiss(it.id));
    await this.#again(it);
  }

  async dismissVoids(...all: Voided[]): Promise<void> {
    const { toasts, voids } = this.#app;
    for (const it of all) toasts.drop(it.id);
    await toasts.attempt(() => voids.dismiss(...all.map((it) => it.id)));
  }

  #again({ conversationId, again }: Voided): Promise<void> {
    if (!again) return Promise.resolve();
    return again.memberId ? this.assign([conversationId], again.memberId) : this.unassign([conversationId]);
  }

  /** Sends a first message to somebody and goes to its conversation. */
  async start(draft: FirstMessage, files: FileRef[], unsigned = false): Promise<void> {
    const { backend, channels, router } = this.#app;
    const kind = channels.get(draft.channelId)?.kind ?? "email";
    const signature = kind !== "email" || unsigned ? "" : this.signatureFor(draft.channelId, nameIn(draft.to[0] ?? ""), draft.subject);
    const text = kind === "email" ? composeText(draft.text, signature, "") : draft.text;
    const { conversationId, messageId } = await backend.composer.start({ ...draft, text, signature });
    const started = { draft, files, unsigned };
    this.#started.set(messageId, started);
    router.go(to.conversation(conversationId));
    this.#offerUndo(kind, messageId, draft.to.join(", "), async () => this.#writeAgain(started));
    await this.#app.refresh();
  }

  async addNote(): Promise<void> {
    const { composer, toasts, conversation } = this.#app;
    if (!composer.note.trim()) return;
    await toasts.attempt(() => composer.addNote());
    await conversation.refresh();
  }

  /** Takes a message that was not sent yet, or is given up, back into the draft. */
  async cancelMessage(message: Message): Promise<void> {
    const { backend, composer, conversation, outbox, toasts } = this.#app;
    const data = conversation.data;
    const id = data?.id ?? "";
    await this.#outbox(async () => {
      if (outbox.of(message.id)?.doubt) await backend.composer.giveUp(message.id);
      else await backend.composer.cancel(message.id);
      toasts.drop(message.id);
      const first = data && data.messages.length === 1 && !data.next;
      if (first) {
        this.#writeAgain(this.#started.get(message.id) ?? this.#firstMessage(message, data.channelId));
      } else {
        // The program has its draft again, with its files, as it was composed.
        const { draft, draftFiles } = await backend.inbox.open(id, { before: "", around: "", limit: 1 });
        const text = this.#own(draft.text || message.text, data);
        await composer.restore(id, { ...draft, text }, draftFiles ?? []);
      }
    });
  }

  /** Puts what failed after it was sent into the composer again, with its files. */
  async writeAgain(message: Message): Promise<void> {
    const { composer, conversation, toasts } = this.#app;
    if (message.template || !conversation.data) return;
    const files = message.attachments.filter((file) => !file.missing);
    const text = this.#own(message.text, conversation.data);
    const { id } = conversation.data;
    await toasts.attempt(() => composer.restore(id, { ...blankDraft(), text, attachments: files.map((file) => file.id) }, files));
  }

  // Without its only message the conversation is gone: what was written is
  // a first message again.
  #writeAgain(started: Started): void {
    const { conversation, dialogs, list, router } = this.#app;
    router.go(to.section(list.section, list.channelId));
    conversation.close();
    dialogs.show({ name: "compose", ...started });
  }

  // In a chat all is the writer's own: what looks like a quote was typed.
  #own(text: string, data: Row | undefined): string {
    return data && data.kind !== "email" ? text : ownText(text, this.#signedBy(data));
  }

  #signedBy(data: Row | undefined): string {
    return data ? this.signatureFor(data.channelId, data.contact.name, data.subject) : "";
  }

  #firstMessage(message: Message, channelId: string): Started {
    const named = (kind: string) => message.recipients.filter((each) => each.kind === kind).map(long);
    const addresses = { to: named("to"), cc: named("cc"), bcc: named("bcc") };
    const text = ownText(message.text, this.signatureFor(channelId, nameIn(addresses.to[0] ?? ""), message.subject));
    const draft = { ...blankDraft(), ...addresses, channelId, subject: message.subject, text };
    return { draft, files: message.attachments, unsigned: false };
  }

  /** Names who a chat is with, for the whole team. */
  async nameContact(id: string, name: string): Promise<boolean> {
    const { backend, conversation, toasts } = this.#app;
    let done: Undoable | undefined;
    const went = await toasts.attempt(async () => {
      done = await backend.inbox.nameContact(id, name);
    });
    if (!went) return false;
    if (done?.undoId) toasts.undoable(m.done_named(), name, () => this.#undo(done?.undoId ?? ""));
    await Promise.all([conversation.refresh(), this.#app.refresh()]);
    return true;
  }

  async retryMessage(messageId: string): Promise<void> {
    await this.#outbox(() => this.#app.backend.composer.retry(messageId));
  }

  async markSent(messageId: string): Promise<void> {
    await this.#outbox(() => this.#app.backend.composer.markSent(messageId));
  }

  async copyLink(id: string): Promise<void> {
    const { toasts } = this.#app;
    await toasts.attempt(() => navigator.clipboard.writeText(`postvak://conversation/${encodeURIComponent(id)}`));
    toasts.done(m.done_link_copied());
  }

  async #outbox(work: () => Promise<void>): Promise<void> {
    const { toasts, conversation } = this.#app;
    if (await toasts.attempt(work)) await Promise.all([conversation.refresh(), this.#app.refresh()]);
  }

  // What a chat took is out at once: only e-mail waits for second thoughts.
  #offerUndo(kind: ChannelKind, messageId: string, contact: string, restore: () => Promise<void>): void {
    const { backend, conversation, toasts, settings } = this.#app;
    const seconds = settings.values.undoSendSeconds;
    if (seconds <= 0 || kind !== "email") {
      const waits = conversation.data?.composer.mode === "queue_only";
      toasts.done(waits ? m.state_queued() : m.done_queued(), contact);
      return;
    }
    toasts.countdown(messageId, m.sending(), contact, seconds, async () => {
      await backend.composer.cancel(messageId);
      await restore();
      await this.#app.refresh();
    });
  }

  async #do(what: BulkDo, ids: string[], title: string, memberId = ""): Promise<void> {
    if (ids.length === 0) return;
    const { backend, toasts, selection } = this.#app;
    const text = this.#contact(ids);
    let done: Undoable | undefined;
    const went = await toasts.attempt(async () => {
      done = await backend.inbox.bulk({ do: what, conversationIds: ids, memberId });
    });
    if (went) {
      selection.clear();
      if (done?.undoId) toasts.undoable(title, text, () => this.#undo(done?.undoId ?? ""));
    }
    await this.#app.refresh();
  }

  /** Stores a canned reply. Rejects where somebody else changed it since. */
  async saveReply(change: CannedChange): Promise<void> {
    const { replies, toasts } = this.#app;
    const { undoId } = await replies.save(change);
    if (undoId) toasts.undoable(m.canned_saved(), change.name, () => this.#undoReply(undoId));
  }

  async removeReply(reply: CannedReply): Promise<void> {
    const { replies, toasts } = this.#app;
    let undoId = "";
    const went = await toasts.attempt(async () => {
      ({ undoId } = await replies.remove(reply));
    });
    if (went && undoId) toasts.undoable(m.canned_deleted(), reply.name, () => this.#undoReply(undoId));
    else await toasts.attempt(() => replies.load());
  }

  async #undoReply(undoId: string): Promise<void> {
    const { backend, replies } = this.#app;
    await backend.inbox.undo(undoId);
    await replies.load();
  }

  async #undo(undoId: string): Promise<void> {
    await this.#app.backend.inbox.undo(undoId);
    await this.#app.refresh();
  }

  #contact(ids: string[]): string {
    const [id = ""] = ids;
    if (ids.length !== 1) return "";
    const row = this.#row(id);
    return row ? display(row.contact) : "";
  }

  #row(id: string): Row | undefined {
    const { conversation, list } = this.#app;
    return conversation.data?.id === id ? conversation.data : list.row(list.indexOf(id));
  }
}
