import { BackendError, type Backend, type Bell, type NotificationChoices, type NotificationSettings } from "$lib/backend";
import { quietUntil } from "$lib/text/quiet";
import type { Clock } from "./clock.svelte";
import { Latest } from "./latest";

const none: Bell = { mine: false, others: false, unassigned: false, assignedToMe: false, windowClosing: false };

const standard: NotificationSettings = {
  desktop: { mine: true, others: false, unassigned: true, assignedToMe: true, windowClosing: true },
  email: { ...none },
  quietHours: { from: "", to: "", days: [] },
  sound: false,
  tone: "tick",
  preview: true,
  muted: [],
  pausedUntil: "",
};

/** Whether the bell rings on this desktop now; until: "" where no end is in sight. */
export type BellState = { is: "on" } | { is: "off" } | { is: "paused" | "quiet"; until: string };

/** What stands behind the bell, and whether it rings now. */
export class Notifications {
  value = $state.raw<NotificationSettings>(standard);
  loaded = $state(false);
  error = $state.raw<BackendError | undefined>();
  readonly #backend: Backend;
  readonly #clock: Clock;
  readonly #order = new Latest();

  readonly #chats: () => boolean;

  /** chats: there are reply windows that can end; else nobody is asked about them. */
  constructor(backend: Backend, clock: Clock, chats: () => boolean = () => true) {
    this.#backend = backend;
    this.#clock = clock;
    this.#chats = chats;
  }

  /** Never throws: where it fails, the dialog says so, to who opens it. */
  async load(): Promise<void> {
    const news = this.#order.ask();
    try {
      const value = await this.#backend.notifications.get();
      if (!news()) return;
      this.value = whole(value);
      this.loaded = true;
      this.error = undefined;
    } catch (thrown) {
      if (news()) this.error = BackendError.from(thrown);
    }
  }

  get state(): BellState {
    const { now } = this.#clock;
    const { pausedUntil, quietHours } = this.value;
    const { windowClosing, ...desktop } = this.value.desktop;
    if (!Object.values(desktop).some(Boolean) && !(windowClosing && this.#chats())) return { is: "off" };
    const quiet = quietUntil(quietHours, now);
    if (this.paused && !(quiet instanceof Date && quiet > new Date(pausedUntil))) return { is: "paused", until: pausedUntil };
    if (!quiet) return { is: "on" };
    return { is: "quiet", until: quiet === "always" ? "" : quiet.toISOString() };
  }

  get paused(): boolean {
    return new Date(this.value.pausedUntil) > this.#clock.now;
  }

  async save(choices: NotificationChoices): Promise<void> {
    await this.#backend.notifications.save(choices);
    await this.load();
  }

  async pause(minutes: number): Promise<void> {
    await this.#backend.notifications.pause(minutes);
    await this.load();
  }
}

// An empty list crosses as nothing at all.
function whole(value: NotificationSettings): NotificationSettings {
  const { quietHours, muted } = value;
  return { ...standard, ...value, muted: muted ?? [], quietHours: { ...standard.quietHours, ...quietHours, days: quietHours?.days ?? [] } };
}
