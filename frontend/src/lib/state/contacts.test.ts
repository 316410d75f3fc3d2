import { describe, expect, test, vi } from "vitest";
import type { Backend, RecordKind, RecordQuery } from "$lib/backend";
import { fake } from "$lib/backend/fake";
import { record } from "$lib/backend/fakeRecords";
import { Contacts, contactsPage } from "./contacts.svelte";
import { asBefore, asFields, changedFields, draftOf, formOf, merge, newFields, blankRecord, problemsOf } from "./recordDraft";

/** A book of so many persons, of which the ids are their places. */
function book(total: number, shortest = 0) {
  const all = Array.from({ length: total }, (_, at) => record("person", `r${at}`, `Person ${at}`));
  const list = vi.fn(async (_kind: RecordKind, { after, limit, text }: RecordQuery) => {
    const found = all.filter((each) => each.title.includes(text));
    const from = after ? found.findIndex((each) => each.id === after) + 1 : 0;
    return found.slice(from, from + limit);
  });
  const backend = { ...fake(), crm: { ...fake().crm, list } } as Backend;
  return { state: new Contacts(backend, () => shortest), list, all };
}

const asked = (list: ReturnType<typeof book>["list"]) => list.mock.calls.map(([, { after, text }]) => [after, text]);

describe("a long book", () => {
  test("is fetched page by page, as far as somebody scrolls", async () => {
    const { state, list } = book(250);
    await state.restart();
    expect([state.rows.length, state.more]).toEqual([contactsPage, true]);
    await Promise.all([state.next(), state.next()]);
    expect(state.rows.length).toBe(200);
    await state.next();
    expect([state.rows.length, state.more]).toEqual([250, false]);
    await state.next();
    expect(asked(list)).toEqual([["", ""], ["r99", ""], ["r199", ""]]);
  });

  test("what other words found is not left under a search that failed", async () => {
    const { state, list } = book(3);
    await state.restart();
    expect(state.rows).toHaveLength(3);
    list.mockRejectedValueOnce(new Error("no network"));
    state.text = "Person 1";
    await state.look();
    expect(state.error).toBeDefined();
    expect(state.rows).toEqual([]);
  });

  test("is fetched anew as far as it was, and the keyboard stays on its row", async () => {
    const { state, all } = book(150);
    await state.restart();
    await state.next();
    state.moveTo(120);
    all.unshift(record("person", "new", "Person new"));
    await state.refresh();
    expect(state.rows.length).toBe(151);
    expect([state.cursor, state.cursorId]).toEqual([121, "r120"]);
  });

  test("shows nobody twice who was renamed across a page’s end", async () => {
    const { state, all } = book(150);
    await state.restart();
    all.splice(120, 0, ...all.splice(3, 1));
    await state.next();
    expect(new Set(state.rows.map(({ id }) => id)).size).toBe(state.rows.length);
  });

  test("an answer to what was typed before is not taken up", async () => {
    const { state, list } = book(20);
    await state.restart();
    let late = () => {};
    const answer = list.getMockImplementation();
    list.mockImplementationOnce(async (kind, query) => {
      await new Promise<void>((resolve) => (late = resolve));
      return answer?.(kind, query) ?? [];
    });
    state.text = "1";
    const first = state.look();
    state.text = "19";
    await state.look();
    late();
    await first;
    expect(state.answered).toBe("19");
    expect(state.rows.map(({ id }) => id)).toEqual(["r19"]);
  });

  test("an outside CRM is not asked for too little", async () => {
    const { state, list } = book(20, 2);
    await state.restart();
    state.text = "1";
    await state.look();
    expect([state.loaded, state.rows.length, list.mock.calls.length]).toEqual([true, 0, 0]);
    state.text = "19";
    await state.look();
    expect(asked(list)).toEqual([["", "19"]]);
  });
});

describe("a form", () => {
  const deal = record("deal", "d", "Ten bikes", { value: "3250.00", currency: "EUR", stage: "contacted", personId: "p", person: "Anna" });
  const base = draftOf(deal);

  test("that was not touched has nothing to store", () => {
    expect(formOf(deal).value).toBe("3250");
    const cents = { ...deal, value: "388.50" };
    expect(formOf(cents, "nl").value).toBe("388,50");
    expect(changedFields("deal", formOf(cents, "nl"), draftOf(cents))).toEqual([]);
    expect(changedFields("deal", formOf(deal), base)).toEqual([]);
    expect(changedFields("deal", { ...base, name: " Ten bikes " }, base)).toEqual([]);
  });

  test("sends what it means, and what was letter by letter", () => {
    const draft = { ...base, name: "Nine bikes ", value: "3.000,5" };
    const changed = changedFields("deal", draft, base);
    expect(changed).toEqual(["name", "value"]);
    expect(asFields("deal", draft, changed)).toEqual({ title: "Nine bikes", value: "3000.50" });
    expect(asBefore("deal", base, changed)).toEqual({ title: "Ten bikes", value: "3250.00" });
  });

  test("takes over what a colleague changed, but not over what was typed", () => {
    const theirs = { ...base, name: "Eleven bikes", stage: "negotiating", personId: "q", person: "Bart" };
    const { draft, clashes } = merge("deal", { ...base, name: "Nine bikes" }, base, theirs);
    expect(draft).toMatchObject({ name: "Nine bikes", stage: "negotiating", personId: "q", person: "Bart" });
    expect(clashes).toEqual(["name"]);
  });

  test("that says the same as a colleague does not clash", () => {
    const theirs = { ...base, name: "Nine bikes" };
    expect(merge("deal", { ...base, name: "Nine bikes" }, base, theirs).clashes).toEqual([]);
  });

  test("of a new record sends only what was filled in", () => {
    const person = { ...blankRecord("person", "EUR"), name: "Anna", emails: ["anna@example.nl", ""] };
    expect(newFields("person", person)).toEqual({ name: "Anna", emails: ["anna@example.nl"] });
    const lead = { ...blankRecord("lead", "EUR"), name: "Bells", person: "Somebody New" };
    expect(newFields("lead", lead)).toEqual({ title: "Bells", label: "warm", name: "Somebody New" });
    expect(newFields("lead", { ...lead, value: "12" })).toMatchObject({ value: "12", currency: "EUR" });
  });

  test("says what cannot stay as it is", () => {
    expect(problemsOf("person", { ...blankRecord("person", "EUR"), emails: ["x"] })).toEqual(["name", "emails"]);
    expect(problemsOf("deal", { ...base, value: "a lot" })).toEqual(["value"]);
    expect(problemsOf("deal", base)).toEqual([]);
  });
});
