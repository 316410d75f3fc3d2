import type { Backend, Channel, ChannelKind } from "$lib/backend";
import { Latest } from "./latest";

/** The accounts that customers write to. */
export class Channels {
  list = $state.raw<Channel[]>([]);
  loaded = $state(false);
  readonly #backend: Backend;
  readonly #order = new Latest();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    const news = this.#order.ask();
    const list = await this.#backend.channels.list();
    if (news()) this.list = list;
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
