import type { Medium, NotificationRow, Outcome, Tone } from "$lib/backend";
import { m } from "$lib/i18n";
import { unseen } from "$lib/text/occurrences";
import { clock, weekday } from "$lib/text/time";
import type { App } from "./app.svelte";
import type { BellState } from "./notifications.svelte";

// What the bell and the history say.

export const mediumName = (medium: Medium): string => (medium === "desktop" ? m.desktop() : m.email());

export const toneNames = (): { value: Tone; label: string }[] => [
  { value: "tick", label: m.tone_tick() },
  { value: "chime", label: m.tone_chime() },
  { value: "low", label: m.tone_low() },
];

const dayLength = 86_400_000;

const far = (iso: string, now: Date) => new Date(iso).getTime() - now.getTime() > dayLength;

/** "08:30", or "Mon 08:30" where that is more than a day away. */
export function untilText(iso: string, now: Date, locale: string): string {
  const time = clock(iso, locale);
  return far(iso, now) ? `${weekday(new Date(iso), locale, "short")} ${time}` : time;
}

/** The bell's state in a word or two; "" while it simply rings. */
export function bellWords(state: BellState, now: Date, locale: string): string {
  if (state.is === "on") return "";
  if (state.is === "off") return m.bell_off();
  if (!state.until) return m.quiet();
  const time = far(state.until, now) ? weekday(new Date(state.until), locale, "short") : clock(state.until, locale);
  return m.quiet_until({ time });
}

/** The same as a sentence. */
export function bellSentence(state: BellState, now: Date, locale: string): string {
  if (state.is === "on") return m.bell_is_on();
  if (state.is === "off") return m.bell_is_off();
  return state.until ? m.bell_is_quiet({ time: untilText(state.until, now, locale) }) : m.bell_is_quiet_always();
}

/** What happened, as the member whom it could have notified sees it. */
export function eventText({ event, memberId }: Pick<NotificationRow, "event" | "memberId">, { team }: App): string {
  const who = team.isMe(memberId) ? m.you_object() : team.name(memberId) || m.somebody();
  switch (event) {
    case "mine":
      return m.event_mine({ who });
    case "others":
      return m.event_others();
    case "assignedToMe":
      return m.event_assigned({ who });
    case "windowClosing":
      return m.bell_event_window({ who });
    default:
      return m.event_unassigned();
  }
}

const outcomes: Record<Outcome, (medium: Medium) => string> = {
  shown: () => m.outcome_shown(),
  sent: () => m.outcome_sent(),
  suppressed: (medium) => (medium === "desktop" ? m.outcome_not_shown() : m.outcome_not_sent()),
  failed: () => m.outcome_failed(),
  unknown: () => m.outcome_unknown(),
};

const outcomeName = (outcome: Outcome, medium: Medium): string => (outcomes[outcome] ?? outcomes.unknown)(medium);

// An e-mail is due half a minute after the event: that is not late.
const soon = 5 * 60_000;

/** What became of it, and when, where that was not at once: "Shown", "Shown · Mon 08:30". */
export function outcomeText(row: Pick<NotificationRow, "at" | "code" | "decidedAt" | "medium" | "outcome">, locale: string): string {
  const { at, decidedAt, medium, outcome } = row;
  if (unseen(row)) return m.outcome_unseen();
  const name = outcomeName(outcome, medium);
  const [then, told] = [new Date(at), new Date(decidedAt)];
  if ((outcome !== "shown" && outcome !== "sent") || !(told.getTime() - then.getTime() > soon)) return name;
  const time = clock(decidedAt, locale);
  const sameDay = then.toDateString() === told.toDateString();
  return `${name} · ${sameDay ? time : `${weekday(told, locale, "short")} ${time}`}`;
}

const tests: Record<string, () => string> = {
  bell: () => m.test_bell(),
  focus: () => m.test_focus(),
  running: () => m.test_running(),
  tray: () => m.test_tray(),
  permission: () => m.test_permission(),
  do_not_disturb: () => m.test_do_not_disturb(),
  desktop: () => m.test_desktop(),
  email: () => m.test_email(),
};

/** A step of the self-test; "" for one that only a newer program knows. */
export const testName = (step: string): string => tests[step]?.() ?? "";
