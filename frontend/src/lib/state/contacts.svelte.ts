import { BackendError, type Backend, type CrmRecord, type RecordKind } from "$lib/backend";

export const contactsPage = 100;
/** A search starts this long after the last key: an outside CRM counts them. */
export const contactsAfter = 250;

/**
 * The persons, leads or deals there are, as far as they were scrolled to. The
 * program gives them in pages, each after the last record of the one before.
 */
export class Contacts {
  kind = $state<RecordKind>("person");
  text = $state("");
  rows = $state.raw<CrmRecord[]>([]);
  /** The text that the rows answer. */
  answered = $state("");
  /** There may be more of them. */
  more = $state(false);
  loaded = $state(false);
  error = $state.raw<BackendError | undefined>();
  /** The row that the keyboard stands on. */
  cursor = $state(-1);
  #cursorId = "";
  #fetching = false;
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #backend: Backend;
  readonly #shortest: () => number;

  /** shortest: an outside CRM is asked for so many letters at least, and lists nothing by itself. */
  constructor(backend: Backend, shortest: () => number = () => 0) {
    this.#backend = backend;
    this.#shortest = shortest;
  }

  /** Too little was typed to ask for. */
  get short(): boolean {
    return [...this.text.trim()].length < this.#shortest();
  }

  get cursorId(): string {
    return this.rows[this.cursor]?.id ?? "";
  }

  indexOf(id: string): number {
    return this.rows.findIndex((row) => row.id === id);
  }

  /** Goes to another kind, and forgets what was looked for. */
  async go(kind: RecordKind): Promise<void> {
    if (kind === this.kind && this.loaded) return;
    this.kind = kind;
    this.text = "";
    await this.restart();
  }

  /** Looks for it a moment after the last key. */
  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), contactsAfter);
  }

  /** Looks for it now; the old rows stay until the answer is there. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#generation++;
    this.moveTo(-1);
    await this.#take(contactsPage);
  }

  /** Begins anew: another kind, or another CRM. */
  async restart(): Promise<void> {
    clearTimeout(this.#timer);
    this.#generation++;
    this.rows = [];
    this.more = false;
    this.loaded = false;
    this.error = undefined;
    this.moveTo(-1);
    await this.#take(contactsPage);
  }

  /** Something changed while nobody looked: the next look fetches anew. */
  forget(): void {
    this.#generation++;
    this.loaded = false;
  }

  /** Fetches as many as are here anew. */
  async refresh(): Promise<void> {
    if (!this.loaded) return;
    this.#generation++;
    await this.#take(Math.max(this.rows.length, contactsPage));
  }

  /** Fetches what follows; for a list that is scrolled to its end. */
  async next(): Promise<void> {
    const last = this.rows.at(-1);
    if (!this.more || this.#fetching || !last) return;
    const generation = this.#generation;
    this.#fetching = true;
    try {
      const rows = await this.#page(this.answered, last.id);
      if (generation !== this.#generation) return;
      this.#set([...this.rows, ...rows], rows.length);
    } catch (thrown) {
      if (generation === this.#generation) this.#fail(thrown);
    } finally {
      this.#fetching = false;
    }
  }

  /** Puts the keyboard on a row, as far as there are rows; -1: on none. */
  moveTo(index: number): void {
    this.cursor = index < 0 ? -1 : Math.min(index, this.rows.length - 1);
    this.#cursorId = this.cursorId;
  }

  destroy(): void {
    clearTimeout(this.#timer);
  }

  async #take(count: number): Promise<void> {
    const generation = this.#generation;
    const text = this.text.trim();
    let rows: CrmRecord[] = [];
    let got = contactsPage;
    if (this.short) return this.#none();
    try {
      while (got === contactsPage && rows.length < count) {
        const page = await this.#page(text, rows.at(-1)?.id ?? "");
        if (generation !== this.#generation) return;
        got = page.length;
        rows = [...rows, ...page];
      }
      this.answered = text;
      this.#set(rows, got);
      this.loaded = true;
    } catch (thrown) {
      if (generation !== this.#generation) return;
      // What other words found is no answer to these.
      if (text !== this.answered) this.rows = [];
      this.#fail(thrown);
    }
  }

  // Over a boundary a record may come twice: somebody renamed it meanwhile.
  #set(rows: CrmRecord[], got: number): void {
    const seen = new Set<string>();
    this.rows = rows.filter(({ id }) => !seen.has(id) && seen.add(id));
    this.more = got === contactsPage;
    this.error = undefined;
    const index = this.#cursorId ? this.indexOf(this.#cursorId) : -1;
    this.moveTo(index >= 0 ? index : Math.min(this.cursor, this.rows.length - 1));
  }

  #none(): void {
    this.answered = "";
    this.#set([], 0);
    this.loaded = true;
  }

  #fail(thrown: unknown): void {
    this.error = BackendError.from(thrown);
    this.more = false;
  }

  #page(text: string, after: string): Promise<CrmRecord[]> {
    return this.#backend.crm.list(this.kind, { after, limit: contactsPage, text });
  }
}
