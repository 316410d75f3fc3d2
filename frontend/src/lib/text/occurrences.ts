import type { NotificationRow } from "$lib/backend";

/** One event for one member: what became of it by each medium. */
export interface Occurrence {
  key: string;
  row: NotificationRow;
  outcomes: NotificationRow[];
}

/** The system took it, but was set to keep quiet: nobody may have seen it. */
export const unseen = (row: Pick<NotificationRow, "code">): boolean => row.code === "do_not_disturb";

const arrived = (row: NotificationRow) => (row.outcome === "shown" && !unseen(row)) || row.outcome === "sent";

/** It was told of by one medium at least. */
export const came = (it: Occurrence): boolean => it.outcomes.some(arrived);

/**
 * Somebody may ask why they were not notified of it: nothing told of it, or
 * something should have and did not. Where the desktop told, an e-mail that
 * nobody wanted is not missing.
 */
export const missed = (it: Occurrence): boolean => !came(it) || it.outcomes.some((row) => row.outcome === "failed" || row.outcome === "unknown");

/** Puts together what is about the same event; each stands where its first row stood. */
export function occurrences(rows: NotificationRow[]): Occurrence[] {
  const all = new Map<string, Occurrence>();
  for (const row of rows) {
    const key = [row.at, row.event, row.memberId, row.conversationId].join("|");
    const known = all.get(key);
    if (known && !known.outcomes.some((each) => each.medium === row.medium)) {
      known.outcomes = [...known.outcomes, row].sort((a, b) => a.medium.localeCompare(b.medium));
    } else {
      const own = known ? `${key}|${all.size}` : key;
      all.set(own, { key: own, row, outcomes: [row] });
    }
  }
  return [...all.values()];
}
