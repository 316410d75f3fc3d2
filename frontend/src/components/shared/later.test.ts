import { describe, expect, it, vi } from "vitest";
import { Later, prefetch } from "./later.svelte";

describe("a part that is fetched later", () => {
  it("is fetched once, however many ask", async () => {
    let asked = 0;
    const part = new Later(async () => ++asked);
    expect(part.value).toBeUndefined();
    await Promise.all([part.load(), part.load()]);
    await part.load();
    expect([part.value, asked]).toEqual([1, 1]);
  });

  it("says why it did not come, and can be asked for again", async () => {
    let broken = true;
    const part = new Later(async () => {
      if (broken) throw new Error("gone");
      return "here";
    });
    await part.load();
    expect(String(part.error)).toContain("gone");
    broken = false;
    await part.load();
    expect([part.value, part.error]).toEqual(["here", undefined]);
  });

  it("is fetched before anybody asks, one after the other, until that is stopped", async () => {
    const fetched: string[] = [];
    const part = (name: string) => new Later(async () => fetched.push(name));
    const turns: (() => void)[] = [];
    const stop = prefetch([part("first"), part("second")], () => new Promise((turn) => turns.push(turn)));
    expect(fetched).toEqual([]);
    turns.shift()?.();
    await vi.waitFor(() => expect(turns).toHaveLength(1));
    expect(fetched).toEqual(["first"]);
    stop();
    turns.shift()?.();
    await Promise.resolve();
    expect(fetched).toEqual(["first"]);
  });
});
