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
    const assign = vi.fn().mockResolvedValue({ undoId: "u" });
    window.go = { app: { Inbox: { Assign: assign, Sections: () => Promise.resolve(null) } } };
    const backend = connect();
    expect(await backend?.inbox.assign("c", "m")).toEqual({ undoId: "u" });
    expect(assign).toHaveBeenCalledWith("c", "m");
    expect(await backend?.inbox.sections()).toEqual([]);
  });

  test("that refuses, lacks a method or falls silent rejects with a code", async () => {
    vi.useFakeTimers();
    window.go = {
      app: { Inbox: { Close: () => Promise.reject('{"code":"forbidden","message":"No."}'), Open: () => new Promise(() => undefined) } },
    };
    const backend = connect();
    await expect(backend?.inbox.close("c")).rejects.toMatchObject({ code: "forbidden", message: "No." });
    await expect(backend?.inbox.reopen("c")).rejects.toMatchObject({ code: "not_found" });
    const silent = expect(backend?.inbox.open("c", { before: "", around: "", limit: 1 })).rejects.toMatchObject({ code: "unavailable" });
    await vi.advanceTimersByTimeAsync(60_000);
    await silent;
  });

  test("is listened to until one stops", () => {
    const stop = vi.fn();
    window.go = { app: {} };
    window.runtime = { EventsOn: vi.fn().mockReturnValue(stop) };
    connect()?.on("outbox.changed", () => undefined)();
    expect(stop).toHaveBeenCalledOnce();
  });
});
