import { describe, expect, test } from "vitest";
import { BackendError, type CrmContact, type CrmNote } from "$lib/backend";
import { fake } from "$lib/backend/fake";
import { ContactState } from "./contact.svelte";

const known = (name: string, reason = ""): CrmContact => ({ matches: [], asOf: "", reason, prefill: { name, email: "", phone: "", title: "" }, earlier: [] });

/** A contact whose answers come when the test gives them. */
function waiting() {
  const asked: { id: string; answer: (value: CrmContact) => void; fail: (error: unknown) => void }[] = [];
  const backend = fake();
  backend.crm.contact = (id) => new Promise((answer, fail) => asked.push({ id, answer, fail }));
  return { contact: new ContactState(backend), asked, backend };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("an answer about the conversation before is not shown with this one", async () => {
  const { contact, asked } = waiting();
  void contact.open("c0");
  void contact.open("c1");
  asked[1]?.answer(known("Van Loon"));
  await settled();
  asked[0]?.answer(known("Sanne"));
  await settled();
  expect([contact.id, contact.value?.prefill.name]).toEqual(["c1", "Van Loon"]);
});

test("the notes of one conversation are never shown with another", async () => {
  const { contact, asked, backend } = waiting();
  await Promise.race([contact.open("c0"), settled()]);
  expect(contact.notes).toHaveLength(2);
  const [old] = contact.notes;
  const late: ((notes: CrmNote[]) => void)[] = [];
  backend.crm.notes = () => new Promise((answer) => late.push(answer));
  void contact.open("c1");
  expect(contact.notes).toEqual([]);
  void contact.open("c2");
  late[0]?.(old ? [old] : []);
  await settled();
  expect([contact.notes, asked.map(({ id }) => id)]).toEqual([[], ["c0", "c1", "c2"]]);
});

describe("what could not be said", () => {
  test("is asked again when the conversation is opened again", async () => {
    const { contact, asked } = waiting();
    void contact.open("c0");
    asked[0]?.fail(new BackendError("unavailable", "No network."));
    await settled();
    expect([contact.error?.message, contact.unanswered, contact.loading]).toEqual(["No network.", true, false]);
    void contact.open("c0");
    asked[1]?.answer(known("Sanne", "Pipedrive is not reached."));
    await settled();
    expect([contact.error, contact.unanswered]).toEqual([undefined, true]);
    void contact.open("c0");
    asked[2]?.answer(known("Sanne"));
    await settled();
    expect(contact.unanswered).toBe(false);
    void contact.open("c0");
    expect(asked).toHaveLength(3);
  });

  test("does not cost an outside CRM a question for what is about others", async () => {
    const { contact, asked } = waiting();
    void contact.open("c0");
    asked[0]?.answer(known("Sanne"));
    await settled();
    await contact.changed({ conversationIds: ["c5"], records: [] });
    expect(asked).toHaveLength(1);
    void contact.changed({ conversationIds: ["c5", "c0"], records: [] });
    void contact.changed({ conversationIds: [], records: ["p1"] });
    expect(asked).toHaveLength(3);
  });
});
