import { expect, test } from "vitest";
import { fake, type FakeOptions } from "$lib/backend/fake";
import { history as some } from "$lib/backend/fakeHistory";
import { BackendError, type NotificationRow } from "$lib/backend";
import { calls } from "../../test/calls";
import { NotificationHistory } from "./history.svelte";

const shown = some[0] as NotificationRow;
const many = (n: number, rare = 0): NotificationRow[] =>
  Array.from({ length: n }, (_, at) => ({ ...shown, conversationId: `c${at}`, outcome: rare && at % rare === 0 ? "suppressed" : "shown" }));

function over(options: FakeOptions) {
  const backend = fake(options);
  return { backend, history: new NotificationHistory(backend) };
}

test("it comes by the page, and older ones when asked", async () => {
  const { history } = over({ history: many(60) });
  await history.load();
  expect([history.rows.length, history.more]).toEqual([25, true]);
  await history.older();
  expect([history.rows.length, history.more]).toEqual([50, true]);
  await history.older();
  expect([history.rows.length, history.more]).toEqual([60, false]);
  expect(history.rows.map((row) => row.conversationId)).toEqual(many(60).map((row) => row.conversationId));
});

test("what is rare is looked for through many pages, and not without end", async () => {
  const { backend, history } = over({ history: many(2000, 100) });
  await history.load();
  await history.show({ shown: "missed" });
  expect(history.rows.length).toBeLessThan(25);
  expect(history.more).toBe(true);
  expect(calls(backend, "notifications.history").length).toBeLessThan(30);
  const before = history.rows.length;
  await history.older();
  expect(history.rows.length).toBeGreaterThan(before);
});

test("what was shown is not missing because its e-mail is switched off", async () => {
  const both = many(20).flatMap((row) => [row, { ...row, medium: "email" as const, outcome: "suppressed" as const, code: "off" }]);
  const lost = both.slice(0, 2).map((row) => ({ ...row, conversationId: "lost", outcome: "suppressed" as const }));
  const { history } = over({ history: [...both, ...lost, ...both.map((row) => ({ ...row, memberId: "bram", at: "2026-11-18T09:00:00Z" }))] });
  await history.load();
  await history.show({ shown: "missed" });
  expect(history.rows.map((row) => [row.conversationId, row.medium])).toEqual([["lost", "desktop"], ["lost", "email"]]);
});

test("teammates' rows are asked for, not guessed", async () => {
  const { backend, history } = over({});
  await history.load();
  expect(history.rows.every((row) => row.memberId === "bram")).toBe(true);
  await history.show({ everyone: true });
  expect(history.rows.some((row) => row.memberId === "ann")).toBe(true);
  expect(calls(backend, "notifications.history").at(-1)).toMatchObject([{ everyone: true }]);
});

test("what is added shows at the top and the rest stays on the screen", async () => {
  const { backend, history } = over({ history: many(60) });
  await history.load();
  await history.older();
  backend.bell.rows = [{ ...shown, conversationId: "new" }, ...backend.bell.rows];
  await history.load();
  expect(history.rows.length).toBe(50);
  expect(history.rows[0]?.conversationId).toBe("new");
});

test("a failure is kept, and over when it works again", async () => {
  let broken = true;
  const before = (name: string) => {
    if (broken && name === "notifications.history") throw new BackendError("internal", "The disk is full.");
  };
  const { history } = over({ before });
  await history.load();
  expect([history.error?.message, history.loaded, history.busy]).toEqual(["The disk is full.", false, false]);
  broken = false;
  await history.load();
  expect([history.error, history.loaded]).toEqual([undefined, true]);
});
