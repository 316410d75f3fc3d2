import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import { BackendError, type CrmNote, type Link } from "$lib/backend";
import { pipedrive } from "$lib/backend/fakeCrm";
import { calls, open } from "../../test/render";

const side = async () => within(await screen.findByRole("complementary", { name: "Contact" }));
const part = async (name: string) => within(await (await side()).findByRole("region", { name }));
const link = (more: Partial<Link>): Link => ({ id: "k9", kind: "person", targetId: "p1", title: "Sanne Hoekstra", url: "", pending: false, ...more });

describe("who this is", () => {
  test("is said with how sure it is, and is linked with one click", async () => {
    const { backend, user } = await open("#/conversation/c2");
    const pane = await side();
    expect(await pane.findByText("Surely: same e-mail address")).toBeTruthy();
    // The CRM knows a number, too.
    expect(pane.getByText("06-2481 0937")).toBeTruthy();
    expect(pane.queryByRole("button", { name: "Create person" })).toBeNull();
    await user.click(pane.getByRole("button", { name: "Link to Lotte Janssen" }));
    await waitFor(() => expect(calls(backend, "crm.link")).toEqual([["c2", "person", "p3"]]));
    expect(await (await part("Linked to")).findByRole("link", { name: "Lotte Janssen" })).toBeTruthy();
    // Who is linked is not asked about any more.
    expect(pane.queryByText("Surely: same e-mail address")).toBeNull();
  });

  test("of the same name only is a guess, beside which a new person can be made", async () => {
    const { user } = await open("#/conversation/c9");
    const pane = await side();
    expect(await pane.findByText("Perhaps: only the name is the same")).toBeTruthy();
    await user.click(pane.getByRole("button", { name: "Create person" }));
    const dialog = within(await screen.findByRole("dialog", { name: "New person" }));
    expect(dialog.getByRole<HTMLInputElement>("textbox", { name: "Name" }).value).toBe("Jolanda Prins");
    expect(dialog.getByRole<HTMLInputElement>("textbox", { name: "E-mail" }).value).toBe("jolanda@example.nl");
  });

  test("that nobody knows is said, and not before the CRM was asked", async () => {
    await open("#/conversation/c12");
    expect(await (await side()).findByText("Not in the contact book yet.")).toBeTruthy();
  });

  test("that could not be asked does not pass for nobody", async () => {
    const before = (name: string) => {
      if (name === "crm.contact") throw new BackendError("unavailable", "No network.");
    };
    await open("#/conversation/c12", { before });
    const pane = await side();
    expect(await pane.findByText("The CRM could not be asked who this is.")).toBeTruthy();
    expect(pane.queryByText("Not in the contact book yet.")).toBeNull();
  });
});

describe("what it is linked to", () => {
  test("shows kind, value and stage in words", async () => {
    await open("#/conversation/c0");
    const links = within(await (await part("Linked to")).findByRole("list"));
    expect(links.getAllByRole("listitem").map((item) => item.textContent?.replace(/\s+/g, " ").trim())).toEqual([
      "Sanne Hoekstra Person",
      "E-bike trade-in Lead · warm",
      "Family bike, spring 2027 Deal · € 3,250 · Quote sent",
    ]);
    expect(links.getByRole("link", { name: "Family bike, spring 2027" }).getAttribute("href")).toMatch(/#\/contacts\/deals?\/d1$/);
  });

  test("is folded where it is much, so that the notes stay in reach", async () => {
    const { user } = await open("#/conversation/c0", { crm: { links: { c0: Array.from({ length: 40 }, (_, at) => link({ id: `many${at}`, title: `Deal ${at}` })) } } });
    const linked = await part("Linked to");
    await waitFor(() => expect(linked.getAllByRole("listitem")).toHaveLength(6));
    await user.click(linked.getByRole("button", { name: "Show all" }));
    expect(linked.getAllByRole("listitem")).toHaveLength(40);
  });

  test("opens in the browser where the CRM is on the web", async () => {
    const { backend, user } = await open("#/conversation/c0", { crm: { provider: pipedrive } });
    const linked = await part("Linked to");
    expect(linked.getByText("Pipedrive")).toBeTruthy();
    await user.click(await linked.findByRole("button", { name: /^E-bike trade-in/ }));
    await waitFor(() => expect(calls(backend, "crm.open")).toEqual([["lead", "l1", "https://noordzee.pipedrive.com/lead/l1"]]));
  });

  test("is unlinked, and with its notes linked again by undo", async () => {
    const { backend, user } = await open("#/conversation/c0");
    const linked = await part("Linked to");
    const notes = await part("Notes");
    expect(await notes.findAllByText("Family bike, spring 2027")).toHaveLength(2);
    await user.click(linked.getByRole("button", { name: "Unlink from Family bike, spring 2027" }));
    await waitFor(() => expect(calls(backend, "crm.unlink")).toEqual([["c0", "k3"]]));
    await waitFor(() => expect(linked.queryByRole("link", { name: "Family bike, spring 2027" })).toBeNull());
    await waitFor(() => expect(notes.queryByText("Family bike, spring 2027")).toBeNull());
    // The keyboard goes on beside it, and not at the top of the window.
    await waitFor(() => expect(document.activeElement).toBe(linked.getByRole("link", { name: "Sanne Hoekstra" })));
    expect(await screen.findByText(/^You unlinked this from Family bike, spring 2027/)).toBeTruthy();

    (document.activeElement as HTMLElement).blur();
    await user.keyboard("z");
    expect(await linked.findByRole("link", { name: "Family bike, spring 2027" })).toBeTruthy();
    await waitFor(() => expect(notes.getAllByText("Family bike, spring 2027")).toHaveLength(2));
  });

  test("says that it waits, and leads nowhere until its record is made", async () => {
    await open("#/conversation/c2", { crm: { links: { c2: [link({ targetId: "", title: "New bike", kind: "deal", pending: true, reason: "It is made as soon as this computer is online." })] } } });
    const linked = await part("Linked to");
    expect(await linked.findByText("Pending")).toBeTruthy();
    expect(linked.getByText("It is made as soon as this computer is online.")).toBeTruthy();
    expect(linked.queryByRole("link", { name: "New bike" })).toBeNull();
  });

  test("of another CRM stands still, and says why", async () => {
    await open("#/conversation/c2", { crm: { links: { c2: [link({ inert: true })] } } });
    const linked = await part("Linked to");
    expect(await linked.findByText(/From a CRM that the team does not use now/)).toBeTruthy();
    expect(linked.queryByRole("link", { name: "Sanne Hoekstra" })).toBeNull();
    expect(linked.getByRole("button", { name: "Unlink from Sanne Hoekstra" })).toBeTruthy();
  });

  test("is read without a token, and not made", async () => {
    const { user } = await open("#/conversation/c0", { crm: { provider: { ...pipedrive, connected: false, reason: "Connect Pipedrive with your own token." } } });
    const linked = await part("Linked to");
    expect(await linked.findByText("Connect Pipedrive with your own token.")).toBeTruthy();
    expect(linked.getByText(/^E-bike trade-in/)).toBeTruthy();
    expect(linked.queryByRole("button", { name: "Link to person, lead or deal" })).toBeNull();
    await user.keyboard("l");
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

describe("the notes", () => {
  const note = (id: string, state: CrmNote["state"], from: string, until: string, text = ""): CrmNote => ({ id, linkId: "k3", kind: "deal", targetId: "d1", from, until, state, text });

  test("say what became of each, the newest first", async () => {
    const notes = [
      note("w1", "past", "2026-11-16T10:00:00Z", "2026-11-17T10:00:00Z"),
      note("w2", "edited", "2026-11-18T10:00:00Z", "2026-11-19T10:00:00Z"),
      note("w3", "deleted", "2026-11-17T10:00:00Z", "2026-11-18T10:00:00Z"),
      note("w4", "current", "2026-11-19T10:00:00Z", "2026-11-21T09:59:00Z"),
      note("", "pending", "2026-11-20T10:00:00Z", ""),
    ];
    const { user } = await open("#/conversation/c0", { crm: { notes: { c0: notes } } });
    const pane = await part("Notes");
    const list = within(await pane.findByRole("list", { name: "Notes in the CRM" }));
    const words = () => list.getAllByRole("listitem").map((item) => item.textContent?.replace("Family bike, spring 2027", "").trim());
    expect(words()).toEqual([expect.stringMatching("Waiting to be written"), expect.stringMatching(/Takes in messages until tomorrow \d\d:59/), expect.stringMatching("Changed by hand, left as it is")]);
    await user.click(pane.getByRole("button", { name: "Show all" }));
    expect(words().slice(3)).toEqual([expect.stringMatching("Deleted by hand, not rewritten"), expect.stringMatching(/Complete since Tue 17 Nov/)]);
  });

  test("grow and change under the eyes of whoever looks", async () => {
    const { backend } = await open("#/conversation/c0");
    const pane = await part("Notes");
    expect(await pane.findByText(/Takes in messages until/)).toBeTruthy();
    backend.book.setNote("c0", "w2", "deleted");
    expect(await pane.findByText("Deleted by hand, not rewritten")).toBeTruthy();
  });

  test("of the team stand with them, and + writes another", async () => {
    const { user } = await open("#/conversation/c0");
    const pane = await part("Notes");
    expect(await pane.findByText("Under warranty, do not charge the pads.")).toBeTruthy();
    await user.click(pane.getByRole("button", { name: "Write a note" }));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Note" })));
  });
});

test("earlier conversations come from every channel, with how they ended", async () => {
  await open("#/conversation/c0");
  const pane = await part("Earlier conversations");
  const words = () => pane.getAllByRole("link").map((each) => each.textContent?.replace(/\s+/g, " ").trim());
  await waitFor(() => expect(words()).toEqual(["Invoice 2026-0912 Closed · 2 Nov", "When is my service due? Closed · 14 Oct", "Opening hours in August Closed · 3 Aug"]));
  expect(pane.getAllByRole("link")[1]?.getAttribute("href")).toBe("#/conversation/x4");
});

describe("where the window is narrow", () => {
  test("the pane is asked for, and Escape gives the keyboard back", async () => {
    const real = window.matchMedia;
    vi.spyOn(window, "matchMedia").mockImplementation((query) => ({ ...real(query), matches: query.includes("max-width") }));
    const { user } = await open("#/conversation/c0");
    const toggle = await within(await screen.findByRole("main")).findByRole("button", { name: "Contact" });
    await user.click(toggle);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("complementary", { name: "Contact" })));
    expect(toggle.getAttribute("aria-pressed")).toBe("true");
    await user.keyboard("{Escape}");
    expect([toggle.getAttribute("aria-pressed"), document.activeElement === toggle, location.hash]).toEqual(["false", true, "#/conversation/c0"]);
  });
});

test("the palette makes a lead of the open conversation, and of none where none is open", async () => {
  const { user } = await open("#/conversation/c9");
  await screen.findByRole("main", { name: /Jolanda/ });
  await user.keyboard("{Control>}k{/Control}create lead");
  await user.click(await screen.findByRole("option", { name: "Create lead" }));
  const form = within(await screen.findByRole("dialog", { name: "New lead" }));
  expect(form.getByRole<HTMLInputElement>("textbox", { name: "Title" }).value).toBe("Dynamo flickers");
  await user.keyboard("{Escape}{Escape}");
  location.hash = "#/section/unassigned";
  await waitFor(() => expect(screen.queryByRole("complementary", { name: "Contact" })).toBeNull());
  await user.keyboard("l");
  expect(screen.queryByRole("dialog")).toBeNull();
});
