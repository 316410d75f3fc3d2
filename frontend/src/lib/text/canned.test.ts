import { expect, test } from "vitest";
import { canned } from "$lib/backend/fakeReplies";
import { asking, meant, putIn } from "./canned";
import { matches } from "./fuzzy";

test("a slash asks where a line begins, and nowhere else", () => {
  expect(asking("/", 1)).toEqual({ at: 0, query: "" });
  expect(asking("Hello\n/open ho", 14)).toEqual({ at: 6, query: "open ho" });
  for (const text of ["and/or", "Hello /", "/a/b", "/a\nb", "", ` /`, `/${"x".repeat(41)}`]) expect(asking(text, text.length)).toBeUndefined();
  expect(asking("/open later", 5)).toEqual({ at: 0, query: "open" });
});

test("a canned reply is meant by its name, its letters, or what is in it", () => {
  const all = [canned("1", "Openingstijden", "Wij zijn open."), canned("2", "Retour", "Stuur het naar Plein 1."), canned("3", "Bedankt", "Graag gedaan")];
  const names = (query: string) => meant(all, query).map((reply) => reply.name);
  expect(names("")).toEqual(["Openingstijden", "Retour", "Bedankt"]);
  expect(names("ret")).toEqual(["Retour"]);
  expect(names("plein")).toEqual(["Retour"]);
  expect(names("OPEN")).toEqual(["Openingstijden"]);
  expect(names("xyz")).toEqual([]);
});

test("it goes where it was asked for", () => {
  expect(putIn("Dag\n/ret\nTot ziens", { start: 4, end: 8 }, "Stuur terug")).toEqual({ text: "Dag\nStuur terug\nTot ziens", start: 4, end: 15 });
});

test("words, beginnings and letters in their order match, the plainer the better", () => {
  const scores = [matches("Assign to Ann", "assign"), matches("Assign to Ann", "ann"), matches("Assign to Ann", "ass ann"), matches("Reassign", "assign"), matches("Assign to Ann", "ata")];
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(scores.every((score) => score > 0)).toBe(true);
  expect(matches("Café Zürich", "cafe zur")).toBe(1);
  expect([matches("Assign", "x"), matches("Assign", "sga"), matches("Close conversation", "en"), matches("", "a")]).toEqual([0, 0, 0, 0]);
});
