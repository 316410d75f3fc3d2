const halfMinute = 30_000;

/** The present moment, as far as words like "Yesterday" need it. */
export class Clock {
  now = $state.raw(new Date());
  readonly #source: () => Date;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(source: () => Date) {
    this.#source = source;
    this.now = source();
    this.#timer = setInterval(() => (this.now = this.#source()), halfMinute);
  }

  destroy(): void {
    clearInterval(this.#timer);
  }
}
