import { afterEach, describe, expect, test, vi } from "vitest";
import { BackendError } from "./error";
import { connect } from "./wails";

describe("an error", () => {
  const json = '{"code":"auth","message":"Wrong password.","detail":"NO"}';

  test.each([
    ["our JSON as text", json],
    ["an object", JSON.parse(json)],
    ["the answer of a call over HTTP", { error: JSON.parse(json) }],
    ["an Error of ours", new BackendError("auth", "Wrong password.", "NO")],
  ])("is understood as %s", (_, thrown) => {
    const error = BackendError.from(thrown);
    expect([error.code, error.message, error.detail]).toEqual(["auth", "Wrong password.", "NO"]);
  });

  test("of an unknown kind keeps its words for the details", () => {
    expect(BackendError.from("panic: oops")).toMatchObject({ code: "internal", message: "", detail: "panic: oops" });
    expect(BackendError.from({ code: "odd", message: "x" }).code).toBe("internal");
    expect(BackendError.from(undefined).code).toBe("internal");
  });
});

describe("the program", () => {
  afterEach(() => {
    delete window.go;
    delete window.runtime;
    vi.useRealTimers();
  });

  test("is not there when the page stands alone", () => expect(connect()).toBeUndefined());

  test("gets the arguments and gives the answer; a missing list is empty", async () => {
    const named = vi.fn().mockResolvedValue({ undoId: "u" });
    window.go = { app: { Inbox: { NameContact: named, Sections: () => Promise.resolve(null) } } };
    const backend = connect();
    expect(await backend?.inbox.nameContact("c", "Sanne")).toEqual({ undoId: "u" });
    expect(named).toHaveBeenCalledWith("c", "Sanne");
    expect(await backend?.inbox.sections()).toEqual([]);
  });

  test("that refuses, lacks a method or falls silent rejects with a code", async () => {
    vi.useFakeTimers();
    window.go = {
      app: { Inbox: { Delete: () => Promise.reject('{"code":"forbidden","message":"No."}'), Open: () => new Promise(() => undefined) } },
    };
    const backend = connect();
    await expect(backend?.inbox.remove("c")).rejects.toMatchObject({ code: "forbidden", message: "No." });
    await expect(backend?.inbox.source("m")).rejects.toMatchObject({ code: "not_found" });
    const silent = expect(backend?.inbox.open("c", { before: "", around: "", limit: 1 })).rejects.toMatchObject({ code: "unavailable" });
    await vi.advanceTimersByTimeAsync(60_000);
    await silent;
  });

  test("says whether a file was saved, and a browser is asked no more", async () => {
    const file = { id: "f", name: "f.txt", type: "text/plain", size: 1 };
    const save = vi.fn().mockResolvedValueOnce(true).mockResolvedValueOnce(false);
    window.go = { app: { Files: { Save: save } } };
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockReturnValue();
    const backend = connect();
    expect(await backend?.files.save(file)).toBe(true);
    expect(click).toHaveBeenCalledOnce();
    vi.stubGlobal("location", new URL("wails://wails/"));
    expect(await backend?.files.save(file)).toBe(true);
    expect(await backend?.files.save(file)).toBe(false);
    vi.unstubAllGlobals();
  });

  test("is listened to until one stops", () => {
    const stop = vi.fn();
    window.go = { app: {} };
    window.runtime = { EventsOn: vi.fn().mockReturnValue(stop) };
    connect()?.on("outbox.changed", () => undefined)();
    expect(stop).toHaveBeenCalledOnce();
  });
});
