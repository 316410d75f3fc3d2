import type { Backend } from "./backend";
import * as data from "./fakeHistory";
import { now } from "./fakeData";
import type * as t from "./types";

type Called = (name: string, ...args: unknown[]) => void;

export interface FakeNotificationsOptions {
  /** What stands behind the bell, beside the usual. */
  bell?: Partial<t.NotificationSettings>;
  history?: t.NotificationRow[];
  selfTest?: t.SelfTestStep[];
}

const usual: t.NotificationSettings = {
  desktop: { mine: true, others: false, unassigned: true, assignedToMe: true, windowClosing: true },
  email: { mine: true, others: false, unassigned: false, assignedToMe: true, windowClosing: false },
  quietHours: { from: "18:00", to: "08:30", days: [] },
  sound: false,
  tone: "tick",
  preview: true,
  muted: [],
  pausedUntil: "",
};

/** The notifications of a program in memory. */
export class FakeNotifications {
  settings: t.NotificationSettings;
  rows: t.NotificationRow[];
  readonly #steps: t.SelfTestStep[];
  readonly #called: Called;
  readonly #changed: () => void;

  constructor(options: FakeNotificationsOptions, called: Called, changed: () => void) {
    this.settings = structuredClone({ ...usual, ...options.bell });
    this.rows = options.history ?? data.history;
    this.#steps = options.selfTest ?? data.selfTest;
    this.#called = called;
    this.#changed = changed;
  }

  get service(): Backend["notifications"] {
    const called = this.#called;
    return {
      get: async () => (called("notifications.get"), structuredClone(this.settings)),
      save: async (choices) => {
        called("notifications.save", structuredClone(choices));
        this.settings = { ...structuredClone(choices), pausedUntil: this.settings.pausedUntil };
        this.#changed();
      },
      pause: async (minutes) => {
        called("notifications.pause", minutes);
        this.settings.pausedUntil = minutes > 0 ? new Date(now.getTime() + minutes * 60_000).toISOString() : "";
        this.#changed();
      },
      history: async (query) => {
        called("notifications.history", query);
        const rows = this.rows.filter((row) => query.everyone || row.memberId === "bram");
        const from = Number(query.after || 0);
        const to = from + query.limit;
        return { rows: rows.slice(from, to).map((row) => ({ ...row })), next: to < rows.length ? String(to) : "" };
      },
      selfTest: async () => (called("notifications.selfTest"), structuredClone(this.#steps)),
    };
  }
}
