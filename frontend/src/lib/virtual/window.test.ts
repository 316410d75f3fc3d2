import { describe, expect, test } from "vitest";
import * as view from "./window";

const few = { count: 50, rowHeight: 76, viewport: 700 };
const million = { count: 1_000_000, rowHeight: 76, viewport: 700 };

describe("a list that the browser can draw whole", () => {
  test("scrolls by its own height", () => {
    expect(view.trackHeight(few)).toBe(3800);
    expect(view.follow(few, 0, 0, 1234)).toBe(1234);
    expect(view.follow(few, 0, 0, 99_999)).toBe(3100);
  });

  test("draws what is seen and a little more", () => {
    expect(view.visible(few, 0)).toEqual({ from: 0, to: 14 });
    expect(view.visible(few, 3100)).toEqual({ from: 36, to: 50 });
    expect(view.visible({ ...few, count: 0 }, 0)).toEqual({ from: 0, to: 0 });
  });

  test("moves no more than needed to show a row", () => {
    expect(view.reveal(few, 0, 3)).toBe(0);
    expect(view.reveal(few, 0, 9)).toBe(60);
    expect(view.reveal(few, 1000, 2)).toBe(152);
    expect(view.reveal(few, 0, 49)).toBe(3100);
  });
});

describe("a million rows", () => {
  test("fit under the browser's limit", () => {
    expect(view.contentHeight(million)).toBe(76_000_000);
    expect(view.trackHeight(million)).toBeLessThanOrEqual(16_000_000);
  });

  test("every row can be reached by small steps from anywhere", () => {
    let offset = view.follow(million, 0, 0, 6_000_000);
    const before = offset;
    offset = view.follow(million, offset, 6_000_000, 6_000_076);
    expect(offset).toBe(before + 76);
  });

  test("the thumb leads to its share, and both ends are the ends", () => {
    const end = 76_000_000 - 700;
    const track = view.trackHeight(million) - 700;
    expect(view.follow(million, 0, 0, track / 2) / end).toBeCloseTo(0.5, 3);
    expect(view.follow(million, 500, 500, track)).toBe(end);
    expect(view.follow(million, end, track, 0)).toBe(0);
    expect(view.visible(million, end).to).toBe(1_000_000);
  });

  test("the track is put where the rows are", () => {
    for (const offset of [0, 38_000_000, 75_999_300]) {
      const track = view.toTrack(million, offset);
      expect(view.follow(million, 0, -99_999_999, track)).toBeCloseTo(offset, 0);
    }
  });
});
