import type { Bell, NotificationChoices, NotificationSettings, Weekday } from "$lib/backend";
import { readTime, weekdays } from "$lib/text/quiet";

// What quiet hours begin with, for who had none.
const evening = { from: "18:00", to: "08:30" };

const silent = (): Bell => ({ mine: false, others: false, unassigned: false, assignedToMe: false, windowClosing: false });

/** The choices behind the bell while somebody makes them; nothing counts before it is saved. */
export class BellDraft {
  desktop = $state<Bell>(silent());
  email = $state<Bell>(silent());
  quiet = $state(false);
  from = $state("");
  to = $state("");
  days = $state<Weekday[]>([]);
  sound = $state(false);
  tone = $state<NotificationChoices["tone"]>("tick");
  preview = $state(true);
  muted = $state<string[]>([]);
  pause = $state(false);
  readonly #paused: boolean;

  constructor(value: NotificationSettings, paused: boolean) {
    const { quietHours } = value;
    Object.assign(this.desktop, value.desktop);
    Object.assign(this.email, value.email);
    this.quiet = quietHours.from !== "" && quietHours.to !== "";
    ({ from: this.from, to: this.to } = this.quiet ? quietHours : evening);
    this.days = quietHours.days.length > 0 ? quietHours.days : [...weekdays];
    this.sound = value.sound;
    this.tone = value.tone;
    this.preview = value.preview;
    this.muted = [...value.muted];
    this.#paused = this.pause = paused;
  }

  /** It was asked to be quiet for an hour, or to be so no more. */
  get pauseChanged(): boolean {
    return this.pause !== this.#paused;
  }

  get choices(): NotificationChoices {
    const { desktop, email, sound, tone, preview, muted } = this;
    return { desktop: { ...desktop }, email: { ...email }, quietHours: this.quietHours, sound, tone, preview, muted: [...muted] };
  }

  get quietHours(): NotificationChoices["quietHours"] {
    if (!this.quiet) return { from: "", to: "", days: [] };
    const all = this.days.length === weekdays.length;
    return { from: readTime(this.from), to: readTime(this.to), days: all ? [] : weekdays.filter((day) => this.days.includes(day)) };
  }

  /** What is to be put right before it can be saved. */
  get wrong(): { from: boolean; to: boolean; days: boolean; any: boolean } {
    const from = this.quiet && !readTime(this.from);
    const to = this.quiet && !readTime(this.to);
    const days = this.quiet && this.days.length === 0;
    return { from, to, days, any: from || to || days };
  }

  /** Whoever sets the hours wants them. */
  setTime(which: "from" | "to", time: string): void {
    this[which] = time;
    this.quiet = true;
  }

  setTone(tone: NotificationChoices["tone"]): void {
    this.tone = tone;
    this.sound = true;
  }

  toggleDay(day: Weekday): void {
    this.days = toggled(this.days, day);
  }

  toggleMuted(channelId: string): void {
    this.muted = toggled(this.muted, channelId);
  }
}

const toggled = <Item>(list: Item[], item: Item) => (list.includes(item) ? list.filter((each) => each !== item) : [...list, item]);
