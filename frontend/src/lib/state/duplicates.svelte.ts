import type { Backend, DuplicateGroup } from "$lib/backend";
import { Latest } from "./latest";

/** The program looks for so many groups at most. */
export const mostDuplicates = 100;

/** Persons of the team's own contact book who may be one: told, never joined. */
export class Duplicates {
  groups = $state.raw<DuplicateGroup[]>([]);
  readonly #ids = $derived(new Set(this.groups.flatMap(({ records }) => records.map(({ id }) => id))));
  readonly #order = new Latest();
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  has(personId: string): boolean {
    return this.#ids.has(personId);
  }

  /** Looks for them anew. A hint that cannot be had is none, and no error. */
  async load(): Promise<void> {
    const news = this.#order.ask();
    const groups = await this.#backend.crm.duplicates().catch(() => []);
    if (news()) this.groups = groups;
  }
}
