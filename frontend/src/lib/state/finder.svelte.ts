import { BackendError, type Backend, type RecordHit, type RecordKind } from "$lib/backend";

/** A search begins this long after the last key, and with this many letters: each one costs the CRM. */
export const findAfter = 250;
export const findFrom = 2;

/** Finds persons, leads or deals as somebody types. */
export class RecordFinder {
  kind = $state<RecordKind>("person");
  text = $state("");
  hits = $state.raw<RecordHit[]>([]);
  searching = $state(false);
  /** The words that `hits` answers. */
  answered = $state("");
  error = $state.raw<BackendError | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #serial = 0;
  readonly #backend: Backend;

  constructor(backend: Backend, kind: RecordKind) {
    this.#backend = backend;
    this.kind = kind;
  }

  /** Too little to look for. */
  get short(): boolean {
    return [...this.text.trim()].length < findFrom;
  }

  type(text: string): void {
    this.text = text;
    this.#forget();
    if (this.short) return;
    this.searching = true;
    this.#timer = setTimeout(() => void this.run(), findAfter);
  }

  /** Looks for the same among others. */
  choose(kind: RecordKind): void {
    if (kind === this.kind) return;
    this.kind = kind;
    this.#forget();
    if (!this.short) void this.run();
  }

  async run(): Promise<void> {
    clearTimeout(this.#timer);
    const serial = ++this.#serial;
    const text = this.text.trim();
    this.searching = true;
    this.error = undefined;
    try {
      const hits = await this.#backend.crm.search(this.kind, text);
      if (serial !== this.#serial) return;
      this.hits = hits;
      this.answered = text;
    } catch (thrown) {
      if (serial === this.#serial) this.error = BackendError.from(thrown);
    } finally {
      if (serial === this.#serial) this.searching = false;
    }
  }

  /** Nobody waits for an answer any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#serial++;
    this.searching = false;
  }

  // An answer to other words must not be chosen from by mistake.
  #forget(): void {
    this.stop();
    this.hits = [];
    this.answered = "";
    this.error = undefined;
  }
}
