const halfMinute = 30_000;

// A status may come late by some seconds, and that is no other time.
const leastShift = 60_000;

/** The present moment, as far as words like "Yesterday" and countdowns need it. */
export class Clock {
  now = $state.raw(new Date());
  readonly #source: () => Date;
  readonly #timer: ReturnType<typeof setInterval>;
  #shift = 0;

  constructor(source: () => Date) {
    this.#source = source;
    this.now = source();
    this.#timer = setInterval(() => this.tick(), halfMinute);
  }

  tick(): void {
    this.now = new Date(this.#source().getTime() + this.#shift);
  }

  /** The program's clock says so: the demo team's can be moved, and this one goes along. */
  follow(programNow: string | undefined): void {
    const told = new Date(programNow ?? "").getTime();
    if (Number.isNaN(told)) return;
    const shift = told - this.#source().getTime();
    if (Math.abs(shift - this.#shift) < leastShift) return;
    this.#shift = Math.abs(shift) < leastShift ? 0 : shift;
    this.tick();
  }

  destroy(): void {
    clearInterval(this.#timer);
  }
}
