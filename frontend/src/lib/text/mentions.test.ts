import { describe, expect, test } from "vitest";
import { complete, mayMean, mentionSpans, typing } from "./mentions";

describe("a mention that is being typed", () => {
  test.each([
    ["@", { at: 0, query: "" }],
    ["Hi @Ann de", { at: 3, query: "Ann de" }],
    ["(@a", { at: 1, query: "a" }],
    ["one @a two @b", { at: 11, query: "b" }],
    ["mail ann@shop", undefined],
    ["@ nobody", undefined],
    ["@ann\nnext", undefined],
    ["nothing", undefined],
    [`@${"x".repeat(80)}`, undefined],
  ])("in %j", (text, found) => expect(typing(text, text.length)).toEqual(found));

  test("ends at the caret, not at the end", () => {
    expect(typing("@an and more", 3)).toEqual({ at: 0, query: "an" });
    expect(typing("word @an", 2)).toBeUndefined();
  });

  test("may mean by any of the names, from its beginning", () => {
    expect(mayMean("Ann de Wit", "an")).toBe(true);
    expect(mayMean("Ann de Wit", "ann de w")).toBe(true);
    expect(mayMean("Ann de Wit", "wit")).toBe(true);
    expect(mayMean("Ann de Wit", "nn")).toBe(false);
  });

  test("is completed in its place, with one space behind it", () => {
    expect(complete("Hi @an", { at: 3, query: "an" }, "Ann de Wit")).toEqual({ text: "Hi @Ann de Wit ", caret: 15 });
    expect(complete("Hi @an there", { at: 3, query: "an" }, "Ann de Wit")).toEqual({ text: "Hi @Ann de Wit there", caret: 15 });
  });
});

test("mentions are marked where they stand, and nothing is lost", () => {
  const text = "@Ann de Wit, ask @carol; not ann@shop.example or @Annemarie.";
  const spans = mentionSpans(text, ["Ann de Wit", "Carol Meijer"]);
  expect(spans.filter((span) => span.mention).map((span) => span.text)).toEqual(["@Ann de Wit", "@carol"]);
  expect(spans.map((span) => span.text).join("")).toBe(text);
  expect(mentionSpans("", ["Ann"])).toEqual([{ text: "", mention: false }]);
  expect(mentionSpans("@C++ (x)", ["C++ (x)"])[0]).toEqual({ text: "@C++ (x)", mention: true });
});
