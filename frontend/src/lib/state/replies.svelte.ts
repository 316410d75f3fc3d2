import type { Backend, CannedChange, CannedReply, Undoable } from "$lib/backend";
import { Latest } from "./latest";

/** The team's canned replies. */
export class Replies {
  list = $state.raw<CannedReply[]>([]);
  loaded = $state(false);
  readonly #backend: Backend;
  readonly #order = new Latest();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    const news = this.#order.ask();
    const list = await this.#backend.replies.list();
    if (news()) this.list = list;
    this.loaded = true;
  }

  get(id: string): CannedReply | undefined {
    return this.list.find((reply) => reply.id === id);
  }

  async save(change: CannedChange): Promise<Undoable> {
    const saved = await this.#backend.replies.save(change);
    await this.load();
    return saved;
  }

  async remove(reply: CannedReply): Promise<Undoable> {
    const gone = await this.#backend.replies.remove(reply.id, reply.version);
    await this.load();
    return gone;
  }
}
