import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { BackendError } from "$lib/backend";
import { pipedrive } from "$lib/backend/fakeCrm";
import { calls, open, type Stage } from "../../test/render";

const title = "Link to person, lead or deal";

async function ask({ user }: Stage) {
  await screen.findByRole("main", { name: /Conversation with/ });
  await user.keyboard("l");
  return within(await screen.findByRole("dialog", { name: title }));
}

describe("linking by keyboard alone", () => {
  test("finds a person as one types and links it", async () => {
    const stage = await open("#/conversation/c9");
    const dialog = await ask(stage);
    const field = dialog.getByRole("combobox", { name: /Search persons/ });
    await waitFor(() => expect(document.activeElement).toBe(field));
    await stage.user.keyboard("0624810937");
    const [first, second] = await dialog.findAllByRole("option", { name: /Janssen/ });
    expect([first?.getAttribute("aria-selected"), second?.textContent]).toEqual(["true", expect.stringContaining("lotte@werk.example")]);
    await stage.user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(calls(stage.backend, "crm.link")).toEqual([["c9", "person", "p4"]]));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(await screen.findByText(/^You linked this to L. Janssen/)).toBeTruthy();
  });

  test("chooses another kind, asks for the same there, and comes round at the list's end", async () => {
    const stage = await open("#/conversation/c9");
    const dialog = await ask(stage);
    await stage.user.keyboard("noord");
    await dialog.findByText("Nobody found for “noord”.");
    await stage.user.keyboard("{Alt>}3{/Alt}");
    expect(dialog.getByRole("radio", { name: "Deal" }).getAttribute("aria-checked")).toBe("true");
    await dialog.findByText("No deal found for “noord”.");
    expect(calls(stage.backend, "crm.search")).toEqual([["person", "noord"], ["deal", "noord"]]);
    await stage.user.clear(dialog.getByRole("combobox"));
    await stage.user.keyboard("fleet");
    await dialog.findByRole("option", { name: /Rental fleet/ });
    await stage.user.keyboard("{ArrowUp}{ArrowUp}{Enter}");
    await waitFor(() => expect(calls(stage.backend, "crm.link")).toEqual([["c9", "deal", "d2"]]));
  });

  test("does not link what is linked already, nor what was found for other words", async () => {
    const stage = await open("#/conversation/c0");
    const dialog = await ask(stage);
    await stage.user.keyboard("sanne");
    const option = await dialog.findByRole("option", { name: /Sanne/ });
    expect([option.getAttribute("aria-disabled"), option.textContent]).toEqual(["true", expect.stringContaining("Linked already")]);
    await stage.user.keyboard("{Enter}");
    await stage.user.keyboard("x{Enter}");
    expect(calls(stage.backend, "crm.link")).toEqual([]);
    expect(screen.getByRole("dialog", { name: title })).toBeTruthy();
  });

  test("offers whom the CRM takes the contact for, before a letter is typed", async () => {
    const stage = await open("#/conversation/c2");
    const dialog = await ask(stage);
    expect((await dialog.findByRole("option", { name: /Lotte Janssen/ })).textContent).toContain("Surely: same e-mail address");
    await stage.user.keyboard("{Enter}");
    await waitFor(() => expect(calls(stage.backend, "crm.link")).toEqual([["c2", "person", "p3"]]));
    expect(calls(stage.backend, "crm.search")).toEqual([]);
  });
});

describe("a new record", () => {
  test("that is a lead makes its person in the same step, with value and currency", async () => {
    const stage = await open("#/conversation/c9");
    const dialog = await ask(stage);
    await stage.user.click(dialog.getByRole("radio", { name: "Lead" }));
    await stage.user.click(dialog.getByRole("option", { name: "New lead" }));
    const form = within(await screen.findByRole("dialog", { name: "New lead" }));
    expect(form.getByRole<HTMLInputElement>("textbox", { name: "Title" }).value).toBe("Dynamo flickers");
    await stage.user.type(form.getByRole("textbox", { name: "Value" }), "1.250,5");
    expect(form.getByText("€ 1,250.50")).toBeTruthy();
    await stage.user.selectOptions(form.getByRole("combobox", { name: "Label" }), "hot");
    await stage.user.keyboard("{Enter}");
    await stage.user.click(form.getByRole("button", { name: "Create and link" }));
    await waitFor(() => expect(calls(stage.backend, "crm.create")).toEqual([["c9", "lead", { title: "Dynamo flickers", value: "1250.50", currency: "EUR", label: "hot", name: "Jolanda Prins", email: "jolanda@example.nl" }]]));
    const linked = within(await screen.findByRole("region", { name: "Linked to" }));
    expect(await linked.findByText("Lead · € 1,250.50 · hot")).toBeTruthy();
  });

  test("that is a deal takes somebody who is there", async () => {
    const stage = await open("#/conversation/c9");
    const dialog = await ask(stage);
    await stage.user.keyboard("{Alt>}3{/Alt}Winter check{ArrowUp}");
    await dialog.findByText("No deal found for “Winter check”.");
    await stage.user.keyboard("{Enter}");
    const form = within(await screen.findByRole("dialog", { name: "New deal" }));
    expect(form.getByRole<HTMLInputElement>("textbox", { name: "Title" }).value).toBe("Winter check");
    await stage.user.click(form.getByRole("button", { name: "Choose somebody else" }));
    const find = form.getByRole("combobox", { name: /Search persons/ });
    await waitFor(() => expect(document.activeElement).toBe(find));
    await stage.user.keyboard("prins & zonen");
    await stage.user.click(await form.findByRole("option", { name: /Jolanda Prins/ }));
    await stage.user.click(form.getByRole("button", { name: "Create and link" }));
    await waitFor(() => expect(calls(stage.backend, "crm.create")).toEqual([["c9", "deal", { title: "Winter check", stage: "qualified", personId: "p6" }]]));
  });

  test("says what is missing, goes there, and makes nothing", async () => {
    const stage = await open("#/conversation/c9");
    const dialog = await ask(stage);
    await stage.user.click(dialog.getByRole("option", { name: "New person" }));
    const form = within(await screen.findByRole("dialog", { name: "New person" }));
    const name = form.getByRole("textbox", { name: "Name" });
    await stage.user.clear(name);
    await stage.user.click(form.getByRole("button", { name: "Create and link" }));
    expect(await form.findByText("Fill in a name.")).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(name));
    expect(calls(stage.backend, "crm.create")).toEqual([]);
  });

  test("that could not be made keeps what was written, and says why", async () => {
    const before = (name: string) => {
      if (name === "crm.create") throw new BackendError("forbidden", "Your Pipedrive user may not make deals.", "403");
    };
    const stage = await open("#/conversation/c9", { before });
    const dialog = await ask(stage);
    await stage.user.click(dialog.getByRole("option", { name: "New person" }));
    const form = within(await screen.findByRole("dialog", { name: "New person" }));
    await stage.user.type(form.getByRole("textbox", { name: "Organization" }), "Prins");
    await stage.user.click(form.getByRole("button", { name: "Create and link" }));
    expect(await form.findByText("Your Pipedrive user may not make deals.")).toBeTruthy();
    expect(form.getByRole<HTMLInputElement>("textbox", { name: "Organization" }).value).toBe("Prins");
  });

  test("of an outside CRM waits while there is no network, and its link says so", async () => {
    const stage = await open("#/conversation/c9", { offline: true, crm: { provider: pipedrive } });
    const dialog = await ask(stage);
    await stage.user.click(dialog.getByRole("option", { name: "New person" }));
    const form = within(await screen.findByRole("dialog", { name: "New person" }));
    await stage.user.click(form.getByRole("button", { name: "Create and link" }));
    expect(await screen.findByText("Made and linked as soon as the CRM can be reached")).toBeTruthy();
    const linked = within(await screen.findByRole("region", { name: "Linked to" }));
    expect(await linked.findByText("Pending")).toBeTruthy();
  });
});

describe("a search that fails", () => {
  const failing = (error: BackendError) => {
    let fails = true;
    return { mend: () => (fails = false), before: (name: string) => {
      if (fails && name === "crm.search") throw error;
    } };
  };

  test("for want of a network says what can be done without", async () => {
    const { before, mend } = failing(new BackendError("unavailable", ""));
    const stage = await open("#/conversation/c9", { before });
    const dialog = await ask(stage);
    await stage.user.keyboard("jan");
    expect(await dialog.findByText(/Searching needs the network/)).toBeTruthy();
    expect(dialog.getByRole("option", { name: "New person “jan”" })).toBeTruthy();
    mend();
    await stage.user.click(dialog.getByRole("button", { name: "Try again" }));
    expect(await dialog.findByRole("option", { name: /Lotte Janssen/ })).toBeTruthy();
  });

  test("for another reason says it, with a code under details", async () => {
    const { before } = failing(new BackendError("auth", "Pipedrive does not take your token any more.", "401"));
    const stage = await open("#/conversation/c9", { before });
    const dialog = await ask(stage);
    await stage.user.keyboard("jan");
    expect(await dialog.findByText("Pipedrive does not take your token any more.")).toBeTruthy();
    expect(dialog.getByText("auth · 401")).toBeTruthy();
  });
});

describe("a private conversation (R31)", () => {
  test("is linked only after it was said who will see the note", async () => {
    const stage = await open("#/conversation/c15");
    await screen.findByRole("main", { name: /Cycling Monthly/ });
    await stage.user.keyboard("l");
    const question = within(await screen.findByRole("dialog", { name: "Link a private conversation?" }));
    expect(question.getByText("The note will be visible to everybody with access to the CRM.")).toBeTruthy();
    await stage.user.click(question.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await stage.user.keyboard("l");
    await stage.user.click(within(await screen.findByRole("dialog", { name: "Link a private conversation?" })).getByRole("button", { name: "Go on" }));
    const dialog = within(await screen.findByRole("dialog", { name: title }));
    // It stays in sight while one chooses.
    expect(dialog.getByText("The note will be visible to everybody with access to the CRM.")).toBeTruthy();
    expect(calls(stage.backend, "crm.link")).toEqual([]);
  });

  test("also where one click would link it", async () => {
    const matches = { matches: [], asOf: "", prefill: { name: "", email: "", phone: "", title: "" }, earlier: [] };
    const stage = await open("#/conversation/c15", { crm: { contacts: { c15: { ...matches, asOf: "2026-11-20T09:00:00Z", matches: [await known()] } } } });
    await stage.user.click(await screen.findByRole("button", { name: "Link to Sanne Hoekstra" }));
    expect(calls(stage.backend, "crm.link")).toEqual([]);
    await stage.user.click(within(await screen.findByRole("dialog", { name: "Link a private conversation?" })).getByRole("button", { name: "Go on" }));
    await waitFor(() => expect(calls(stage.backend, "crm.link")).toEqual([["c15", "person", "p1"]]));
  });
});

async function known() {
  const { records } = await import("$lib/backend/fakeRecords");
  const [sanne] = records;
  if (!sanne) throw new Error("the contact book is empty");
  return { ...sanne, confidence: "sure" as const, why: "email" as const };
}
