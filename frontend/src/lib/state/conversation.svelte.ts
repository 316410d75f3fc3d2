import { BackendError, type Backend, type Conversation, type InboxChanged, type Message } from "$lib/backend";
import { Latest } from "./latest";

export const messagePage = 50;

/** The conversation that is open, with as much of its past as was asked for. */
export class ConversationState {
  id = $state("");
  data = $state.raw<Conversation | undefined>();
  error = $state.raw<BackendError | undefined>();
  loadingOlder = $state(false);
  /** The message to bring into view, from a search. */
  around = $state("");
  /** Full bodies, where the page carried none or remote images were asked for. */
  #html = $state.raw<ReadonlyMap<string, string>>(new Map());
  #remoteShown = $state.raw<ReadonlySet<string>>(new Set());
  #keepUnread = "";
  /** It is on the screen: not behind settings or a search. */
  #shown = true;
  readonly #backend: Backend;
  readonly #order = new Latest();
  readonly #focused: () => boolean;

  constructor(backend: Backend, focused: () => boolean = () => document.hasFocus()) {
    this.#backend = backend;
    this.#focused = focused;
  }

  async open(id: string, around = ""): Promise<void> {
    if (id === this.id && around === this.around && this.data) return;
    if (id !== this.id) {
      this.data = undefined;
      this.#html = new Map();
      this.#remoteShown = new Set();
      this.#keepUnread = "";
    }
    this.id = id;
    this.around = around;
    this.error = undefined;
    this.tellFocus();
    if (id) await this.#fetch(around);
  }

  close(): void {
    void this.open("");
  }

  /** Fetches anew when an event names this conversation. */
  async changed(event: InboxChanged): Promise<void> {
    if (!this.id) return;
    const all = event.conversationIds.length === 0;
    if (all || event.conversationIds.includes(this.id) || event.conversationIds.includes(this.data?.id ?? "")) {
      await this.#fetch("");
    }
  }

  refresh(): Promise<void> {
    return this.#fetch("");
  }

  async loadOlder(): Promise<void> {
    const { data, id } = this;
    if (!data?.next || this.loadingOlder) return;
    this.loadingOlder = true;
    try {
      const query = { before: data.next, around: "", limit: messagePage };
      const page = await this.#backend.inbox.open(id, query);
      if (this.id !== id || !this.data) return;
      const known = new Set(this.data.messages.map((message) => message.id));
      const older = page.messages.filter((message) => !known.has(message.id));
      this.data = { ...this.data, messages: [...older, ...this.data.messages], next: page.next };
    } catch (thrown) {
      this.error = BackendError.from(thrown);
    } finally {
      this.loadingOlder = false;
    }
  }

  /** What a message's body is to be drawn from; "" while it is not here. */
  html(message: Message): string {
    return this.#html.get(message.id) ?? message.html;
  }

  /** The page carried no body, or one with pictures that only come on asking. */
  lacksHtml(message: Message): boolean {
    if (this.#html.has(message.id)) return message.remote === true && !this.remoteShown(message);
    return message.html === "" || message.remote === true || /\bcid:/i.test(message.html);
  }

  remoteShown(message: Message): boolean {
    return this.#remoteShown.has(message.id);
  }

  async loadHtml(message: Message, opt = { remote: false, always: false }): Promise<void> {
    const id = this.id;
    const html = await this.#backend.inbox.html(message.id, opt);
    if (this.id !== id) return;
    this.#html = new Map(this.#html).set(message.id, html);
    if (opt.remote) this.#remoteShown = new Set(this.#remoteShown).add(message.id);
  }

  /** The newest message from the contact: what an answer answers. */
  get lastIncoming(): Message | undefined {
    return this.data?.messages.findLast((message) => message.direction === "in");
  }

  /** Tells the program what is before somebody's eyes, so that it is not notified (R16). */
  tellFocus(): void {
    const [id, focused] = [this.#shown ? this.id : "", this.#focused()];
    this.#told = this.#told.then(() => this.#backend.window.focus(id, focused)).catch(() => undefined);
  }

  // One after another: of two at once, the older might have the last word (R16).
  #told = Promise.resolve();

  /** Says whether it is on the screen, or something else is. */
  show(on: boolean): void {
    if (on === this.#shown) return;
    this.#shown = on;
    this.tellFocus();
    void this.markRead().catch(() => undefined);
  }

  /** It was read: it is on the screen of somebody who is there. */
  async markRead(): Promise<void> {
    const { data } = this;
    if (!data || !this.#shown || data.unread === 0 || this.#keepUnread === this.id || !this.#focused()) return;
    await this.#backend.inbox.markRead(data.id);
  }

  /** It counts as unread until it is opened the next time. */
  keepUnread(id: string): void {
    if (id === this.id) this.#keepUnread = id;
  }

  async #fetch(around: string): Promise<void> {
    const { id } = this;
    if (!id) return;
    const news = this.#order.ask();
    try {
      const query = { before: "", around, limit: messagePage };
      const fresh = await this.#backend.inbox.open(id, query);
      if (this.id !== id || !(news() || around)) return;
      this.data = this.data && !around ? joined(this.data, fresh) : fresh;
      this.error = undefined;
      await this.markRead();
    } catch (thrown) {
      if (this.id !== id || !news()) return;
      this.error = BackendError.from(thrown);
      if (this.error.code === "not_found") this.data = undefined;
    }
  }
}

/** The newest page over what was loaded before, older messages kept. */
function joined(old: Conversation, fresh: Conversation): Conversation {
  const ids = new Set(fresh.messages.map((message) => message.id));
  const first = fresh.messages[0]?.at ?? "";
  const older = old.messages.filter((message) => !ids.has(message.id) && message.at < first);
  if (older.length === 0 || !fresh.next) return fresh;
  return { ...fresh, messages: [...older, ...fresh.messages], next: old.next };
}
