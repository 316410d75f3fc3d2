import { expect, test } from "vitest";
import { fill, filled, readable } from "./template";

test("words go into their places, and an empty place stays one", () => {
  expect(fill("Hello {{1}}, until {{ 2 }}.", { 1: " Sanne ", 2: "" })).toBe("Hello Sanne, until {{ 2 }}.");
  expect(fill("{{name}} and {{name}}", { name: "{{name}}" })).toBe("{{name}} and {{name}}");
  expect(fill("No place", {})).toBe("No place");
});

test("the places are told from the text around them", () => {
  expect(filled("Hello {{1}}!", { 1: "Sanne" })).toEqual([
    { text: "Hello ", variable: false },
    { text: "Sanne", variable: true },
    { text: "!", variable: false },
  ]);
  expect(filled("{{1}}", {})).toEqual([{ text: "{{1}}", variable: true, empty: "1" }]);
});

test("a template's name is read as words", () => {
  expect(readable("appointment_ready-v2")).toBe("Appointment ready v2");
  expect(readable("")).toBe("");
});
