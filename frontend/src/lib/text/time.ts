import type { Weekday } from "$lib/backend";
import { weekdays } from "./quiet";

// Times as people say them. The present moment and the language come in from
// outside, so that what is shown can be tested.

const dayLength = 86_400_000;
const format = (locale: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, options);

const clockStyle = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** Midnight of that moment's day, here. */
function startOfDay(moment: Date): number {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}

/** Whole days from `then` to `now` by the calendar: 0 today, 1 yesterday. */
export function daysAgo(then: Date, now: Date): number {
  return Math.round((startOfDay(now) - startOfDay(then)) / dayLength);
}

/** "09:40" */
export function clock(iso: string, locale: string): string {
  const then = new Date(iso);
  return valid(then) ? format(locale, clockStyle).format(then) : "";
}

/** A list row's time: "10:31", "Yesterday", "Wed 18 Nov", "3 Aug 2025". */
export function short(iso: string, now: Date, locale: string, yesterday: string): string {
  const then = new Date(iso);
  if (!valid(then)) return "";
  const days = daysAgo(then, now);
  if (days === 0) return clock(iso, locale);
  if (days === 1) return yesterday;
  if (then.getFullYear() !== now.getFullYear()) {
    return format(locale, { day: "numeric", month: "short", year: "numeric" }).format(then);
  }
  const weekday = days > 1 && days < 7 ? ({ weekday: "short" } as const) : {};
  return format(locale, { ...weekday, day: "numeric", month: "short" })
    .format(then)
    .replace(",", "");
}

/** A moment that is near, either way: "12:10" today, "Sat 08:30" within a week, else "3 Dec 08:30". */
export function moment(iso: string, now: Date, locale: string): string {
  const then = new Date(iso);
  const time = clock(iso, locale);
  const days = Math.abs(daysAgo(then, now));
  if (!time || days === 0) return time;
  const date = days < 7 ? weekday(then, locale, "short") : format(locale, { day: "numeric", month: "short" }).format(then);
  return `${date} ${time}`;
}

/** A separator between days: "Today", "Yesterday", "Wednesday 18 November". */
export function day(iso: string, now: Date, locale: string, words: [string, string]): string {
  const then = new Date(iso);
  if (!valid(then)) return "";
  const days = daysAgo(then, now);
  if (days === 0 || days === 1) return words[days] ?? "";
  const year = then.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return format(locale, { weekday: "long", day: "numeric", month: "long", ...year })
    .format(then)
    .replace(",", "");
}

/** "Mon" or "Monday" */
export function weekday(then: Date, locale: string, style: "short" | "long"): string {
  return format(locale, { weekday: style }).format(then);
}

/** The same of a day's name in the contract. */
export function weekdayName(name: Weekday, locale: string, style: "short" | "long"): string {
  const monday = new Date(2026, 5, 1);
  monday.setDate(1 + weekdays.indexOf(name));
  return weekday(monday, locale, style);
}

/** Everything, for a tooltip: "Wednesday 18 November 2026 at 10:31". */
export function full(iso: string, locale: string): string {
  const then = new Date(iso);
  if (!valid(then)) return "";
  return format(locale, { dateStyle: "full", timeStyle: "short", hourCycle: "h23" }).format(then);
}

function valid(moment: Date): boolean {
  return !Number.isNaN(moment.getTime());
}
