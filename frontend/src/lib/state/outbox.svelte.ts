import type { Backend, OutboxEntry } from "$lib/backend";
import { Latest } from "./latest";

/** What was written and has not arrived yet. */
export class Outbox {
  entries = $state.raw<OutboxEntry[]>([]);
  readonly #backend: Backend;
  readonly #order = new Latest();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    const news = this.#order.ask();
    const entries = await this.#backend.composer.outbox();
    if (news()) this.entries = entries;
  }

  get waiting(): number {
    return this.entries.filter((each) => each.state === "queued" || each.state === "sending").length;
  }

  get attention(): OutboxEntry[] {
    return this.entries.filter((each) => each.state === "failed" || each.state === "needs_attention");
  }

  of(messageId: string): OutboxEntry | undefined {
    return this.entries.find((each) => each.messageId === messageId);
  }
}
