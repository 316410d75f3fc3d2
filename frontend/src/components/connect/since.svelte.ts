export type Since = "days" | "date" | "all";

const standardDays = 30;
const dayLength = 86_400_000;

/** From when on old messages count as work (R36). */
export class OpenSince {
  choice = $state<Since>("days");
  date = $state("");
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
    this.date = new Date(now().getTime() - standardDays * dayLength).toISOString().slice(0, 10);
  }

  /** "" of all there are. */
  get value(): string {
    if (this.choice === "all") return "";
    if (this.choice === "date" && this.date) return new Date(`${this.date}T00:00:00`).toISOString();
    return new Date(this.#now().getTime() - standardDays * dayLength).toISOString();
  }
}
