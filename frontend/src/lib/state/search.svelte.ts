import { BackendError, type Backend, type SearchHit } from "$lib/backend";

const pageSize = 50;
/** A search starts this long after the last key. */
export const searchAfter = 200;

/** The last word may still be typed: everything that begins with it is found. */
export function asPrefix(text: string): string {
  return /(^|\s)(from:|to:|subject:)?[\p{L}\p{N}][\p{L}\p{N}'’-]*$/iu.test(text) && quotesEven(text) ? `${text}*` : text;
}

const quotesEven = (text: string) => text.split('"').length % 2 === 1;

const operators = ["from", "to", "subject", "channel", "before", "after", "has"];

/** A word before a colon that a search gives no meaning to; else "". */
export function unknownOperator(text: string): string {
  for (const [, word = ""] of text.matchAll(/(?:^|\s)([\p{L}]+):(?!\/\/)\S/gu)) {
    if (!operators.includes(word.toLowerCase())) return `${word}:`;
  }
  return "";
}

/** What was looked for and what was found, newest first. */
export class Search {
  text = $state("");
  hits = $state.raw<SearchHit[]>([]);
  searching = $state(false);
  /** The words that `hits` answers. */
  answered = $state("");
  error = $state.raw<BackendError | undefined>();
  #next = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #serial = 0;
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Looks for it a moment after the last key. */
  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.run(), searchAfter);
  }

  async run(): Promise<void> {
    clearTimeout(this.#timer);
    const serial = ++this.#serial;
    const text = this.text.trim();
    if (!text) {
      this.hits = [];
      this.#next = "";
      this.answered = "";
      this.searching = false;
      return;
    }
    this.searching = true;
    await this.#page(serial, text, "");
    if (serial === this.#serial) this.searching = false;
  }

  async more(): Promise<void> {
    if (!this.#next || this.searching) return;
    const after = this.#next;
    this.#next = "";
    await this.#page(this.#serial, this.answered, after);
  }

  async #page(serial: number, text: string, after: string): Promise<void> {
    try {
      const page = await this.#backend.inbox.search({ text: asPrefix(text), after, limit: pageSize });
      if (serial !== this.#serial) return;
      this.hits = after ? [...this.hits, ...page.rows] : page.rows;
      this.#next = page.next;
      this.answered = text;
      this.error = undefined;
    } catch (thrown) {
      if (serial === this.#serial) this.error = BackendError.from(thrown);
    }
  }
}
