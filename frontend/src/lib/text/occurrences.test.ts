import { expect, test } from "vitest";
import { history } from "$lib/backend/fakeHistory";
import type { NotificationRow } from "$lib/backend";
import { occurrences } from "./occurrences";

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
