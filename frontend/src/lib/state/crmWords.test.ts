import { beforeAll, describe, expect, test } from "vitest";
import type { CrmNoteState } from "$lib/backend";
import { localeFrom } from "$lib/i18n";
import { matchWords, noteStanding, noteWords } from "./crmWords";

beforeAll(() => localeFrom(() => "en"));

const at = (day: number, hour: number, minute = 0, second = 0) => new Date(2026, 10, day, hour, minute, second);
const note = (state: CrmNoteState, until: Date) => ({ state, from: at(19, 11).toISOString(), until: until.toISOString() });

describe("a note", () => {
  test("takes in messages to the last second of its 24 hours (R23)", () => {
    const until = at(20, 11);
    expect(noteStanding(note("current", until), at(20, 10, 59, 59))).toBe("current");
    expect(noteStanding(note("current", until), until)).toBe("past");
  });

  test("that a person changed or deleted stays so, whatever the time (R24)", () => {
    expect(noteStanding(note("edited", at(20, 11)), at(25, 0))).toBe("edited");
    expect(noteStanding(note("deleted", at(20, 11)), at(25, 0))).toBe("deleted");
  });

  test.each<[CrmNoteState, Date, string]>([
    ["current", at(20, 11), "Takes in messages until 11:00"],
    ["current", at(21, 11), "Takes in messages until tomorrow 11:00"],
    ["past", at(19, 11), "Complete since yesterday"],
    ["edited", at(20, 11), "Changed by hand, left as it is"],
    ["deleted", at(20, 11), "Deleted by hand, not rewritten"],
    ["pending", at(20, 11), "Waiting to be written"],
  ])("that is %s until %s says so", (state, until, words) => {
    expect(noteWords(note(state, until), at(20, 10), "en")).toBe(words);
  });
});

test("how sure a match is stands before why", () => {
  expect(matchWords({ confidence: "sure", why: "email" })).toBe("Surely: same e-mail address");
  expect(matchWords({ confidence: "sure", why: "phone" })).toBe("Surely: same phone number");
  expect(matchWords({ confidence: "maybe", why: "name" })).toBe("Perhaps: only the name is the same");
});
