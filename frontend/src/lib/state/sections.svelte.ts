import type { Backend, SectionCount, SectionId } from "$lib/backend";
import { Latest } from "./latest";

export const sectionOrder: readonly SectionId[] = ["unassigned", "mine", "others", "closed"];

/** The four sections and how much stands in each. */
export class Sections {
  #counts = $state.raw<SectionCount[]>([]);
  readonly #backend: Backend;
  readonly #order = new Latest();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    const news = this.#order.ask();
    const counts = await this.#backend.inbox.sections();
    if (news()) this.#counts = counts;
  }

  total(id: SectionId): number {
    return this.#counts.find((count) => count.id === id)?.total ?? 0;
  }

  unread(id: SectionId): number {
    return this.#counts.find((count) => count.id === id)?.unread ?? 0;
  }

  get empty(): boolean {
    return this.#counts.every((count) => count.total === 0);
  }
}
