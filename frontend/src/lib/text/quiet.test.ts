import { describe, expect, test } from "vitest";
import type { Weekday } from "$lib/backend";
import { quietUntil, readTime, shiftTime } from "./quiet";

describe("a time that was typed", () => {
  test.each([
    ["18:00", "18:00"],
    [" 8:30 ", "08:30"],
    ["8", "08:00"],
    ["0", "00:00"],
    ["1830", "18:30"],
    ["830", "08:30"],
    ["18.30", "18:30"],
    ["18h30", "18:30"],
    ["23:59", "23:59"],
  ])("%j is %s", (typed, meant) => expect(readTime(typed)).toBe(meant));

  test.each(["", "24:00", "12:60", "noon", "1:2:3", "-1", "18:3", "12345"])("%j is none", (typed) => {
    expect(readTime(typed)).toBe("");
  });

  test("goes around the clock in steps, and what is no time stays", () => {
    expect(shiftTime("23:50", 15)).toBe("00:05");
    expect(shiftTime("00:05", -15)).toBe("23:50");
    expect(shiftTime("soon", 15)).toBe("soon");
  });
});

// 20 November 2026 is a Friday.
const at = (day: number, time: string) => new Date(`2026-11-${day}T${time}:00`);
const hours = (from: string, to: string, ...days: Weekday[]) => ({ from, to, days });

describe("quiet hours", () => {
  test.each([
    ["before them", hours("18:00", "08:30"), at(20, "17:59"), undefined],
    ["as they begin", hours("18:00", "08:30"), at(20, "18:00"), at(21, "08:30")],
    ["after midnight", hours("18:00", "08:30"), at(20, "03:00"), at(20, "08:30")],
    ["as they end", hours("18:00", "08:30"), at(20, "08:30"), undefined],
    ["at noon", hours("12:00", "13:00"), at(20, "12:30"), at(20, "13:00")],
    ["none", hours("", ""), at(20, "03:00"), undefined],
    ["on another day", hours("12:00", "13:00", "sat"), at(20, "12:30"), undefined],
    ["on the morning after the last day", hours("18:00", "08:30", "fri"), at(21, "03:00"), at(21, "08:30")],
    ["on the morning of the first day", hours("18:00", "08:30", "fri"), at(20, "03:00"), undefined],
    ["a whole day", hours("09:00", "09:00", "fri"), at(20, "00:00"), at(21, "00:00")],
    ["a whole weekend", hours("00:00", "00:00", "sat", "sun"), at(21, "12:00"), at(23, "00:00")],
  ])("%s", (_, quiet, now, until) => expect(quietUntil(quiet, now)).toEqual(until));

  test("that follow each other every day never end", () => {
    expect(quietUntil(hours("00:00", "00:00"), at(20, "12:00"))).toBe("always");
  });
});
