import type { ChannelKind, ReplyMode } from "$lib/backend";

// How long a provider still lets us write (R27), as the window counts it down.
// The program decides; this only carries its word on to the present moment,
// so that nothing on the screen waits for the next answer.

const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** From here on a countdown is amber, and from there on red (R28). */
const amberUnder = 2 * hour;
const redUnder = 15 * minute;

// Messenger lets a human answer until seven days after the contact's message:
// six after the first day.
const humanFor = 6 * day;

/** What a channel lets one write, and for how many milliseconds; Infinity: no end. */
export interface Standing {
  mode: ReplyMode;
  left: number;
  /** What comes after it; "" when it does not end. */
  next: ReplyMode | "";
}

/** What the program says of a conversation's window, with its page's Human Agent feature. */
export interface Said {
  kind: ChannelKind;
  window?: ReplyMode;
  replyBy: string;
  humanAgent: boolean;
}

/** What stands at that moment of what the program said last. */
export function standing({ kind, window = "free", replyBy, humanAgent }: Said, now: Date): Standing {
  const end = new Date(replyBy).getTime();
  if (Number.isNaN(end)) return { mode: window, left: Infinity, next: "" };
  const next = following(kind, window, humanAgent);
  const left = end - now.getTime();
  if (left > 0) return { mode: window, left, next };
  const later = next === "human_agent" ? left + humanFor : 0;
  if (later > 0) return { mode: "human_agent", left: later, next: "blocked" };
  return { mode: next === "human_agent" ? "blocked" : next, left: Infinity, next: "" };
}

function following(kind: ChannelKind, window: ReplyMode, humanAgent: boolean): ReplyMode {
  if (kind === "whatsapp") return "template_only";
  return window === "free" && humanAgent ? "human_agent" : "blocked";
}

export type Urgency = "calm" | "soon" | "now";

/** How much a window's end presses. */
export function urgency(left: number): Urgency {
  if (left < redUnder) return "now";
  return left < amberUnder ? "soon" : "calm";
}

/** Whole days, hours and minutes that are left: the largest that count, never rounded up. */
export function parts(left: number): { days: number; hours: number; minutes: number } {
  return {
    days: Math.floor(left / day),
    hours: Math.floor((left % day) / hour),
    minutes: Math.floor((left % hour) / minute),
  };
}
