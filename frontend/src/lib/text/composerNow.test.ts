import { describe, expect, test } from "vitest";
import type { ComposerState } from "$lib/backend";
import { composerNow, messagesOf, tooLarge } from "./composerNow";

const at = (iso: string) => new Date(iso);
const state = (changes: Partial<ComposerState>): ComposerState => ({ mode: "free", reason: "", replyBy: "2026-11-20T12:00:00Z", next: "template_only", ...changes });
const whatsapp = { kind: "whatsapp", window: "free", composer: state({}) } as const;
const messenger = { kind: "messenger", window: "free", composer: state({ next: "human_agent" }) } as const;

describe("the composer's mode", () => {
  test("is the program's until its end, and what comes next from then on", () => {
    expect(composerNow(whatsapp, false, at("2026-11-20T11:59:59.999Z"))).toMatchObject({ mode: "free", left: 1, next: "template_only", moved: false });
    expect(composerNow(whatsapp, false, at("2026-11-20T12:00:00Z"))).toMatchObject({ mode: "template_only", left: Infinity, moved: true });
  });

  test("of Messenger goes by way of the human agent, and ends after seven days", () => {
    expect(composerNow(messenger, false, at("2026-11-20T12:00:00Z"))).toMatchObject({ mode: "human_agent", next: "blocked", moved: true });
    expect(composerNow(messenger, false, at("2026-11-26T11:59:59Z")).mode).toBe("human_agent");
    expect(composerNow(messenger, false, at("2026-11-26T12:00:00Z")).mode).toBe("blocked");
    const without = { ...messenger, composer: state({ next: "blocked" }) };
    expect(composerNow(without, false, at("2026-11-20T12:00:00Z")).mode).toBe("blocked");
  });

  test("out of reach is queue only while the window is open, and no longer", () => {
    const offline = { ...whatsapp, composer: state({ mode: "queue_only", reason: "No network." }) };
    expect(composerNow(offline, false, at("2026-11-20T11:00:00Z"))).toMatchObject({ mode: "queue_only", window: "free" });
    expect(composerNow(offline, false, at("2026-11-20T12:00:00Z")).mode).toBe("template_only");
  });

  test("stays blocked where another reason than the window says so", () => {
    const out = { ...whatsapp, composer: state({ mode: "blocked", replyBy: "", next: "" }) };
    expect(composerNow(out, false, at("2026-11-20T11:00:00Z"))).toMatchObject({ mode: "blocked", moved: false });
  });

  test("of e-mail never ends", () => {
    expect(composerNow({ kind: "email", composer: state({ replyBy: "" }) }, false, at("2030-01-01T00:00:00Z"))).toMatchObject({ mode: "free", left: Infinity, moved: false });
  });
});

const file = (type: string, size = 1) => ({ id: "f", name: "f", type, size });

test.each([
  ["email", "Hello", ["a/b", "a/b"], 1],
  ["whatsapp", "Hello", [], 1],
  ["whatsapp", "Hello", ["image/jpeg"], 1],
  ["whatsapp", "Hello", ["video/mp4", "application/pdf"], 2],
  ["whatsapp", "Hello", ["application/pdf"], 2],
  ["whatsapp", "Hello", ["image/gif", "image/png"], 3],
  ["whatsapp", "", ["image/gif", "image/png", "a/b"], 3],
  ["messenger", "Hello", ["image/png", "a/b"], 3],
  ["messenger", " ", ["image/png", "a/b"], 2],
] as const)("%s with %j and %j is %d messages", (kind, text, types, many) => {
  expect(messagesOf(kind, text, types.map((type) => file(type)))).toBe(many);
});

test("a picture and another file have limits of their own", () => {
  const limits = { text: 1600, imageBytes: 5_000_000, fileBytes: 16_000_000, templates: true, subject: false };
  expect(tooLarge(file("image/jpeg", 5_000_001), limits)).toBe(5_000_000);
  expect(tooLarge(file("image/jpeg", 5_000_000), limits)).toBe(0);
  expect(tooLarge(file("video/mp4", 6_000_000), limits)).toBe(0);
  expect(tooLarge(file("video/mp4", 16_000_001), limits)).toBe(16_000_000);
  expect(tooLarge(file("video/mp4", 16_000_001), undefined)).toBe(0);
});
