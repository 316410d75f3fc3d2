import { BackendError, type Backend, type Template } from "$lib/backend";

/** The templates of WhatsApp's senders, asked for when somebody wants one. */
export class Templates {
  #lists = $state.raw<ReadonlyMap<string, Template[]>>(new Map());
  error = $state.raw<BackendError | undefined>();
  loading = $state(false);
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Those of a channel, what can be sent first; undefined while nothing is known. */
  of(channelId: string): Template[] | undefined {
    return this.#lists.get(channelId);
  }

  find(channelId: string, id: string): Template | undefined {
    return this.of(channelId)?.find((template) => template.id === id && template.approved);
  }

  /** Asks anew: what was approved since then is there, too. */
  async load(channelId: string): Promise<void> {
    this.loading = true;
    this.error = undefined;
    try {
      const list = await this.#backend.composer.templates(channelId);
      list.sort((a, b) => Number(b.approved) - Number(a.approved) || a.name.localeCompare(b.name));
      this.#lists = new Map(this.#lists).set(channelId, list);
    } catch (thrown) {
      this.error = BackendError.from(thrown);
    } finally {
      this.loading = false;
    }
  }
}
