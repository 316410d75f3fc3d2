import { expect, test } from "vitest";
import { history } from "$lib/backend/fakeHistory";
import type { NotificationRow } from "$lib/backend";
import { came, missed, occurrences } from "./occurrences";

const row = history[0] as NotificationRow;

test("what became of one event by two media stands together, the desktop first", () => {
  const later = { ...row, conversationId: "other" };
  const email = { ...row, medium: "email" as const };
  const all = occurrences([email, later, row]);
  expect(all.map((it) => it.outcomes.map((each) => each.medium))).toEqual([["desktop", "email"].sort(), ["desktop"]]);
  expect(all[0]?.row.conversationId).toBe(row.conversationId);
});

test("nothing is lost where two rows look alike", () => {
  const all = occurrences([row, row, { ...row, memberId: "ann" }]);
  expect(all).toHaveLength(3);
  expect(new Set(all.map((it) => it.key)).size).toBe(3);
});

test("an event is missed when nothing told of it, or something failed to", () => {
  const by = (medium: "desktop" | "email", outcome: NotificationRow["outcome"]) => ({ ...row, medium, outcome });
  const of = (...rows: NotificationRow[]) => occurrences(rows).map((it) => [came(it), missed(it)])[0];
  expect(of(by("desktop", "shown"), by("email", "suppressed"))).toEqual([true, false]);
  expect(of(by("desktop", "suppressed"), by("email", "sent"))).toEqual([true, false]);
  expect(of(by("desktop", "suppressed"), by("email", "suppressed"))).toEqual([false, true]);
  expect(of(by("desktop", "shown"), by("email", "failed"))).toEqual([true, true]);
  expect(of(by("desktop", "unknown"))).toEqual([false, true]);
  expect(of({ ...by("desktop", "shown"), code: "do_not_disturb" }), "the system kept it from being seen").toEqual([false, true]);
});
