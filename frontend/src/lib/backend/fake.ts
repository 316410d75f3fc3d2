import type { Backend } from "./backend";
import { BackendError } from "./error";
import { FakeChannels } from "./fakeChannels";
import * as chat from "./fakeChat";
import { FakeCrm, type FakeCrmOptions } from "./fakeCrm";
import * as data from "./fakeData";
import { chatParts, composerOf, templates } from "./fakeMessages";
import { fakeReplies } from "./fakeReplies";
import { FakeNotifications, type FakeNotificationsOptions } from "./fakeNotifications";
import { FakeTeam, type FakeTeamOptions } from "./fakeTeam";
import type { Removal } from "./movingTypes";
import { fill } from "$lib/text/template";
import type * as t from "./types";

/** How a fake program differs from the usual one. */
export interface FakeOptions extends FakeTeamOptions, FakeNotificationsOptions {
  /** A page in a browser, not a window of the system. */
  browser?: boolean;
  /** Whoever is asked where to save a file changes their mind. */
  cancels?: boolean;
  /** What would be lost beside the usual. */
  removal?: Partial<Removal>;
  firstRun?: boolean;
  offline?: boolean;
  closed?: number;
  settings?: Partial<t.Settings>;
  channels?: t.Channel[];
  /** A WhatsApp sender and a Messenger page too, with conversations in every state of their windows. */
  chats?: boolean;
  voids?: t.Voided[];
  /** What waits or needs attention beside the usual. */
  outbox?: t.OutboxEntry[];
  /** What a WhatsApp sender has to write outside of the window with. */
  templates?: t.Template[];
  /** The team's canned replies; none unless they are given. */
  replies?: t.CannedReply[];
  diagnostics?: t.Diagnostics;
  crm?: FakeCrmOptions;
  /** What a conversation is beside what it usually is, by its id. */
  conversations?: Record<string, Partial<t.Conversation>>;
  /** Called before every call with its name; what it throws, the call throws. */
  before?: (name: string, ...args: unknown[]) => void;
}

export interface Fake extends Backend {
  /** Every call so far: its name and its arguments. */
  readonly calls: { name: string; args: unknown[] }[];
  emit<Name extends keyof t.Events>(name: Name, event: t.Events[Name]): void;
  rows: t.Row[];
  readonly people: FakeTeam;
  readonly bell: FakeNotifications;
  readonly crm: Backend["crm"];
  /** What stands behind crm. */
  readonly book: FakeCrm;
}

export const emptyDraft = (): t.Draft => ({
  to: [],
  cc: [],
  bcc: [],
  replyAll: false,
  subject: "",
  text: "",
  attachments: [],
  templateId: "",
  variables: {},
});

/** A program in memory, that behaves as the contract says where a test looks. */
export function fake(options: FakeOptions = {}): Fake {
  const calls: Fake["calls"] = [];
  const listeners = new Map<string, Set<(event: never) => void>>();
  const rows = [...data.rows, ...(options.chats ? chat.chatRows : [])].map((row) => ({ ...row }));
  const closedCount = options.closed ?? 1284;
  const drafts = new Map<string, t.Draft>();
  const sent = new Map<string, t.Message[]>();
  const begun = new Set<string>();
  const notes = new Map<string, t.Note[]>([["c0", [...data.storyNotes]]]);
  const activity = new Map<string, t.Activity[]>([["c0", [...data.storyActivity]]]);
  const undos = new Map<string, () => void>();
  const files = new Map<string, t.FileRef>();
  let voids = [...(options.voids ?? [])];
  let serial = 0;
  let settings: t.Settings = {
    language: "",
    systemLanguage: "",
    theme: "",
    sendKey: "mod+enter",
    undoSendSeconds: 5,
    name: "Bram Kuiper",
    email: "bram@noordzeefietsen.nl",
    signature: "Bram Kuiper\nNoordzee Fietsen",
    startAtLogin: false,
    keepInTray: true,
    ...options.settings,
  };

  const connected = options.firstRun || options.team === "pending" ? [] : (options.channels ?? [...data.channels, ...(options.chats ? chat.chatChannels : [])]);
  const accounts = new FakeChannels(connected, called, () => emit("status.changed", status()));
  const people = new FakeTeam(options, called, () => emit("team.changed", null));
  const bell = new FakeNotifications(options, called, () => emit("notifications.changed", null));
  const book = new FakeCrm(options.crm ?? {}, {
    called,
    row: find,
    undoable: keep,
    offline: options.offline ?? false,
    did: (id, kind, title) => activity.set(id, [...(activity.get(id) ?? []), { at: data.now.toISOString(), memberId: "bram", kind, text: "", title, void: false, reason: "" }]),
    changed: (event) => {
      emit("crm.changed", event);
      if (event.conversationIds.length > 0) changed(...event.conversationIds);
    },
  });

  function keep(back: () => void): t.Undoable {
    const undoId = `undo${++serial}`;
    undos.set(undoId, back);
    return { undoId };
  }

  function emit<Name extends keyof t.Events>(name: Name, event: t.Events[Name]) {
    for (const call of listeners.get(name) ?? []) call(event as never);
  }

  function called(name: string, ...args: unknown[]) {
    calls.push({ name, args });
    options.before?.(name, ...args);
  }

  async function takeBack(call: string, messageId: string): Promise<void> {
    called(call, messageId);
    for (const [id, list] of sent) {
      if (!list.some((message) => message.id === messageId)) continue;
      sent.set(id, list.filter((message) => message.id !== messageId));
      if (begun.has(id)) rows.splice(rows.findIndex((row) => row.id === id), 1);
      changed(id);
    }
    emit("outbox.changed", null);
  }

  function changed(...ids: string[]) {
    emit("inbox.changed", {
      conversationIds: ids,
      sections: ["unassigned", "mine", "others", "closed"],
    });
  }

  function find(id: string): t.Row {
    const row = rows.find((each) => each.id === id);
    if (row) return row;
    if (id.startsWith("x")) return data.closedRow(Number(id.slice(1)));
    throw new BackendError("not_found", "This conversation is not here any more.");
  }

  function chatOf(row: t.Row): Partial<t.Conversation> {
    if (row.kind === "email" || begun.has(row.id)) return {};
    const { messages = [], ...parts } = chatParts(row, options.offline ?? false);
    return { ...parts, messages: [...messages, ...(sent.get(row.id) ?? [])] };
  }

  // Changes a conversation and gives the way back.
  function change(ids: string[], apply: (row: t.Row) => void): t.Undoable {
    const before = ids.map((id) => ({ ...find(id) }));
    for (const id of ids) {
      let row = rows.find((each) => each.id === id);
      if (!row) rows.push((row = find(id)));
      apply(row);
      row.section = data.sectionOf(row.assigneeId, row.closed);
    }
    changed(...ids);
    return keep(() => before.forEach((old) => Object.assign(find(old.id), old)));
  }

  function assignable(memberId: string) {
    const member = people.members.find((each) => each.id === memberId);
    if (!member?.available) {
      throw new BackendError("conflict", `${member?.name ?? memberId} is not available.`);
    }
  }

  function status(): t.Status {
    return {
      online: !options.offline,
      text: "",
      secrets: "keyring",
      demo: true,
      sandbox: false,
      version: "1.0.0",
      rebuilding: null,
      channels: accounts.list.map((channel) => ({
        id: channel.id,
        state: options.offline ? "offline" : channel.state,
        done: 0,
        total: 0,
        setAside: 0,
        lastSync: data.now.toISOString(),
        reason: options.offline ? "No network." : "",
        since: options.offline ? "2026-11-20T08:12:00Z" : "",
        retryAt: options.offline ? "2026-11-20T10:20:00Z" : "",
      })),
    };
  }

  // Those without an end can wait longest.
  const none = "9999";

  const inSection = (query: t.ListQuery) => {
    const text = query.filter.text.toLowerCase();
    return rows
      .filter((row) => row.section === query.section)
      .filter((row) => !query.channelId || row.channelId === query.channelId)
      .filter((row) => !query.filter.unread || row.unread > 0)
      .filter((row) => !query.filter.assigneeId || row.assigneeId === query.filter.assigneeId)
      .filter((row) => !query.filter.kind || row.kind === query.filter.kind)
      .filter((row) => `${row.contact.name} ${row.subject}`.toLowerCase().includes(text))
      .sort((a, b) => (query.sort === "window" && (a.replyBy || none).localeCompare(b.replyBy || none)) || (query.sort === "oldest" ? 1 : -1) * a.lastAt.localeCompare(b.lastAt));
  };

  return {
    calls,
    rows,
    people,
    bell,
    book,
    emit,
    inbox: {
      async sections() {
        called("inbox.sections");
        if (options.firstRun || options.team === "pending") return [];
        return (["unassigned", "mine", "others", "closed"] as const).map((id) => {
          const here = rows.filter((row) => row.section === id);
          const unread = here.filter((row) => row.unread > 0).length;
          return { id, total: here.length + (id === "closed" ? closedCount : 0), unread };
        });
      },
      async list(query) {
        called("inbox.list", query);
        const limit = query.limit || 50;
        const own = inSection(query);
        const filtered = query.filter.unread || query.filter.text || query.filter.assigneeId || query.filter.kind;
        const made = query.section === "closed" && !filtered ? closedCount : 0;
        const page: t.Row[] = [];
        for (let at = query.offset; at < Math.min(query.offset + limit, own.length + made); at++) {
          const row = own[at] ?? data.closedRow(at - own.length);
          page.push({ ...row });
        }
        return { rows: page, next: "", total: own.length + made };
      },
      async search({ text }) {
        called("inbox.search", text);
        const word = text.replace(/\b\w+:\S+/g, "").replace(/\*$/, "").trim().toLowerCase();
        const hits = rows
          .filter((row) => `${row.contact.name} ${row.subject} ${row.preview}`.toLowerCase().includes(word))
          .sort((a, b) => b.lastAt.localeCompare(a.lastAt))
          .map((row) => ({
            conversationId: row.id,
            messageId: `${row.id}-3`,
            contact: row.contact.name,
            subject: row.subject,
            snippet: word ? row.preview.replace(new RegExp(word.replace(/\W/g, "\\$&"), "gi"), "\u0002$&\u0003") : row.preview,
            at: row.lastAt,
          }));
        return { rows: hits, next: "" };
      },
      async open(id, query) {
        called("inbox.open", id, query);
        const row = find(id);
        const draft = drafts.get(id) ?? emptyDraft();
        return {
          ...row,
          messages: [...begun.has(id) ? [] : data.messagesOf(row), ...(sent.get(id) ?? [])],
          activity: activity.get(id) ?? [],
          notes: notes.get(id) ?? [],
          links: book.of(id),
          draft,
          draftFiles: draft.attachments.flatMap((file) => files.get(file) ?? []),
          composer: composerOf(row, options.offline ?? false),
          next: "",
          drafting: [],
          answered: null,
          related: [],
          earlier: [
            { id: "x3", subject: "Invoice 2026-0912", at: "2026-11-02T10:00:00Z" },
            { id: "x4", subject: "When is my service due?", at: "2026-10-14T10:00:00Z" },
          ],
          ...chatOf(row),
          ...options.conversations?.[id],
        };
      },
      async html(messageId, opt) {
        called("inbox.html", messageId, opt);
        return "<p>The whole message.</p>";
      },
      async source(messageId) {
        called("inbox.source", messageId);
        return "From: sanne.hoekstra@example.nl\r\nSubject: Front brake squeals\r\n\r\nMy front brake squeals.";
      },
      async remove(id) {
        called("inbox.remove", id);
        const at = rows.findIndex((row) => row.id === id);
        if (at >= 0) rows.splice(at, 1);
        changed(id);
      },
      async markRead(id) {
        called("inbox.markRead", id);
        return change([id], (row) => (row.unread = 0));
      },
      async bulk(order) {
        called("inbox.bulk", order);
        if (order.do === "assign") assignable(order.memberId);
        return change(order.conversationIds, (row) => {
          if (order.do === "close" || order.do === "reopen") row.closed = order.do === "close";
          if (order.do === "assign") row.assigneeId = order.memberId;
          if (order.do === "unassign") row.assigneeId = "";
          if (order.do === "read" || order.do === "unread") row.unread = order.do === "read" ? 0 : 1;
        });
      },
      async nameContact(id, name) {
        called("inbox.nameContact", id, name);
        return change([id], (row) => (row.contact = { ...row.contact, name }));
      },
      async undo(id) {
        called("inbox.undo", id);
        undos.get(id)?.();
        changed();
      },
      async addNote(id, text) {
        called("inbox.addNote", id, text);
        const mentions = people.members.filter((member) => text.includes(`@${member.name}`)).map((member) => member.id);
        const note = { id: `n${++serial + 1}`, at: data.now.toISOString(), memberId: "bram", text, mentions };
        notes.set(id, [...(notes.get(id) ?? []), note]);
        changed(id);
        return note.id;
      },
      async voids() {
        called("inbox.voids");
        return [...voids];
      },
      async dismissVoid(id) {
        called("inbox.dismissVoid", id);
        voids = voids.filter((each) => each.id !== id);
      },
      async openLink(messageId, url) {
        called("inbox.openLink", messageId, url);
      },
    },
    composer: {
      async saveDraft(id, draft) {
        called("composer.saveDraft", id, draft);
        drafts.set(id, structuredClone(draft));
      },
      async send(id, draft) {
        called("composer.send", id, draft);
        if (options.conversations?.[id]?.answered && !draft.anyway) throw new BackendError("conflict", "Somebody answered while you were writing.", "answered");
        const messageId = `s${++serial}`;
        const template = data.messagesOf(find(id))[0] as t.Message;
        const author = { name: "Bram Kuiper", address: "info@noordzeefietsen.nl", memberId: "bram" };
        const chosen = (options.templates ?? templates).find((each) => each.id === draft.templateId);
        const text = chosen ? fill(chosen.body, draft.variables) : draft.text;
        const message: t.Message = { ...template, id: messageId, direction: "out", author, text, ...(chosen ? { template: chosen.name } : {}), at: data.now.toISOString(), state: "queued", attachments: [], html: "", hasHtml: false };
        sent.set(id, [...(sent.get(id) ?? []), message]);
        drafts.delete(id);
        if (draft.reopen) find(id).closed = false;
        changed(id);
        emit("outbox.changed", null);
        return messageId;
      },
      async start(draft) {
        called("composer.start", draft);
        const id = `n${++serial}`;
        const contact = { name: "", address: draft.to[0] ?? "" };
        const row: t.Row = { ...data.rows[0] as t.Row, id, contact, subject: draft.subject, preview: draft.text, section: "mine", assigneeId: "bram", closed: false };
        rows.push(row);
        begun.add(id);
        const author = { name: "Bram Kuiper", address: "info@noordzeefietsen.nl", memberId: "bram" };
        const recipients = draft.to.map((address) => ({ kind: "to" as const, name: "", address }));
        const template = data.messagesOf(row)[0] as t.Message;
        sent.set(id, [{ ...template, id: `s${serial}`, direction: "out", author, to: draft.to, recipients, subject: draft.subject, text: draft.text, at: data.now.toISOString(), state: "queued", attachments: [], html: "", hasHtml: false }]);
        changed(id);
        return { conversationId: id, messageId: `s${serial}` };
      },
      cancel: (messageId) => takeBack("composer.cancel", messageId),
      giveUp: (messageId) => takeBack("composer.giveUp", messageId),
      async retry(messageId) {
        called("composer.retry", messageId);
      },
      async markSent(messageId) {
        called("composer.markSent", messageId);
      },
      async templates(channelId) {
        called("composer.templates", channelId);
        return structuredClone(options.templates ?? templates);
      },
      async outbox() {
        called("composer.outbox");
        if (options.firstRun || options.team === "pending") return [];
        return [
          { messageId: "m4", conversationId: "c0", state: "queued", reason: "", nextTry: "" },
          { messageId: "c7-4", conversationId: "c7", state: "failed", reason: "", nextTry: "" },
          ...(options.outbox ?? []),
        ];
      },
    },
    replies: fakeReplies(options.replies ?? [], called, keep, () => emit("team.changed", null)),
    availability: {
      async get() {
        called("availability.get");
        return people.available;
      },
      async set(on) {
        called("availability.set", on);
        people.available = on;
        emit("team.changed", null);
      },
    },
    channels: accounts.service,
    team: people.service,
    crm: book.service,
    notifications: bell.service,
    moving: {
      async backup(passphrase) {
        called("moving.backup", passphrase);
        return { id: "parcel-1", name: "postvak.postvak-backup", type: "application/octet-stream", size: 0 };
      },
      async pick() {
        called("moving.pick");
        return { id: "parcel-2", name: "house.postvak-backup", type: "application/octet-stream", size: 1_200_000 };
      },
      async restore(fileId, passphrase) {
        called("moving.restore", fileId, passphrase);
        if (passphrase === "wrong") throw new BackendError("auth", "This passphrase does not open the backup.");
      },
      async export(conversationId, format) {
        called("moving.export", conversationId, format);
        return { id: "parcel-3", name: `postvak.${format}`, type: "application/octet-stream", size: 0 };
      },
      async printable(conversationId) {
        called("moving.printable", conversationId);
        return "<!doctype html><p>printed</p>";
      },
      async state() {
        return { notRestored: "" };
      },
      async removal() {
        called("moving.removal");
        return { folder: "/home/robin/.local/share/postvak", unsent: 2, drafts: 1, pending: 0, alone: true, private: false, ...options.removal };
      },
      async remove(told) {
        called("moving.remove", told);
      },
      reload() {
        called("moving.reload");
      },
    },
    settings: {
      async get() {
        called("settings.get");
        return { ...settings };
      },
      async save(changes) {
        called("settings.save", changes);
        settings = { ...settings, ...changes };
      },
      async status() {
        called("settings.status");
        return status();
      },
      async rebuild() {
        called("settings.rebuild");
      },
      async openDemo() {
        called("settings.openDemo");
      },
      async diagnostics() {
        called("settings.diagnostics");
        return structuredClone(options.diagnostics ?? data.diagnostics);
      },
      async about() {
        called("settings.about");
        return structuredClone(data.about);
      },
      async licence(name) {
        called("settings.licence", name);
        return `Copyright (c) the authors of ${name}`;
      },
    },
    files: {
      async pick() {
        called("files.pick");
        const file = { id: `f${++serial}`, name: "size-chart.pdf", type: "application/pdf", size: 91_000 };
        files.set(file.id, file);
        return [file];
      },
      async put(file) {
        called("files.put", file.name);
        const ref = { id: `f${++serial}`, name: file.name, type: file.type, size: file.size };
        files.set(ref.id, ref);
        return ref;
      },
      async save(file) {
        called("files.save", file.id);
        return !options.cancels;
      },
      preview: (file) => `./icon.svg?${file.id}`,
    },
    window: {
      async focus(id, focused) {
        called("window.focus", id, focused);
      },
      native: !options.browser,
      listens: () => {},
      async closing(keep) {
        called("window.closing", keep);
        settings.keepInTray = keep;
      },
      async quit() {
        called("window.quit");
      },
    },
    on(name, call) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(call as (event: never) => void);
      return () => set.delete(call as (event: never) => void);
    },
  };
}
