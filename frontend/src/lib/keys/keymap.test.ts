import { beforeEach, expect, test, vi } from "vitest";
import { Keymap, type Binding } from "./keymap";

const press = (key: string, init: KeyboardEventInit & { on?: Element; at?: number } = {}) => {
  const event = new KeyboardEvent("keydown", { key, cancelable: true, bubbles: true, ...init });
  Object.defineProperty(event, "timeStamp", { value: init.at ?? 0 });
  Object.defineProperty(event, "target", { value: init.on ?? document.body });
  keymap.handle(event);
  return event.defaultPrevented;
};

const run = { e: vi.fn(), gu: vi.fn(), k: vi.fn(), shiftE: vi.fn(), help: vi.fn() };
let enabled = true;
const bindings: Binding[] = [
  { keys: "e", run: run.e, enabled: () => enabled },
  { keys: "g u", run: run.gu },
  { keys: "mod+k", run: run.k, always: true },
  { keys: "shift+e", run: run.shiftE },
  { keys: "?", run: run.help },
];
let keymap = new Keymap(() => bindings);

beforeEach(() => {
  keymap = new Keymap(() => bindings);
  enabled = true;
  for (const each of Object.values(run)) each.mockClear();
});

test("a key does what it is bound to, also with shift", () => {
  expect(press("e")).toBe(true);
  press("E", { shiftKey: true });
  press("?", { shiftKey: true });
  expect([run.e, run.shiftE, run.help].map((each) => each.mock.calls.length)).toEqual([1, 1, 1]);
});

test("a sequence works when its keys follow each other in time", () => {
  press("g", { at: 1000 });
  press("u", { at: 1500 });
  expect(run.gu).toHaveBeenCalledOnce();
  press("g", { at: 5000 });
  press("u", { at: 9000 });
  expect(run.gu).toHaveBeenCalledOnce();
});

test("while somebody types only what works everywhere works", () => {
  const area = document.createElement("textarea");
  expect(press("e", { on: area })).toBe(false);
  expect(press("k", { on: area, ctrlKey: true })).toBe(true);
  expect(run.e).not.toHaveBeenCalled();
  expect(run.k).toHaveBeenCalledOnce();
});

test("what is not possible now leaves the key alone", () => {
  enabled = false;
  expect(press("e")).toBe(false);
  expect(press("e", { isComposing: true })).toBe(false);
});
