import { BackendError, type Backend, type Filter, type ListQuery, type Row, type SectionId, type Sort } from "$lib/backend";

/** Rows are fetched in pages of this many, and this many pages are kept. */
export const pageSize = 100;
export const keptPages = 40;

export const noFilter = (): Filter => ({ unread: false, assigneeId: "", text: "", kind: "" });

/**
 * One section's conversations, of which there may be a million: only pages
 * that were looked at are here. When something changes, what is on the screen
 * is fetched anew and put in place at once, so that nothing flickers.
 */
export class ListState {
  section = $state<SectionId>("unassigned");
  channelId = $state("");
  sort = $state<Sort>("newest");
  filter = $state<Filter>(noFilter());
  total = $state(0);
  loaded = $state(false);
  error = $state.raw<BackendError | undefined>();
  /** The row the keyboard stands on. */
  cursor = $state(-1);
  cursorId = $state("");
  /** Set by the view: rows came or went above what is on the screen; says whether it could stay. */
  onshift: ((rows: number) => boolean) | undefined;

  /** The row under the pointer. */
  pointed = -1;
  /** New rows above the top, while somebody points at the list. */
  above = $state(0);
  /** Where the keyboard was before its conversation left the list. */
  #left = "";

  #pages = new Map<number, Row[]>();
  #version = $state(0);
  #wanted = { from: 0, to: pageSize };
  #first = 0;
  #loading = new Set<number>();
  #generation = 0;
  #refreshing: Promise<void> | undefined;
  #again = false;
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get filtered(): boolean {
    const { unread, assigneeId, text, kind } = this.filter;
    return unread || assigneeId !== "" || text !== "" || kind !== "";
  }

  /** The row at that place; undefined while it is being fetched. */
  row(index: number): Row | undefined {
    void this.#version;
    return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize];
  }

  /** Where a conversation stands, if its page is here; else -1. */
  indexOf(id: string): number {
    void this.#version;
    for (const [page, rows] of this.#pages) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return page * pageSize + at;
    }
    return -1;
  }

  /** Goes to another section or channel, and forgets the filter. */
  async go(section: SectionId, channelId: string): Promise<void> {
    if (section === this.section && channelId === this.channelId && this.loaded) return;
    this.section = section;
    this.channelId = channelId;
    this.filter = noFilter();
    await this.#restart();
  }

  async setSort(sort: Sort): Promise<void> {
    this.sort = sort;
    await this.#restart();
  }

  async setFilter(changes: Partial<Filter>): Promise<void> {
    this.filter = { ...this.filter, ...changes };
    await this.#restart();
  }

  /** Tells which rows are on the screen, so that they get fetched. */
  show(from: number, to: number, first = from): void {
    this.#wanted = { from, to };
    this.#first = first;
    if (first === 0) this.above = 0;
    for (const page of this.#wantedPages()) {
      if (!this.#pages.has(page) && !this.#loading.has(page)) void this.#load(page);
    }
  }

  /** Fetches what is on the screen anew. Calls in between are joined. */
  refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#refresh().finally(() => {
      this.#refreshing = undefined;
      if (this.#again) {
        this.#again = false;
        void this.refresh();
      }
    });
    return this.#refreshing;
  }

  /** The ids of a range of rows; fetches the pages that are not here. */
  async ids(from: number, to: number): Promise<string[]> {
    const out: string[] = [];
    for (let page = Math.floor(from / pageSize); page <= Math.floor(to / pageSize); page++) {
      const rows = this.#pages.get(page) ?? (await this.#fetch(page)).rows;
      rows.forEach((row, at) => {
        const index = page * pageSize + at;
        if (index >= from && index <= to) out.push(row.id);
      });
    }
    return out;
  }

  /** Puts the keyboard on a row, as far as there are rows. */
  moveTo(index: number): void {
    this.#left = "";
    this.#place(index);
  }

  #place(index: number): void {
    this.cursor = Math.min(Math.max(index, 0), this.total - 1);
    this.cursorId = this.row(this.cursor)?.id ?? "";
  }

  async #restart(): Promise<void> {
    this.#generation++;
    this.#pages.clear();
    this.#loading.clear();
    this.#wanted = { from: 0, to: pageSize };
    this.#first = 0;
    this.total = 0;
    this.loaded = false;
    this.cursor = -1;
    this.cursorId = "";
    this.#left = "";
    this.above = 0;
    this.#version++;
    await this.#load(0);
  }

  async #load(page: number): Promise<void> {
    const generation = this.#generation;
    this.#loading.add(page);
    try {
      const { rows, total } = await this.#fetch(page);
      if (generation !== this.#generation) return;
      this.#keep(page, rows);
      this.#settle(total);
    } catch (thrown) {
      if (generation === this.#generation) this.error = BackendError.from(thrown);
    } finally {
      if (generation === this.#generation) this.#loading.delete(page);
    }
  }

  async #refresh(): Promise<void> {
    const generation = this.#generation;
    const pages = this.#wantedPages();
    const place = this.pointed >= 0 ? this.pointed : this.#first;
    const anchor = this.row(place)?.id;
    try {
      const fresh = await Promise.all(pages.map((page) => this.#fetch(page)));
      if (generation !== this.#generation) return;
      this.#pages.clear();
      fresh.forEach(({ rows }, at) => this.#pages.set(pages[at] ?? 0, rows));
      this.#settle(fresh.at(-1)?.total ?? this.total);
      this.#hold(anchor, place);
    } catch (thrown) {
      if (generation === this.#generation) this.error = BackendError.from(thrown);
    }
  }

  #settle(total: number): void {
    this.total = total;
    this.loaded = true;
    this.error = undefined;
    this.#version++;
    this.#followCursor();
  }

  // The keyboard stays on its conversation; when that went elsewhere, on its
  // place, which is the next conversation. When it comes back (by undo) before
  // the keyboard was moved, the keyboard goes back to it.
  #followCursor(): void {
    if (this.cursor < 0) return;
    const back = this.#left ? this.indexOf(this.#left) : -1;
    if (back >= 0) return this.moveTo(back);
    const index = this.cursorId ? this.indexOf(this.cursorId) : -1;
    if (index < 0) this.#left ||= this.cursorId;
    this.#place(index >= 0 ? index : this.cursor);
  }

  // What somebody points at stays under the pointer, also at the top; else
  // what is on the screen stays, but the top shows what is new.
  #hold(anchor: string | undefined, place: number): void {
    if (!anchor || (place === 0 && this.pointed < 0)) return;
    const index = this.indexOf(anchor);
    if (index < 0 || index === place) return;
    const atTop = this.#first === 0 || this.above > 0;
    if (this.onshift?.(index - place) && atTop && index > place) this.above += index - place;
  }

  /** Somebody points at a row (-1: at none any more). */
  point(index: number): void {
    this.pointed = index;
  }

  #keep(page: number, rows: Row[]): void {
    this.#pages.delete(page);
    this.#pages.set(page, rows);
    for (const old of this.#pages.keys()) {
      if (this.#pages.size <= keptPages) break;
      if (!this.#wantedPages().includes(old)) this.#pages.delete(old);
    }
  }

  #wantedPages(): number[] {
    const first = Math.floor(this.#wanted.from / pageSize);
    const last = Math.floor(Math.max(this.#wanted.from, this.#wanted.to - 1) / pageSize);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  }

  #fetch(page: number) {
    const query: ListQuery = {
      section: this.section,
      channelId: this.channelId,
      sort: this.sort,
      filter: { ...this.filter },
      after: "",
      offset: page * pageSize,
      limit: pageSize,
    };
    return this.#backend.inbox.list(query);
  }
}
