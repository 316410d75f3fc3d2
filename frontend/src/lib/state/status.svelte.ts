import type { Backend, ChannelStatus, Status } from "$lib/backend";
import type { Clock } from "./clock.svelte";

const unknown: Status = {
  online: true,
  text: "",
  secrets: "keyring",
  channels: [],
  demo: false,
  sandbox: false,
};

/** What is going on (R35): as the program says it, channel by channel. */
export class StatusState {
  value = $state.raw<Status>(unknown);
  loaded = $state(false);
  readonly #backend: Backend;
  readonly #clock: Pick<Clock, "follow"> | undefined;

  constructor(backend: Backend, clock?: Pick<Clock, "follow">) {
    this.#backend = backend;
    this.#clock = clock;
  }

  async load(): Promise<void> {
    this.set(await this.#backend.settings.status());
  }

  set(status: Status): void {
    this.value = { ...unknown, ...status, channels: status.channels ?? [] };
    this.loaded = true;
    this.#clock?.follow(status.now);
  }

  of(channelId: string): ChannelStatus | undefined {
    return this.value.channels.find((channel) => channel.id === channelId);
  }

  /** Messages fetched so far and to be fetched, over all channels at it. */
  get progress(): { done: number; total: number } | undefined {
    const busy = this.value.channels.filter((each) => each.total > 0 && each.done < each.total);
    if (busy.length === 0) return undefined;
    const sum = (pick: (each: ChannelStatus) => number) => busy.reduce((n, each) => n + pick(each), 0);
    return { done: sum((each) => each.done), total: sum((each) => each.total) };
  }

  /** The channel that most needs a person, if one does. */
  get trouble(): ChannelStatus | undefined {
    const worst = ["needs_sign_in", "error", "offline"] as const;
    for (const state of worst) {
      const channel = this.value.channels.find((each) => each.state === state);
      if (channel) return channel;
    }
    return undefined;
  }

  get lastSync(): string {
    return this.value.channels.reduce((last, each) => (each.lastSync > last ? each.lastSync : last), "");
  }
}
