import { afterEach, expect, test, vi } from "vitest";
import { reveal, step } from "./choose";

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

test.each([
  ["ArrowDown", 0, 3, 1],
  ["ArrowDown", 2, 3, 0],
  ["ArrowUp", 0, 3, 2],
  ["ArrowUp", 2, 3, 1],
  ["ArrowDown", 0, 1, 0],
  ["ArrowUp", 0, 0, 0],
  ["Enter", 1, 3, undefined],
])("%s goes from %i of %i to %j", (key, at, count, to) => expect(step(key, at, count)).toBe(to));

test("an option is scrolled to no further than it takes, and one that is gone is not", () => {
  const scroll = vi.spyOn(Element.prototype, "scrollIntoView");
  const option = document.createElement("div");
  option.id = "list-4";
  document.body.append(option);
  reveal("list-4");
  reveal("list-5");
  expect(scroll.mock.contexts).toEqual([option]);
  expect(scroll).toHaveBeenCalledWith({ block: "nearest" });
});
