import type { Backend, SectionCount, SectionId } from "$lib/backend";

export const sectionOrder: readonly SectionId[] = ["unassigned", "mine", "others", "closed"];

/** The four sections and how much stands in each. */
export class Sections {
  #counts = $state.raw<SectionCount[]>([]);
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    this.#counts = await this.#backend.inbox.sections();
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
