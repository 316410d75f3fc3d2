import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Conversation } from "$lib/backend";
import { emptyDraft, fake, type Fake } from "$lib/backend/fake";
import { calls } from "../../test/calls";
import { Composer, saveAfter } from "./composer.svelte";

let backend: Fake;
let composer: Composer;
let refuse = false;

const conversation = (id: string, text = "") => ({ id, draft: { ...emptyDraft(), text } }) as Conversation;
const stored = () => calls(backend, "composer.saveDraft").map(([id, draft]) => [id, (draft as { text: string }).text]);

beforeEach(() => {
  vi.useFakeTimers();
  refuse = false;
  backend = fake({
    before: () => {
      if (refuse) throw new Error("disk full");
    },
  });
  composer = new Composer(backend);
});

afterEach(() => vi.useRealTimers());

test("a draft is stored within a second of the last key, once", async () => {
  expect(saveAfter).toBeLessThan(1000);
  composer.open(conversation("c1"));
  for (const text of ["H", "He", "Hello"]) {
    composer.change({ text });
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(stored()).toEqual([]);
  await vi.advanceTimersByTimeAsync(saveAfter);
  expect(stored()).toEqual([["c1", "Hello"]]);
  expect(composer.saved).toBe("saved");
});

test("leaving a conversation stores its draft at once, and shows the other's", async () => {
  composer.open(conversation("c1"));
  composer.change({ text: "half a sentence" });
  composer.open(conversation("c2", "older draft"));
  await vi.advanceTimersByTimeAsync(0);
  expect(stored()).toEqual([["c1", "half a sentence"]]);
  expect(composer.draft.text).toBe("older draft");
  await vi.advanceTimersByTimeAsync(5000);
  expect(stored()).toHaveLength(1);
});

test("a refreshed conversation does not overwrite what is being typed", () => {
  composer.open(conversation("c1", "stored"));
  composer.change({ text: "typed" });
  composer.open(conversation("c1", "stored"));
  expect(composer.draft.text).toBe("typed");
});

test("a draft that could not be stored is kept, said so, and stored with the next key", async () => {
  composer.open(conversation("c1"));
  refuse = true;
  composer.change({ text: "a" });
  await vi.advanceTimersByTimeAsync(saveAfter);
  expect([composer.saved, composer.draft.text]).toEqual(["failed", "a"]);
  refuse = false;
  composer.change({ text: "ab" });
  await vi.advanceTimersByTimeAsync(saveAfter);
  expect(composer.saved).toBe("saved");
});

test("a sent draft is not stored again after it was sent", async () => {
  composer.open(conversation("c0"));
  composer.change({ text: "Hello" });
  const sent = await composer.send("Hello\n\n-- \nBram", true);
  await vi.advanceTimersByTimeAsync(5000);
  expect(stored()).toEqual([]);
  expect(sent.draft.text).toBe("Hello");
  expect(calls(backend, "composer.send")[0]).toMatchObject(["c0", { text: "Hello\n\n-- \nBram", reopen: true }]);
  expect(composer.empty).toBe(true);
});

test("a text that could not be sent stays", async () => {
  composer.open(conversation("c0"));
  composer.change({ text: "Hello" });
  refuse = true;
  await expect(composer.send("Hello", false)).rejects.toThrow();
  expect([composer.draft.text, composer.sending]).toEqual(["Hello", false]);
  expect(composer.error).toBeDefined();
});

test("a message that was taken back is in the draft again, also of another conversation", async () => {
  composer.open(conversation("c0"));
  composer.change({ text: "Hello" });
  const { draft, files } = await composer.send("Hello", false);
  await composer.restore("c0", draft, files);
  expect(composer.draft.text).toBe("Hello");
  composer.open(conversation("c2", "mine"));
  await composer.restore("c0", draft, files);
  expect(composer.draft.text).toBe("mine");
  expect(stored().at(-1)).toEqual(["c0", "Hello"]);
});

test("a note that was begun waits with its conversation", () => {
  composer.open(conversation("c1"));
  composer.note = "ask Ann";
  composer.open(conversation("c2"));
  expect(composer.note).toBe("");
  composer.open(conversation("c1"));
  expect(composer.note).toBe("ask Ann");
});
