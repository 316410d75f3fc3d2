import type { CannedReply } from "$lib/backend";
import { matches } from "./fuzzy";

/** A canned reply that is asked for by typing "/" where a line begins. */
export interface Asking {
  /** Where its "/" stands. */
  at: number;
  /** What follows it, up to the caret. */
  query: string;
}

/** What is asked for at the caret, if something is. */
export function asking(text: string, caret: number): Asking | undefined {
  const before = text.slice(0, caret);
  const start = before.lastIndexOf("\n") + 1;
  const [, query] = /^\/([^\n/]{0,40})$/.exec(before.slice(start)) ?? [];
  return query === undefined ? undefined : { at: start, query };
}

/** Those that are meant, the best first; all of them before anything is typed. */
export function meant(all: CannedReply[], query: string): CannedReply[] {
  const typed = query.trim();
  if (!typed) return all;
  const low = typed.toLocaleLowerCase();
  const score = (reply: CannedReply) => matches(reply.name, typed) * 2 || (reply.text.toLocaleLowerCase().includes(low) ? 0.1 : 0);
  return all
    .map((reply) => ({ reply, score: score(reply) }))
    .filter((each) => each.score > 0)
    .sort((a, b) => b.score - a.score)
    .map((each) => each.reply);
}

/** The text with something put in the place of what was asked, or at the caret. */
export function putIn(text: string, place: { start: number; end: number }, what: string): { text: string; start: number; end: number } {
  return { text: text.slice(0, place.start) + what + text.slice(place.end), start: place.start, end: place.start + what.length };
}
