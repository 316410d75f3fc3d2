import { describe, expect, test } from "vitest";
import { NewRecord } from "./newRecord.svelte";

const prefill = { name: "Jolanda Prins", email: "jolanda@example.nl", phone: "", title: "RE: Fwd: Dynamo flickers" };
const sanne = { kind: "person" as const, id: "p1", title: "Sanne Hoekstra", subtitle: "" };

describe("a new person", () => {
  test("has what the conversation says of the contact", () => {
    expect(new NewRecord("person", prefill).fields(false)).toEqual({ name: "Jolanda Prins", email: "jolanda@example.nl" });
  });

  test("needs a name, and an address that can be one", () => {
    const draft = new NewRecord("person", { ...prefill, name: "  ", email: "jolanda" });
    expect(draft.problems).toEqual(["name", "email"]);
    expect(draft.has("name")).toBe(false);
    draft.tried = true;
    expect(draft.has("name")).toBe(true);
  });

  test("of another name than the contact's does not get the contact's address", () => {
    const draft = new NewRecord("person", prefill);
    draft.makeNew("Piet");
    expect(draft.fields(false)).toEqual({ name: "Piet" });
  });

  test("who was looked for by a number or an address has it where it belongs", () => {
    const draft = new NewRecord("person", prefill);
    draft.makeNew("+31 (0)6-1234 5678");
    expect(draft.fields(false)).toEqual({ name: "Jolanda Prins", email: "jolanda@example.nl", phone: "+31 (0)6-1234 5678" });
    draft.makeNew("jo@prins.example");
    expect(draft.fields(false)).toEqual({ name: "Jolanda Prins", email: "jo@prins.example", phone: "+31 (0)6-1234 5678" });
    draft.makeNew("Studio 2000");
    expect(draft.fields(false)).toEqual({ name: "Studio 2000" });
  });
});

describe("a new lead", () => {
  test("begins with the subject, without what mail programs put before it", () => {
    expect(new NewRecord("lead", prefill).title).toBe("Dynamo flickers");
    expect(new NewRecord("lead", { ...prefill, title: "Re:" }).title).toBe("Jolanda Prins");
  });

  test("brings its person along, or takes one that is there, in the same step", () => {
    const draft = new NewRecord("lead", prefill);
    expect(draft.fields(false)).toEqual({ title: "Dynamo flickers", name: "Jolanda Prins", email: "jolanda@example.nl" });
    draft.choose(sanne);
    expect(draft.fields(false)).toEqual({ title: "Dynamo flickers", personId: "p1" });
    expect(draft.problems).toEqual([]);
  });

  test("carries its amount as it was understood, and its label only where there are such", () => {
    const draft = new NewRecord("lead", prefill, sanne);
    draft.label = "hot";
    draft.value = "3.250,50";
    expect(draft.fields(false)).toEqual({ title: "Dynamo flickers", personId: "p1", value: "3250.50", currency: "EUR", label: "hot" });
    expect(draft.fields(true)).not.toHaveProperty("label");
    expect(draft.understood("nl")).toBe("€\u00a03.250,50");
  });

  test("is not made of what is no amount", () => {
    const draft = new NewRecord("lead", prefill, sanne);
    draft.value = "a lot";
    expect(draft.problems).toEqual(["value"]);
  });
});

test("a deal may be about nobody", () => {
  const draft = new NewRecord("deal", prefill);
  draft.about = "nobody";
  draft.name = "";
  expect(draft.problems).toEqual([]);
  expect(draft.fields(false)).toEqual({ title: "Dynamo flickers", stage: "qualified" });
  expect(draft.fields(true)).toEqual({ title: "Dynamo flickers" });
  draft.stageThere = "Proposal Made";
  expect(draft.fields(true)).toEqual({ title: "Dynamo flickers", stage: "Proposal Made" });
});
