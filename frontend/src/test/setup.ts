import { cleanup, configure } from "@testing-library/svelte";
import { afterEach, vi } from "vitest";

// Without sizes there are no places either: what floats is simply there.
vi.mock("@floating-ui/dom", async (original) => ({
  ...(await original<typeof import("@floating-ui/dom")>()),
  computePosition: async () => ({ x: 0, y: 0, placement: "bottom", strategy: "fixed", middlewareData: {} }),
}));

// What jsdom has not and the components ask for.
class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}

globalThis.ResizeObserver ??= Observer as unknown as typeof ResizeObserver;
globalThis.IntersectionObserver ??= Observer as unknown as typeof IntersectionObserver;
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.scrollTo ??= () => undefined;
Element.prototype.animate ??= () => ({ finished: Promise.resolve(), cancel() {} }) as unknown as Animation;
Element.prototype.hasPointerCapture ??= () => false;
document.elementFromPoint ??= () => null;
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
  }) as unknown as MediaQueryList;
// Nothing has a size in jsdom; a list has to believe in one to draw its rows.
Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 700 });
Element.prototype.getClientRects = () => [{}] as unknown as DOMRectList;
globalThis.CSS ??= { escape: (text: string) => text } as typeof CSS;

configure({ asyncUtilTimeout: 10_000 });

afterEach(() => {
  cleanup();
  location.hash = "";
  localStorage.clear();
});
