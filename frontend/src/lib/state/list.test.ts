import { describe, expect, test, vi } from "vitest";
import type { Backend, ListQuery, Row } from "$lib/backend";
import { fake } from "$lib/backend/fake";
import { keptPages, ListState, pageSize } from "./list.svelte";
import { Selection } from "./selection.svelte";

/** A section of so many rows, of which the ids are their places. */
function long(total: number) {
  const ids = Array.from({ length: total }, (_, at) => `r${at}`);
  const list = vi.fn(async (query: ListQuery) => ({
    rows: ids.slice(query.offset, query.offset + query.limit).map((id) => ({ id }) as Row),
    next: "",
    total: ids.length,
  }));
  const backend = { ...fake(), inbox: { ...fake().inbox, list } } as Backend;
  return { state: new ListState(backend), list, ids };
}

const settled = () => vi.waitFor(() => undefined);

describe("a long list", () => {
  test("fetches only the pages that are looked at, each once", async () => {
    const { state, list } = long(1_000_000);
    await state.go("closed", "");
    expect(state.total).toBe(1_000_000);
    expect(state.row(3)?.id).toBe("r3");
    state.show(500_000, 500_020);
    state.show(500_001, 500_021);
    await vi.waitFor(() => expect(state.row(500_010)?.id).toBe("r500010"));
    expect(list.mock.calls.map(([query]) => query.offset)).toEqual([0, 500_000]);
    expect(state.row(250_000)).toBeUndefined();
  });

  test("keeps a bounded number of pages, and what is on the screen among them", async () => {
    const { state, list } = long(1_000_000);
    await state.go("closed", "");
    for (let page = 0; page < keptPages + 20; page++) {
      state.show(page * pageSize, page * pageSize + 10);
      await settled();
    }
    await vi.waitFor(() => expect(state.row((keptPages + 19) * pageSize)).toBeDefined());
    expect(state.row(0)).toBeUndefined();
    list.mockClear();
    state.show(0, 10);
    await vi.waitFor(() => expect(state.row(0)?.id).toBe("r0"));
    expect(list).toHaveBeenCalledOnce();
  });

  test("shows old rows until the new ones are here", async () => {
    const { state, ids } = long(300);
    await state.go("closed", "");
    ids[0] = "changed";
    const refreshing = state.refresh();
    expect(state.row(0)?.id).toBe("r0");
    await refreshing;
    expect(state.row(0)?.id).toBe("changed");
    expect(state.loaded).toBe(true);
  });

  test("the keyboard goes back to its conversation when that comes back", async () => {
    const { state, ids } = long(10);
    await state.go("closed", "");
    state.moveTo(4);
    ids.splice(4, 1);
    await state.refresh();
    expect(state.cursorId).toBe("r5");
    ids.splice(4, 0, "r4");
    await state.refresh();
    expect(state.cursorId).toBe("r4");
    expect(state.cursor).toBe(4);
  });

  test("once the keyboard was moved it stays where it was put", async () => {
    const { state, ids } = long(10);
    await state.go("closed", "");
    state.moveTo(4);
    ids.splice(4, 1);
    await state.refresh();
    state.moveTo(7);
    ids.splice(4, 0, "r4");
    await state.refresh();
    expect(state.cursorId).toBe("r8");
  });

  test("what somebody points at stays under the pointer, and what came is counted", async () => {
    const { state, ids } = long(300);
    const shifts: number[] = [];
    state.onshift = (rows) => shifts.push(rows) > 0;
    await state.go("closed", "");
    ids.unshift("new0");
    await state.refresh();
    expect(shifts).toEqual([]);
    state.point(3);
    ids.unshift("new1", "new2");
    await state.refresh();
    expect(shifts).toEqual([2]);
    expect(state.above).toBe(2);
    state.point(-1);
    state.show(0, 20);
    expect(state.above).toBe(0);
  });

  test("joins refreshes that come while one is under way", async () => {
    const { state, list } = long(300);
    await state.go("closed", "");
    list.mockClear();
    await Promise.all([state.refresh(), state.refresh(), state.refresh()]);
    await vi.waitFor(() => expect(list.mock.calls.length).toBe(2));
  });

  test("keeps its place when rows come in above", async () => {
    const { state, ids } = long(300);
    await state.go("closed", "");
    state.onshift = vi.fn();
    state.show(46, 66, 50);
    ids.unshift("new1", "new2");
    await state.refresh();
    expect(state.onshift).toHaveBeenCalledWith(2);
  });

  test("ignores answers for a section that was left", async () => {
    const { state, list } = long(300);
    let answer: (page: { rows: Row[]; next: string; total: number }) => void = () => undefined;
    list.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const first = state.go("closed", "");
    await state.go("mine", "");
    answer({ rows: [{ id: "stale" } as Row], next: "", total: 1 });
    await first;
    expect(state.row(0)?.id).toBe("r0");
    expect(state.total).toBe(300);
  });

  test("says what went wrong and recovers", async () => {
    const { state, list } = long(300);
    list.mockRejectedValueOnce({ code: "unavailable", message: "No." });
    await state.go("closed", "");
    expect(state.error?.code).toBe("unavailable");
    await state.refresh();
    expect(state.error).toBeUndefined();
    expect(state.row(0)?.id).toBe("r0");
  });
});

describe("the keyboard's place", () => {
  test("follows its conversation when that moves", async () => {
    const { state, ids } = long(300);
    await state.go("closed", "");
    state.moveTo(4);
    ids.unshift("new");
    await state.refresh();
    expect([state.cursor, state.cursorId]).toEqual([5, "r4"]);
  });

  test("stays where it is when its conversation goes: on the next one", async () => {
    const { state, ids } = long(300);
    await state.go("closed", "");
    state.moveTo(4);
    ids.splice(4, 1);
    await state.refresh();
    expect([state.cursor, state.cursorId]).toEqual([4, "r5"]);
  });

  test("never leaves the list", async () => {
    const { state } = long(3);
    await state.go("closed", "");
    state.moveTo(99);
    expect(state.cursor).toBe(2);
    state.moveTo(-5);
    expect(state.cursor).toBe(0);
  });
});

test("a selection reaches over pages that are not here", async () => {
  const { state } = long(1000);
  await state.go("closed", "");
  const selection = new Selection(state);
  selection.toggle("r2", 2);
  await selection.extend(250);
  expect(selection.ids.size).toBe(249);
  expect(selection.ids.has("r250")).toBe(true);
  selection.toggle("r250", 250);
  expect(selection.ids.has("r250")).toBe(false);
});
