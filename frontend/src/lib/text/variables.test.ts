import { describe, expect, test } from "vitest";
import { fillIn, leftIn, valuesOf, variables, written } from "./variables";

const known = { contact: "Els de Boer", me: "Bram Kuiper", channel: "Info", team: "Noordzee", subject: "Offerte" };

test("what is known is filled in, each time and however it is spaced", () => {
  const values = valuesOf(known);
  expect(fillIn("Dag {{contact.first}} ({{ Contact.Name }}), {{me.first}}/{{me.name}} {{channel.name}} {{team.name}} {{subject}}", values)).toBe(
    "Dag Els (Els de Boer), Bram/Bram Kuiper Info Noordzee Offerte",
  );
  for (const name of variables) expect(leftIn(fillIn(written(name), values))).toEqual([]);
});

test("what is unknown or empty stays as it is written, and is found", () => {
  const text = fillIn("{{contact.first}} {{price}} {{a b}} {{}} {x} {{ {{y}}", valuesOf({ ...known, contact: "" }));
  expect(text).toBe("{{contact.first}} {{price}} {{a b}} {{}} {x} {{ {{y}}");
  expect(leftIn(text).map((left) => text.slice(left.start, left.end))).toEqual(["{{contact.first}}", "{{price}}", "{{a b}}", "{{y}}"]);
});

test("what a contact calls themself is never filled in itself, and stays one line", () => {
  const values = valuesOf({ ...known, contact: "{{me.name}}\n\u202e{{team.name}}" });
  expect(fillIn("{{contact.name}}", values)).toBe("{{me.name}} {{team.name}}");
  expect(fillIn("{{constructor}} {{__proto__}} {{toString}}", values)).toBe("{{constructor}} {{__proto__}} {{toString}}");
});

describe("a first name", () => {
  for (const [name, first] of [["Els", "Els"], ["Boer, Els de", "Els"], ["els@klant.example", ""], ["+31 6 1234 5678", ""], ["", ""], ["  Jan  Piet ", "Jan"]] as const) {
    test(`of ${JSON.stringify(name)}`, () => expect(valuesOf({ ...known, contact: name })["contact.first"]).toBe(first));
  }
});

test("a text of nothing but braces takes no time", () => {
  expect(leftIn("{{".repeat(50_000))).toEqual([]);
  expect(leftIn(`${"{".repeat(20_000)}a${" ".repeat(20_000)}`)).toEqual([]);
});
