import { describe, expect, test } from "vitest";
import { parts, standing, urgency, type Said } from "./replyWindow";

const now = new Date("2026-11-20T09:58:00Z");
const said = (changes: Partial<Said>): Said => ({ kind: "whatsapp", window: "free", replyBy: "2026-11-20T10:58:00Z", humanAgent: false, ...changes });
const minute = 60_000;
const day = 24 * 60 * minute;

describe("a reply window (R27)", () => {
  test("that has no end stands as it was said", () => {
    expect(standing(said({ kind: "email", replyBy: "" }), now)).toEqual({ mode: "free", left: Infinity, next: "" });
    expect(standing(said({ window: "template_only", replyBy: "" }), now)).toEqual({ mode: "template_only", left: Infinity, next: "" });
  });

  test("says what comes after it", () => {
    expect(standing(said({}), now)).toEqual({ mode: "free", left: 60 * minute, next: "template_only" });
    expect(standing(said({ kind: "messenger" }), now)).toMatchObject({ mode: "free", next: "blocked" });
    expect(standing(said({ kind: "messenger", humanAgent: true }), now)).toMatchObject({ mode: "free", next: "human_agent" });
    expect(standing(said({ kind: "messenger", window: "human_agent", humanAgent: true }), now)).toMatchObject({ mode: "human_agent", next: "blocked" });
  });

  test("is over at its very end, before the program says so", () => {
    const at = new Date("2026-11-20T10:58:00Z");
    expect(standing(said({}), at)).toEqual({ mode: "template_only", left: Infinity, next: "" });
    expect(standing(said({}), new Date(at.getTime() - 1))).toMatchObject({ mode: "free", left: 1 });
    expect(standing(said({ kind: "messenger" }), at)).toMatchObject({ mode: "blocked", left: Infinity });
  });

  test("of Messenger goes on for a human until the seventh day", () => {
    const page = said({ kind: "messenger", humanAgent: true });
    const end = new Date(page.replyBy).getTime();
    expect(standing(page, new Date(end))).toEqual({ mode: "human_agent", left: 6 * day, next: "blocked" });
    expect(standing(page, new Date(end + 6 * day - 1))).toMatchObject({ mode: "human_agent", left: 1 });
    expect(standing(page, new Date(end + 6 * day))).toMatchObject({ mode: "blocked", left: Infinity });
    const human = { ...page, window: "human_agent" as const };
    expect(standing(human, new Date(end))).toMatchObject({ mode: "blocked" });
  });
});

test.each([
  [2 * 60 * minute, "calm"],
  [2 * 60 * minute - 1, "soon"],
  [15 * minute, "soon"],
  [15 * minute - 1, "now"],
  [0, "now"],
])("%i ms press as they should (R28)", (left, pressing) => {
  expect(urgency(left)).toBe(pressing);
});

test("what is left is never more than there is", () => {
  expect(parts(2 * day - 1)).toEqual({ days: 1, hours: 23, minutes: 59 });
  expect(parts(minute - 1)).toEqual({ days: 0, hours: 0, minutes: 0 });
});
