import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import { BackendError } from "$lib/backend";
import { record } from "$lib/backend/fakeRecords";
import { calls, open, show } from "../../test/render";
import ImportResult from "./ImportResult.svelte";

const people = [
  record("person", "a", "Anna Bos", { emails: ["anna@example.nl"], phones: ["06-11"], ownerId: "carol", owner: "Carol Meijer" }),
  record("person", "b", "Bart Vos", { organization: "Vos BV", duplicates: [{ kind: "person", id: "a", title: "Anna Bos", why: "phone" }] }),
];
const deal = record("deal", "d", "Ten bikes", { value: "3250.00", currency: "EUR", stage: "quote_sent", status: "open", personId: "a", person: "Anna Bos" });
const crm = { records: [...people, deal] };
const main = () => screen.getByRole("main");
const field = (name: string) => within(main()).getByRole<HTMLInputElement>("textbox", { name });

describe("the contacts", () => {
  test("are reached from the rail, and show what one chooses", async () => {
    const { user } = await open("#/section/unassigned", { crm });
    await user.click(screen.getByRole("link", { name: "Contacts" }));
    await user.click(await screen.findByRole("option", { name: /Bart Vos/ }));
    expect(location.hash).toBe("#/contacts/persons/b");
    expect(await screen.findByRole("heading", { name: "Bart Vos" })).toBeTruthy();
    const twin = screen.getByRole("link", { name: /Anna Bos/ });
    expect(twin.textContent).toContain("Has the same phone number");
    expect(twin.getAttribute("href")).toBe("#/contacts/persons/a");
  });

  test("are walked through by the keyboard alone", async () => {
    const { user } = await open("#/contacts/persons", { crm });
    const list = await screen.findByRole("listbox", { name: "Persons" });
    list.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    await waitFor(() => expect(location.hash).toBe("#/contacts/persons/b"));
    list.focus();
    await user.keyboard("k");
    await waitFor(() => expect(location.hash).toBe("#/contacts/persons/a"));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(location.hash).toBe("#/contacts/persons"));
  });

  test("are found by name, e-mail or phone, and say when there is none", async () => {
    const { user, backend } = await open("#/contacts/persons", { crm });
    const search = await screen.findByRole("searchbox", { name: "Search Persons" });
    await user.type(search, "vos");
    await waitFor(() => expect(screen.queryByRole("option", { name: /Anna/ })).toBeNull());
    expect(screen.getByRole("option", { name: /Bart Vos/ })).toBeTruthy();
    expect(calls(backend, "crm.list").at(-1)).toEqual(["person", { after: "", limit: 100, text: "vos" }]);
    await user.type(search, "xx");
    expect(await screen.findByText("Nothing found for “vosxx”")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Show all" }));
    expect(await screen.findByRole("option", { name: /Anna Bos/ })).toBeTruthy();
  });

  test("an empty book says what to do next", async () => {
    const { user } = await open("#/contacts/persons", { crm: { records: [] } });
    await screen.findByText("No contacts yet");
    await user.click(screen.getByText("New person"));
    expect(await screen.findByRole("dialog", { name: "New person" })).toBeTruthy();
  });

  test("what cannot be fetched is told, and tried again", async () => {
    let broken = true;
    const before = (name: string) => {
      if (broken && name === "crm.list") throw new BackendError("unavailable", "Pipedrive does not answer.");
    };
    const { user } = await open("#/contacts/persons", { crm, before });
    await screen.findByText("Pipedrive does not answer.");
    broken = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("option", { name: /Anna Bos/ })).toBeTruthy();
  });
});

describe("who may be in the book twice", () => {
  test("is told in one line, which leads to them, and nobody is joined", async () => {
    const { user, backend } = await open("#/contacts/persons", { crm });
    await user.click(await screen.findByRole("button", { name: "1 possible duplicate" }));
    const dialog = await screen.findByRole("dialog", { name: "Possible duplicates" });
    expect(within(dialog).getByRole("heading", { name: "Same phone number" })).toBeTruthy();
    expect(within(dialog).getAllByRole("link").map((each) => each.textContent)).toEqual([expect.stringContaining("Anna Bos"), expect.stringContaining("Bart Vos")]);
    expect(within(dialog).getByRole("link", { name: /Anna Bos/ }).textContent).toContain("06-11");
    await user.click(within(dialog).getByRole("link", { name: /Bart Vos/ }));
    expect(await screen.findByRole("heading", { name: "Bart Vos" })).toBeTruthy();
    expect(location.hash).toBe("#/contacts/persons/b");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(backend.book.records).toHaveLength(3);
    // Both rows carry the mark, also the one that names nobody itself.
    expect(screen.getAllByRole("img", { name: "May be in the book twice" })).toHaveLength(2);

    await backend.crm.remove("person", "b");
    await waitFor(() => expect(screen.queryByRole("button", { name: /possible duplicate/ })).toBeNull());
  });

  test("is no line where there is none, and none of leads, or of what was looked for", async () => {
    const { user } = await open("#/contacts/persons", { crm });
    await screen.findByRole("button", { name: "1 possible duplicate" });
    await user.type(screen.getByRole("searchbox"), "bart");
    expect(screen.queryByRole("button", { name: /possible duplicate/ })).toBeNull();
    await user.click(screen.getByRole("link", { name: "Deals" }));
    await screen.findByRole("option", { name: /Ten bikes/ });
    expect(screen.queryByRole("button", { name: /possible duplicate/ })).toBeNull();
  });

  test("in thousands is counted as far as they are looked for", async () => {
    const [anna, bart] = people;
    const all = Array.from({ length: 100 }, (_, at) => ({ ...bart, id: `x${at}`, title: `Bart ${at}` }) as typeof people[number]);
    const { user, backend } = await open("#/contacts/persons", { crm: { records: [anna as typeof people[number], ...all] } });
    const line = await screen.findByRole("button", { name: "100+ possible duplicates" });
    backend.crm.duplicates = async () => [{ why: "email", records: [all[0] as typeof people[number]], more: 1200 }];
    await backend.crm.remove("person", "x99");
    await screen.findByRole("button", { name: "1 possible duplicate" });
    await user.click(line);
    expect(await screen.findByText("and 1,200 more")).toBeTruthy();
  });
});

describe("the leads and deals of a person", () => {
  const lead = record("lead", "l", "Bells", { label: "hot", status: "open", personId: "a", person: "Anna Bos" });
  const won = record("deal", "w", "Lamps", { status: "won", stage: "contacted", personId: "a", person: "Anna Bos" });
  const beside = () => screen.getByRole("complementary", { name: "Linked to this" });
  const listed = () => within(within(beside()).getByRole("list", { name: /Leads and deals/ })).getAllByRole("listitem").map((each) => (each.textContent ?? "").replace(/\s+/g, " ").trim());

  test("stand on their page with how they stand, and lead to each other", async () => {
    const { user } = await open("#/contacts/persons/a", { crm: { records: [...people, won, deal, lead] } });
    await screen.findByRole("heading", { name: "Anna Bos" });
    expect(listed()).toEqual(["Ten bikesDeal · € 3,250 · Quote sent", "BellsLead · hot", "LampsDeal · Won"]);
    await user.click(within(beside()).getByRole("link", { name: /Ten bikes/ }));
    await screen.findByRole("heading", { name: "Ten bikes" });
    expect(location.hash).toBe("#/contacts/deals/d");
    await user.click(within(beside()).getByRole("link", { name: "Anna Bos" }));
    await screen.findByRole("heading", { name: "Anna Bos" });
    expect(location.hash).toBe("#/contacts/persons/a");
  });

  test("begin with this person, and undoing one goes back to them", async () => {
    const { user, backend } = await open("#/contacts/persons/b", { crm });
    await screen.findByRole("heading", { name: "Bart Vos" });
    within(beside()).getByText("No leads or deals yet.");
    await user.click(within(beside()).getByRole("button", { name: "New deal" }));
    const dialog = await screen.findByRole("dialog", { name: "New deal" });
    await user.type(within(dialog).getByRole("textbox", { name: "Title" }), "Saddles");
    await user.click(within(dialog).getByRole("button", { name: "Create" }));
    await waitFor(() => expect(calls(backend, "crm.add")[0]).toEqual(["deal", expect.objectContaining({ title: "Saddles", personId: "b" })]));
    await screen.findByRole("heading", { name: "Saddles" });
    await user.click(screen.getByRole("button", { name: /^Undo/ }));
    await screen.findByRole("heading", { name: "Bart Vos" });
    expect(backend.book.records.some((each) => each.title === "Saddles")).toBe(false);
    within(beside()).getByText("No leads or deals yet.");
  });

  test("that a colleague makes appear by themselves", async () => {
    const { backend } = await open("#/contacts/persons/b", { crm });
    await screen.findByRole("heading", { name: "Bart Vos" });
    await backend.crm.add("lead", { title: "Pumps", personId: "b" });
    expect(await within(beside()).findByRole("link", { name: /Pumps/ })).toBeTruthy();
  });

  test("of somebody who is not there any more lead nowhere", async () => {
    await open("#/contacts/deals/d", { crm: { records: [{ ...deal, person: "" }] } });
    await screen.findByRole("heading", { name: "Ten bikes" });
    expect(within(beside()).queryByRole("heading", { name: "Person" })).toBeNull();
  });

  test("are left out where another CRM has them", async () => {
    await open("#/contacts/persons/a", { crm: { records: [...people, deal], provider: { kind: "pipedrive" as const } } });
    await screen.findByRole("heading", { name: "Anna Bos" });
    expect(screen.queryByRole("heading", { name: /Leads and deals/ })).toBeNull();
  });
});

describe("a record", () => {
  test("is changed by what was changed only, and that can be undone", async () => {
    const { user, backend } = await open("#/contacts/deals/d", { crm });
    await user.click(await screen.findByRole("button", { name: "Edit" }));
    const value = field("Value");
    expect(value.value).toBe("3250");
    await user.clear(value);
    await user.type(value, "4.100,50");
    expect(screen.getByText("€ 4,100.50")).toBeTruthy();
    await user.selectOptions(within(main()).getByRole("combobox", { name: "Stage" }), "Negotiating");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("button", { name: "Edit" })));
    await waitFor(() => expect(calls(backend, "crm.save")).toEqual([["deal", "d", { value: "4100.50", stage: "negotiating", was: { value: "3250.00", stage: "quote_sent" } }]]));
    const toast = (await screen.findByText("Saved")).closest("[role=status]") as HTMLElement;
    await user.click(within(toast).getByRole("button", { name: /^Undo/ }));
    await waitFor(() => expect(backend.book.records.find((each) => each.id === "d")?.value).toBe("3250.00"));
  });

  test("what cannot be stored is said at its field", async () => {
    const { user, backend } = await open("#/contacts/persons/a", { crm });
    await user.click(await screen.findByRole("button", { name: "Edit" }));
    await user.clear(field("Name"));
    await user.clear(field("E-mail"));
    await user.type(field("E-mail"), "nonsense");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Fill in a name.")).toBeTruthy();
    expect(screen.getByText("One of these is not an e-mail address.")).toBeTruthy();
    expect(document.activeElement).toBe(field("Name"));
    expect(calls(backend, "crm.save")).toEqual([]);
  });

  test("a colleague who changed it first is told, field by field", async () => {
    const { user, backend } = await open("#/contacts/persons/a", { crm });
    await user.click(await screen.findByRole("button", { name: "Edit" }));
    await user.clear(field("Name"));
    await user.type(field("Name"), "Anna de Bos");
    await backend.crm.save("person", "a", { name: "Anna Bosch", organization: "Bosch & Co" });
    await screen.findByText("A colleague made it: Anna Bosch");
    // What was not touched here is taken over; what was, stays.
    expect(field("Organization").value).toBe("Bosch & Co");
    expect(field("Name").value).toBe("Anna de Bos");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls(backend, "crm.save").at(-1)).toEqual(["person", "a", { name: "Anna de Bos", was: { name: "Anna Bosch" } }]));
    expect(await screen.findByRole("heading", { name: "Anna de Bos" })).toBeTruthy();
  });

  test("a change that crossed another one is not stored before it was seen", async () => {
    const { user, backend } = await open("#/contacts/persons/a", { crm });
    await user.click(await screen.findByRole("button", { name: "Edit" }));
    await user.type(field("Name"), "!");
    // Their change is there, and nobody told this window.
    const target = backend.book.records.find((each) => each.id === "a");
    if (target) target.title = "Anna Bosch";
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText("A colleague made it: Anna Bosch");
    expect(backend.book.records.find((each) => each.id === "a")?.title).toBe("Anna Bosch");
    await user.click(screen.getByRole("button", { name: "Use this" }));
    expect(field("Name").value).toBe("Anna Bosch");
  });

  test("what was typed is still there after looking at another one", async () => {
    const { user } = await open("#/contacts/persons/a", { crm });
    await user.click(await screen.findByRole("button", { name: "Edit" }));
    await user.type(field("Name"), "tje");
    await user.click(screen.getByRole("option", { name: /Bart Vos/ }));
    await screen.findByRole("heading", { name: "Bart Vos" });
    await user.click(screen.getByRole("option", { name: /Anna Bos/ }));
    await waitFor(() => expect(field("Name").value).toBe("Anna Bostje"));
  });

  test("is made, gone to, and taken back", async () => {
    const { user, backend } = await open("#/contacts/leads", { crm });
    await user.click((await screen.findAllByRole("button", { name: "New lead" }))[0] as HTMLElement);
    const dialog = await screen.findByRole("dialog", { name: "New lead" });
    await user.type(within(dialog).getByRole("textbox", { name: "Title" }), "Twenty bells");
    await user.type(within(dialog).getByRole("combobox", { name: "Person" }), "Anna");
    const anna = await within(dialog).findByRole("option", { name: /Anna Bos/ });
    const scroll = vi.spyOn(Element.prototype, "scrollIntoView");
    await user.keyboard("{ArrowUp}");
    expect(scroll.mock.contexts).toEqual([within(within(dialog).getByRole("listbox", { name: "Person" })).getAllByRole("option").at(-1)]);
    scroll.mockRestore();
    await user.click(anna);
    await user.click(within(dialog).getByRole("button", { name: "Create" }));
    await waitFor(() => expect(calls(backend, "crm.add")).toEqual([["lead", { title: "Twenty bells", personId: "a", label: "warm", owner: "bram" }]]));
    expect(await screen.findByRole("heading", { name: "Twenty bells" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^Undo/ }));
    await waitFor(() => expect(backend.book.records.some((each) => each.title === "Twenty bells")).toBe(false));
  });

  test("is removed with a way back", async () => {
    const { user, backend } = await open("#/contacts/persons/b", { crm });
    await user.click(await screen.findByRole("button", { name: "More for Bart Vos" }));
    await user.click(await screen.findByRole("menuitem", { name: "Remove" }));
    await waitFor(() => expect(location.hash).toBe("#/contacts/persons"));
    expect(screen.queryByRole("option", { name: /Bart Vos/ })).toBeNull();
    await user.click(await screen.findByRole("button", { name: /^Undo/ }));
    expect(await screen.findByRole("option", { name: /Bart Vos/ })).toBeTruthy();
    expect(backend.book.records.some((each) => each.id === "b")).toBe(true);
  });

  test("that a colleague removed stays readable and says so", async () => {
    const { backend } = await open("#/contacts/persons/b", { crm });
    await screen.findByRole("heading", { name: "Bart Vos" });
    await backend.crm.remove("person", "b");
    expect(await screen.findByText("A colleague removed this")).toBeTruthy();
    expect(screen.getByRole("heading", { name: "Bart Vos" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
  });

  test("has notes that are written, changed and taken back", async () => {
    const { user, backend } = await open("#/contacts/persons/a", { crm });
    const notes = () => backend.book.records.find((each) => each.id === "a")?.notes.map((note) => note.text);
    await user.type(await screen.findByRole("textbox", { name: "New note" }), "Rides a tandem{Control>}{Enter}{/Control}");
    const note = await screen.findByRole("article", { name: /You/ });
    expect(notes()).toEqual(["Rides a tandem"]);
    await user.click(within(note).getByRole("button", { name: "Change note" }));
    const area = screen.getByRole("textbox", { name: "Change note" });
    await user.clear(area);
    await user.type(area, "Rides two tandems");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(notes()).toEqual(["Rides two tandems"]));
    await user.click(await screen.findByRole("button", { name: "Remove note" }));
    await waitFor(() => expect(notes()).toEqual([]));
    await user.click(await screen.findByRole("button", { name: /^Undo/ }));
    await waitFor(() => expect(notes()).toEqual(["Rides two tandems"]));
  });
});

describe("another CRM’s records", () => {
  const outside = { records: [record("person", "a", "Anna Bos", { url: "https://noordzee.pipedrive.com/person/1" })], provider: { kind: "pipedrive" as const } };

  test("are looked for, and changed over there", async () => {
    const { user, backend } = await open("#/contacts/persons", { crm: outside });
    await screen.findByText("Search in Pipedrive");
    const search = screen.getByRole("searchbox", { name: "Search Persons" });
    await user.type(search, "a");
    await user.type(search, "nna");
    await user.click(await screen.findByRole("option", { name: /Anna Bos/ }));
    // Each question costs: none for a single letter, none for nothing.
    expect(calls(backend, "crm.list").map(([, query]) => (query as { text: string }).text)).toEqual(["anna"]);
    await screen.findByText("Read from Pipedrive. Change it there.");
    expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
    expect(screen.queryByRole("button", { name: "New person" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Open in Pipedrive" }));
    expect(calls(backend, "crm.open")).toEqual([["person", "a", "https://noordzee.pipedrive.com/person/1"]]);
  });

  test("without a token lead to where it is given", async () => {
    const { user } = await open("#/contacts/persons", { crm: { records: [], provider: { kind: "pipedrive", connected: false, reason: "Give your token." } } });
    await screen.findByText("Pipedrive needs your token");
    await user.click(screen.getByRole("button", { name: "Give a token" }));
    await waitFor(() => expect(location.hash).toBe("#/settings/crm"));
  });
});

describe("a file of contacts", () => {
  test("is shown before it is taken in, and its bad lines after", async () => {
    const { user, backend } = await open("#/contacts/persons", { crm });
    await user.click(await screen.findByRole("button", { name: "More for contacts" }));
    await user.click(await screen.findByRole("menuitem", { name: "Import contacts…" }));
    await user.click(await screen.findByRole("button", { name: "Choose a file…" }));
    const shoes = await screen.findByRole("combobox", { name: "Take Shoe size as" });
    expect(calls(backend, "crm.import")).toEqual([]);
    await user.selectOptions(shoes, "Note");
    await user.click(screen.getByRole("button", { name: "Import 212" }));
    expect(await screen.findByText("208 persons added")).toBeTruthy();
    expect(calls(backend, "crm.import")[0]?.[1]).toEqual({ columns: ["name", "email", "phone", "note"] });
    expect(screen.getByText("There is neither a name nor an e-mail address.")).toBeTruthy();
    expect(screen.getByText("Line 17")).toBeTruthy();
    expect(screen.getByText("1 row was left out")).toBeTruthy();
    expect(screen.getByText("Something on 1 line was left out")).toBeTruthy();
    expect(document.activeElement).toBe(screen.getAllByRole("button", { name: "Close" }).at(-1));
  });

  test("with more faults than are named gives no number that is too small", async () => {
    const problems = Array.from({ length: 100 }, (_, at) => ({ line: at + 2, message: "This row was left out." }));
    await show(ImportResult, { result: { added: 0, updated: 0, skipped: 0, leftOut: 1284, problems } });
    expect(screen.getByText("1,284 rows were left out")).toBeTruthy();
    expect(screen.getByRole("region", { name: "Something on 100 lines or more was left out. The first:" })).toBeTruthy();
  });

  test("may be dropped", async () => {
    const { user, backend } = await open("#/contacts/persons", { crm });
    await user.click(await screen.findByRole("button", { name: "More for contacts" }));
    await user.click(await screen.findByRole("menuitem", { name: "Import contacts…" }));
    const files = [new File(["name"], "persons.csv", { type: "text/csv" })];
    await fireEvent.drop(await screen.findByRole("group", { name: "Drop a CSV file here" }), { dataTransfer: { types: ["Files"], files } });
    expect(await screen.findByRole("combobox", { name: "Take Shoe size as" })).toBeTruthy();
    expect(calls(backend, "crm.preview")).toHaveLength(1);
  });

  test("in which nobody can be told from another is not taken in", async () => {
    const preview = { columns: [{ name: "Shoe size", field: "" }], rows: [["44"]], total: 1, duplicates: 0 };
    const { user } = await open("#/contacts/persons", { crm: { ...crm, preview } });
    await user.click(await screen.findByRole("button", { name: "More for contacts" }));
    await user.click(await screen.findByRole("menuitem", { name: "Import contacts…" }));
    await user.click(await screen.findByRole("button", { name: "Choose a file…" }));
    await screen.findByText("Say which column is a name, an e-mail address or a phone number.");
    expect(screen.getByRole("button", { name: "Import 1" })).toHaveProperty("disabled", true);
  });

  test("that cannot be read says why", async () => {
    const before = (name: string) => {
      if (name === "crm.preview") throw new BackendError("invalid", "This is a picture, not a list of contacts.");
    };
    const { user } = await open("#/contacts/persons", { crm, before });
    await user.click(await screen.findByRole("button", { name: "More for contacts" }));
    await user.click(await screen.findByRole("menuitem", { name: "Import contacts…" }));
    await user.click(await screen.findByRole("button", { name: "Choose a file…" }));
    await screen.findByText("This is a picture, not a list of contacts.");
  });
});

describe("the CRM in the settings", () => {
  test("a token that is refused changes nothing and says so", async () => {
    const { user, backend } = await open("#/settings/crm", { crm });
    await user.type(await screen.findByLabelText("API token"), "wrong");
    await user.click(screen.getByRole("button", { name: "Check and connect" }));
    expect(await screen.findByText(/Pipedrive refused this token/)).toBeTruthy();
    expect(backend.book.provider.kind).toBe("builtin");
  });

  test("Pipedrive is connected, shows its budget, and is left again", async () => {
    const { user, backend } = await open("#/settings/crm", { crm });
    await user.type(await screen.findByLabelText("API token"), " right ");
    await user.click(screen.getByRole("button", { name: "Check and connect" }));
    expect(await screen.findByText("28,400 of 30,000 left today")).toBeTruthy();
    expect(calls(backend, "crm.connect")).toEqual([[{ kind: "pipedrive", token: "right", baseUrl: "" }]]);
    await user.click(screen.getByRole("button", { name: "Stop using Pipedrive…" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Stop using Pipedrive" }));
    expect(await screen.findByText("Postvak’s own contact book")).toBeTruthy();
  });

  test("who is no admin reads which CRM it is, and why it is not theirs to choose", async () => {
    const reason = "Only admins change this. Ask Carol Meijer.";
    await open("#/settings/crm", { crm: { ...crm, provider: { admin: false, reason } } });
    expect(await screen.findByText(reason)).toBeTruthy();
    expect(screen.queryByLabelText("API token")).toBeNull();
  });

  test("where the team uses Pipedrive each member gives their own token", async () => {
    const provider = { kind: "pipedrive" as const, connected: false, admin: false, company: "Noordzee", reason: "Pipedrive does not know you yet." };
    await open("#/settings/crm", { crm: { ...crm, provider } });
    expect(await screen.findByText("Your own token")).toBeTruthy();
    expect(screen.getByLabelText("API token")).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Stop using/ })).toBeNull();
  });
});
