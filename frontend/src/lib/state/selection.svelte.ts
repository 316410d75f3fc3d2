import { SvelteSet } from "svelte/reactivity";
import type { ListState } from "./list.svelte";

/** As many conversations as one order may name. */
export const mostSelected = 1000;

/** Conversations ticked for one order over all of them. */
export class Selection {
  readonly ids = new SvelteSet<string>();
  #anchor = -1;
  readonly #list: ListState;

  constructor(list: ListState) {
    this.#list = list;
  }

  toggle(id: string, index: number): void {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.#anchor = index;
  }

  /** From the row ticked last to this one. */
  async extend(index: number): Promise<void> {
    const anchor = this.#anchor < 0 ? index : this.#anchor;
    await this.#add(Math.min(anchor, index), Math.max(anchor, index));
  }

  async all(): Promise<void> {
    await this.#add(0, this.#list.total - 1);
  }

  clear(): void {
    this.ids.clear();
    this.#anchor = -1;
  }

  async #add(from: number, to: number): Promise<void> {
    const last = Math.min(to, from + mostSelected - 1);
    for (const id of await this.#list.ids(from, last)) this.ids.add(id);
  }
}
