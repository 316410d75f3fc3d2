import type { Backend, Voided } from "$lib/backend";

/**
 * Own decisions that had no effect (R7), until their author has seen them:
 * who missed the toast finds them here.
 */
export class Voids {
  list = $state.raw<Voided[]>([]);
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    this.list = await this.#backend.inbox.voids();
  }

  /** Takes up what an event told; gives what was not known before. */
  take(voids: Voided[]): Voided[] {
    const known = new Set(this.list.map((each) => each.id));
    const fresh = voids.filter((each) => !known.has(each.id));
    this.list = [...fresh, ...this.list];
    return fresh;
  }

  async dismiss(...ids: string[]): Promise<void> {
    for (const id of ids) {
      await this.#backend.inbox.dismissVoid(id);
      this.list = this.list.filter((each) => each.id !== id);
    }
  }
}
