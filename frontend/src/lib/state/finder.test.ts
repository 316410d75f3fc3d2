import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RecordHit } from "$lib/backend";
import { BackendError } from "$lib/backend";
import { fake } from "$lib/backend/fake";
import { findAfter, RecordFinder } from "./finder.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const hit = (title: string): RecordHit => ({ kind: "person", id: title, title, subtitle: "" });

/** A finder whose answers come when the test gives them. */
function waiting() {
  const asked: { kind: string; text: string; answer: (hits: RecordHit[]) => void; fail: (error: unknown) => void }[] = [];
  const backend = fake();
  backend.crm.search = (kind, text) => new Promise((answer, fail) => asked.push({ kind, text, answer, fail }));
  return { finder: new RecordFinder(backend, "person"), asked };
}

test("a search begins when somebody pauses, and not for one letter", async () => {
  const { finder, asked } = waiting();
  finder.type("j");
  await vi.advanceTimersByTimeAsync(findAfter * 4);
  expect(asked).toEqual([]);
  finder.type("ja");
  await vi.advanceTimersByTimeAsync(findAfter - 1);
  finder.type("jan");
  await vi.advanceTimersByTimeAsync(findAfter - 1);
  expect(asked).toEqual([]);
  expect(finder.searching).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked.map(({ kind, text }) => [kind, text])).toEqual([["person", "jan"]]);
});

test("an answer to older words, or of another kind, is not shown", async () => {
  const { finder, asked } = waiting();
  finder.type("jan");
  await vi.advanceTimersByTimeAsync(findAfter);
  finder.choose("deal");
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.map(({ kind }) => kind)).toEqual(["person", "deal"]);
  asked[1]?.answer([hit("Deal with Jan")]);
  await vi.advanceTimersByTimeAsync(0);
  asked[0]?.answer([hit("Jan")]);
  await vi.advanceTimersByTimeAsync(0);
  expect(finder.hits.map(({ title }) => title)).toEqual(["Deal with Jan"]);
  expect([finder.answered, finder.searching]).toEqual(["jan", false]);
});

test("what was found goes as soon as other words are typed", async () => {
  const { finder, asked } = waiting();
  finder.type("jan");
  await vi.advanceTimersByTimeAsync(findAfter);
  asked[0]?.answer([hit("Jan")]);
  await vi.advanceTimersByTimeAsync(0);
  finder.type("janc");
  expect([finder.hits, finder.answered]).toEqual([[], ""]);
  finder.type("");
  expect([finder.searching, finder.short]).toEqual([false, true]);
  await vi.advanceTimersByTimeAsync(findAfter * 2);
  expect(asked).toHaveLength(1);
});

test("what went wrong is kept until it is tried again", async () => {
  const { finder, asked } = waiting();
  finder.type("jan");
  await vi.advanceTimersByTimeAsync(findAfter);
  asked[0]?.fail(new BackendError("unavailable", "No network."));
  await vi.advanceTimersByTimeAsync(0);
  expect([finder.error?.message, finder.searching]).toEqual(["No network.", false]);
  void finder.run();
  expect(finder.error).toBeUndefined();
  asked[1]?.answer([hit("Jan")]);
  await vi.advanceTimersByTimeAsync(0);
  expect(finder.hits).toHaveLength(1);
});

test("a finder that is put away asks nothing more", async () => {
  const { finder, asked } = waiting();
  finder.type("jan");
  finder.stop();
  await vi.advanceTimersByTimeAsync(findAfter * 2);
  expect([asked.length, finder.searching]).toEqual([0, false]);
});
