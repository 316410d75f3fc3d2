import type { ReplyMode } from "$lib/backend";
import { m } from "$lib/i18n";
import { parts, urgency, type Standing } from "$lib/text/replyWindow";

// What a reply window is called, and what is left of it.

/** "5 d", "22 h", "1 h 12 min", "11 min left"; "" of one that does not end. */
export function leftText(left: number): string {
  if (!Number.isFinite(left)) return "";
  const { days, hours, minutes } = parts(left);
  if (days > 0 && days * 24 + hours >= 48) return m.list_window_days({ n: days });
  if (urgency(left) === "calm") return m.list_window_hours({ n: days * 24 + hours });
  if (hours > 0) return m.list_window_minutes_too({ h: hours, min: minutes });
  return minutes > 0 ? m.list_window_left({ n: minutes }) : m.list_window_moment();
}

/** What may be written, where that is not simply anything. */
export function modeText(mode: ReplyMode): string {
  if (mode === "template_only") return m.list_window_template();
  if (mode === "human_agent") return m.list_window_human();
  return mode === "blocked" ? m.list_window_blocked() : "";
}

/** What comes after it, in words (R28); "" of one that does not end. */
export function thenText({ next }: Pick<Standing, "next">): string {
  if (next === "template_only") return m.list_then_template();
  if (next === "human_agent") return m.list_then_human();
  return next === "blocked" ? m.list_then_blocked() : "";
}
