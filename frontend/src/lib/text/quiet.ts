import type { QuietHours, Weekday } from "$lib/backend";

// Quiet hours (R20) as the window shows them: the program decides by the same
// rules. Local time; a night counts to the day on which it begins.

/** The days as the calendar here orders them. */
export const weekdays: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const dayLength = 1440;

/** "18:00" from what people type for it: 18, 1800, 18.00, 6:30; "" when it is no time. */
export function readTime(text: string): string {
  const parts = /^\s*(\d{1,2})(?:[:.,h ]?(\d{2}))?\s*$/i.exec(text);
  if (!parts) return "";
  const [hours, minutes] = [Number(parts[1]), Number(parts[2] ?? 0)];
  return hours < 24 && minutes < 60 ? written(hours * 60 + minutes) : "";
}

/** That much later, around the clock. */
export function shiftTime(time: string, minutes: number): string {
  const read = readTime(time);
  return read ? written((minutesOf(read) + minutes + dayLength) % dayLength) : time;
}

/** When it stops being quiet: "always" where it never does, undefined where it is not quiet. */
export function quietUntil(hours: QuietHours, now: Date): Date | "always" | undefined {
  if (!hours.from || !hours.to) return undefined;
  let end: Date | undefined;
  for (let spans = 0; spans <= weekdays.length; spans++) {
    const next = spanEnd(hours, end ?? now);
    if (!next) return end;
    end = next;
  }
  return "always";
}

// The end of the span that began today or yesterday and holds at that moment.
function spanEnd({ from, to, days }: QuietHours, at: Date): Date | undefined {
  for (const back of [0, 1]) {
    const begun = new Date(at.getFullYear(), at.getMonth(), at.getDate() - back);
    if (days.length > 0 && !days.includes(weekdays[(begun.getDay() + 6) % 7] as Weekday)) continue;
    // The same twice is the whole day.
    const start = moment(begun, from === to ? 0 : minutesOf(from));
    const end = moment(begun, from === to ? dayLength : minutesOf(to) + (to > from ? 0 : dayLength));
    if (start <= at && at < end) return end;
  }
  return undefined;
}

function moment(day: Date, minutes: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 0, minutes);
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function written(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
