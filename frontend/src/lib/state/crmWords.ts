import type { CrmMatch, CrmNote, CrmNoteState } from "$lib/backend";
import { m } from "$lib/i18n";
import { clock, daysAgo, short } from "$lib/text/time";

// What the CRM's findings and notes are called on the screen.

/** How sure it is that the contact is this person, and why. */
export function matchWords({ confidence, why }: Pick<CrmMatch, "confidence" | "why">): string {
  if (why === "email") return confidence === "sure" ? m.crm_sure_email() : m.crm_maybe_email();
  if (why === "phone") return confidence === "sure" ? m.crm_sure_phone() : m.crm_maybe_phone();
  return m.crm_maybe_name();
}

/** A note that nobody touched is over when its time is, also before anybody says so. */
export function noteStanding(note: Pick<CrmNote, "state" | "until">, now: Date): CrmNoteState {
  if (note.state !== "current") return note.state;
  return new Date(note.until) <= now ? "past" : "current";
}

/** What became of a note, in words (R23, R24). */
export function noteWords(note: Pick<CrmNote, "state" | "until" | "from">, now: Date, locale: string): string {
  const time = (iso: string) => moment(iso, now, locale);
  switch (noteStanding(note, now)) {
    case "current":
      return m.crm_note_current({ time: time(note.until) });
    case "past":
      return m.crm_note_past({ time: short(note.until, now, locale, m.yesterday().toLocaleLowerCase(locale)) });
    case "edited":
      return m.crm_note_edited();
    case "deleted":
      return m.crm_note_deleted();
    case "pending":
      return m.crm_note_pending();
  }
}

/** "11:46" today, "Sat 21 Nov 11:46" on another day. */
function moment(iso: string, now: Date, locale: string): string {
  const then = new Date(iso);
  if (Number.isNaN(then.getTime())) return "";
  const time = clock(iso, locale);
  const ahead = -daysAgo(then, now);
  if (ahead === 0) return time;
  if (ahead === 1) return m.crm_tomorrow({ time });
  return `${short(iso, now, locale, m.yesterday())} ${time}`;
}
