import type { Backend, Channel, ChannelKind } from "$lib/backend";

/** The accounts that customers write to. */
export class Channels {
  list = $state.raw<Channel[]>([]);
  loaded = $state(false);
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    this.list = await this.#backend.channels.list();
    this.loaded = true;
  }

  get(id: string): Channel | undefined {
    return this.list.find((channel) => channel.id === id);
  }

  name(id: string): string {
    return this.get(id)?.name ?? "";
  }

  has(...kinds: ChannelKind[]): boolean {
    return this.list.some((channel) => kinds.includes(channel.kind));
  }
}
