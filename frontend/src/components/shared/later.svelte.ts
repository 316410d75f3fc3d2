/**
 * A part of the window that a start does not wait for: it is fetched when
 * somebody first wants to see it, and kept.
 */
export class Later<P> {
  /** What was fetched; undefined until then. */
  value = $state.raw<P | undefined>();
  /** Why it could not be fetched the last time. */
  error = $state.raw<unknown>();
  #fetch: () => Promise<P>;
  #going: Promise<void> | undefined;

  constructor(fetch: () => Promise<P>) {
    this.#fetch = fetch;
  }

  /** Fetches it unless it is here or on its way. Never fails: see error. */
  load(): Promise<void> {
    this.#going ??= this.#load();
    return this.#going;
  }

  async #load(): Promise<void> {
    this.error = undefined;
    try {
      this.value = await this.#fetch();
    } catch (error) {
      this.error = error;
      this.#going = undefined;
    }
  }
}

/** Fetches parts one by one while nobody waits, so that nothing is waited for later. */
export function prefetch(parts: readonly Later<unknown>[], idle = whenIdle): () => void {
  let stopped = false;
  void (async () => {
    for (const part of parts) {
      await idle();
      if (stopped) return;
      await part.load();
    }
  })();
  return () => void (stopped = true);
}

// Safari's engine has no requestIdleCallback.
function whenIdle(): Promise<void> {
  return new Promise((done) => {
    if (typeof requestIdleCallback === "function") requestIdleCallback(() => done(), { timeout: 2000 });
    else setTimeout(done, 200);
  });
}
