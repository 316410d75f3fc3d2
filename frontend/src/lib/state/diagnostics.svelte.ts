import { BackendError, type Backend, type Diagnostics } from "$lib/backend";

/** What this computer can tell about itself and the team log. */
export class DiagnosticsState {
  data = $state.raw<Diagnostics | undefined>();
  error = $state.raw<BackendError | undefined>();
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    this.error = undefined;
    try {
      this.data = await this.#backend.settings.diagnostics();
    } catch (thrown) {
      this.error = BackendError.from(thrown);
    }
  }
}
