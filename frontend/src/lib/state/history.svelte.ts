import { BackendError, type Backend, type NotificationRow } from "$lib/backend";
import { missed, occurrences } from "$lib/text/occurrences";
import { Latest } from "./latest";

/** What of the history is shown. */
export type Shown = "all" | "missed" | "desktop" | "email";

const page = 25;
/** So many rows are looked through before somebody asks for older ones again. */
const look = 500;
/** So many are fetched anew at once, when something was added. */
const anew = 200;

const wanted: Record<Exclude<Shown, "missed">, (row: NotificationRow) => boolean> = {
  all: () => true,
  desktop: (row) => row.medium === "desktop",
  email: (row) => row.medium === "email",
};

/** Every event that could have notified somebody, and what became of it (R19). */
export class NotificationHistory {
  loaded = $state(false);
  busy = $state(false);
  error = $state.raw<BackendError | undefined>();
  everyone = $state(false);
  shown = $state<Shown>("all");
  #all = $state.raw<NotificationRow[]>([]);
  #next = $state("");
  readonly #backend: Backend;
  readonly #order = new Latest();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get rows(): NotificationRow[] {
    return this.shown === "missed" ? this.#missed : this.#all.filter(wanted[this.shown]);
  }

  // Of the oldest event here, a row may still be on the next page.
  get #missed(): NotificationRow[] {
    const all = occurrences(this.#all);
    return (this.more ? all.slice(0, -1) : all).filter(missed).flatMap((it) => it.outcomes);
  }

  get more(): boolean {
    return this.#next !== "";
  }

  /** From the newest on; as much as is on the screen already, when it is. */
  async load(): Promise<void> {
    await this.#ask(async (news) => {
      const limit = Math.min(Math.max(this.#all.length, page), anew);
      const { rows, next } = await this.#backend.notifications.history({ after: "", limit, everyone: this.everyone });
      if (!news()) return;
      this.#all = rows ?? [];
      this.#next = next;
      await this.#fill();
    });
  }

  /** A page more of what is to be shown. */
  async older(): Promise<void> {
    if (!this.busy) await this.#ask(() => this.#fill(this.rows.length + page));
  }

  async show(change: { everyone?: boolean; shown?: Shown }): Promise<void> {
    const other = change.everyone !== undefined && change.everyone !== this.everyone;
    if (other) [this.#all, this.loaded] = [[], false];
    Object.assign(this, change);
    if (other) await this.load();
    else await this.#ask(() => this.#fill());
  }

  // Of what is rare, a page may have nothing.
  async #fill(until = page): Promise<void> {
    const start = this.#all.length;
    while (this.#next && this.rows.length < until && this.#all.length - start < look) {
      const { everyone } = this;
      const after = this.#next;
      const { rows, next } = await this.#backend.notifications.history({ after, limit: page, everyone });
      if (after !== this.#next || everyone !== this.everyone) return;
      this.#all = [...this.#all, ...(rows ?? [])];
      this.#next = next;
    }
  }

  async #ask(work: (news: () => boolean) => Promise<void>): Promise<void> {
    const news = this.#order.ask();
    this.busy = true;
    try {
      await work(news);
      this.error = undefined;
      this.loaded = true;
    } catch (thrown) {
      this.error = BackendError.from(thrown);
    } finally {
      this.busy = false;
    }
  }
}
