import { expect, test } from "vitest";
import { outcomeText } from "./notificationWords";

test("what was told of later says when", () => {
  const row = { at: "2026-11-20T18:40:00", code: "", decidedAt: "2026-11-20T18:40:31", medium: "email", outcome: "sent" } as const;
  expect(outcomeText(row, "en")).toBe("Sent");
  expect(outcomeText({ ...row, decidedAt: "2026-11-20T19:30:00", medium: "desktop", outcome: "shown" }, "en")).toBe("Shown · 19:30");
  expect(outcomeText({ ...row, decidedAt: "2026-11-21T08:30:00", medium: "desktop", outcome: "shown" }, "en")).toBe("Shown · Sat 08:30");
  expect(outcomeText({ ...row, decidedAt: "2026-11-21T08:30:00", outcome: "suppressed" }, "en")).toBe("Not sent");
  expect(outcomeText({ ...row, decidedAt: "", outcome: "shown" }, "en")).toBe("Shown");
  expect(outcomeText({ ...row, code: "do_not_disturb", outcome: "shown" }, "en"), "the system kept quiet").toBe("Perhaps not seen");
});
