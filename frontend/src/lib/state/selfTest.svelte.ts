import { BackendError, type Backend, type SelfTestStep } from "$lib/backend";

/** What is looked at, in this order. */
export const steps = ["bell", "focus", "running", "tray", "permission", "do_not_disturb", "desktop", "email"] as const;

const pace = 180;

/** Tries out whether notifications arrive, step by step as a person would. */
export class SelfTest {
  /** The steps so far; they come one after another, so that each is read. */
  done = $state.raw<SelfTestStep[]>([]);
  running = $state(false);
  error = $state.raw<BackendError | undefined>();
  readonly #backend: Backend;
  readonly #wait: () => Promise<void>;

  constructor(backend: Backend, wait: () => Promise<void> = () => new Promise((go) => setTimeout(go, pace))) {
    this.#backend = backend;
    this.#wait = wait;
  }

  /** The step that is being looked at, or is about to be told. */
  get current(): string {
    return this.running ? (steps[this.done.length] ?? "") : "";
  }

  async run(): Promise<void> {
    if (this.running) return;
    [this.running, this.done, this.error] = [true, [], undefined];
    try {
      for (const step of await this.#backend.notifications.selfTest()) {
        this.done = [...this.done, step];
        await this.#wait();
      }
    } catch (thrown) {
      this.error = BackendError.from(thrown);
    } finally {
      this.running = false;
    }
  }
}
