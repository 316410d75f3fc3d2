import AxeBuilder from "@axe-core/playwright";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser } from "./support/browser";
import { Postvak } from "./support/postvak";
import { openWindow, rows, seen, type Theme } from "./support/window";

// Conversations that become persons, leads and deals, and the notes that keep
// themselves (R21–R26), with the real program and its demo team.

interface Note {
  id: string;
  state: "current" | "past" | "edited" | "deleted" | "pending";
  text: string;
}

interface Provider {
  kind: string;
  budget: { known: boolean; left: number };
}

const patience = 40_000;
let browser: Browser;
let postvak: Postvak;
let page: Page;

beforeAll(async () => {
  browser = await startBrowser();
  postvak = await Postvak.start({ sandbox: true });
  page = await openWindow(browser, postvak);
  await seen(rows(page));
});

afterAll(async () => {
  await browser?.close();
  await postvak?.stop();
});

const address = (name: string) => `${name.toLowerCase().replaceAll(" ", ".")}@klant.example`;

/** A customer writes; the subject continues their thread when it begins with "Re:". */
async function writes(name: string, subject: string, text: string): Promise<void> {
  await postvak.call("Sandbox.Deliver", { channel: "email", from: address(name), name, subject, text });
}

/** A customer writes, and the conversation is opened; gives its id. */
async function begin(name: string, subject: string, text: string): Promise<string> {
  await writes(name, subject, text);
  await page.goto(`${page.url().split("#")[0]}#/section/unassigned`);
  const row = rows(page).filter({ hasText: name });
  await seen(row);
  await row.first().click();
  await seen(page.getByRole("button", { name: `${name}: what to do` }));
  return decodeURIComponent(new URL(page.url()).hash.replace(/^#\/conversation\//, "").replace(/\?.*/, ""));
}

const go = (hash: string, on = page) => on.goto(`${on.url().split("#")[0]}${hash}`);
const side = () => page.getByRole("complementary", { name: "Contact" });
const links = () => side().getByRole("list", { name: "Linked to" }).getByRole("listitem");
const dialog = (name: string | RegExp) => page.getByRole("dialog", { name });
const notesOf = (id: string) => postvak.call<Note[]>("Crm.Notes", id);
const states = async (id: string) => (await notesOf(id)).map(({ state }) => state);
const current = async (id: string) => (await notesOf(id)).find(({ state }) => state === "current");
const text = async (id: string) => (await current(id))?.text ?? "";

/** What the right pane says of the notes in the CRM, once that is so. */
const told = (words: RegExp): Promise<void> => seen(side().getByRole("list", { name: "Notes in the CRM" }).getByRole("listitem").filter({ hasText: words }), patience);

/** Makes a lead from the conversation that is open, by the keyboard alone. */
async function makeLead(title: string): Promise<void> {
  await page.keyboard.press("l");
  const linking = dialog("Link to person, lead or deal");
  await seen(linking);
  await page.keyboard.press("Alt+2");
  await page.keyboard.type(title);
  await seen(linking.getByRole("option", { name: `New lead “${title}”` }));
  await seen(linking.getByText(/No lead found/), patience);
  await page.keyboard.press("Enter");
  const making = dialog("New lead");
  await seen(making);
  await page.keyboard.press("Enter");
  await making.waitFor({ state: "hidden", timeout: patience });
  await seen(links().filter({ hasText: title }));
}

/** A lead from a conversation, and the whole life of its notes. */
async function livesThrough(name: string, title: string): Promise<void> {
  const id = await begin(name, "Hoogtijdagen", "Ik zoek twaalf lantaarns.");
  await makeLead(title);
  await expect.poll(() => states(id), { timeout: patience }).toEqual(["current"]);
  await told(/Takes in messages until/);
  expect(await text(id)).toContain("Ik zoek twaalf lantaarns.");

  // The customer writes: the note grows.
  await writes(name, "Re: Hoogtijdagen", "En het liefst in messing.");
  await expect.poll(() => text(id), { timeout: patience }).toContain("En het liefst in messing.");
  const first = await current(id);
  expect(first?.text).toContain("Ik zoek twaalf lantaarns.");
  expect(await states(id)).toEqual(["current"]);
  await side().getByRole("list", { name: "Notes in the CRM" }).locator("summary").first().click();
  await seen(side().getByText(/En het liefst in messing\./));

  // A colleague edits it over there: it is left alone, the next message begins another.
  await postvak.call("Sandbox.CrmNote", first?.id ?? "", { edit: "Bellen voor woensdag!" });
  await writes(name, "Re: Hoogtijdagen", "Kan het voor vrijdag?");
  await expect.poll(() => text(id), { timeout: patience }).toContain("Kan het voor vrijdag?");
  const second = await current(id);
  expect(second?.id).not.toBe(first?.id);
  expect(second?.text).not.toContain("En het liefst in messing.");
  await expect.poll(async () => (await states(id)).sort(), { timeout: patience }).toEqual(["current", "edited"]);
  await told(/Changed by hand/);

  // A day and an hour later, another one again.
  await postvak.call("Sandbox.Advance", "25h");
  await writes(name, "Re: Hoogtijdagen", "Is er al nieuws?");
  await expect.poll(() => text(id), { timeout: patience }).toContain("Is er al nieuws?");
  const third = await current(id);
  expect(third?.id).not.toBe(second?.id);
  expect(third?.text).not.toContain("Kan het voor vrijdag?");
  expect((await states(id)).sort()).toEqual(["current", "edited", "past"]);
}

/** Undoes what a message at the bottom says was done. */
async function undo(done: string): Promise<void> {
  const toast = page.getByRole("status").filter({ has: page.getByText(done, { exact: true }) });
  await toast.last().getByRole("button", { name: /^Undo/ }).click();
}

async function faultless(on: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page: on }).exclude("iframe").analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
}

describe("with the built-in contact book", () => {
  test("a lead made from a conversation has a note that keeps itself", () => livesThrough("Wies Lantaarn", "Lantaarns voor de kade"));

  test("unlinking is undone, with its notes; a record is found and linked", async () => {
    const id = await begin("Ruud Kaarsje", "Even vragen", "Hebben jullie kaarsen?");
    await page.keyboard.press("l");
    const linking = dialog("Link to person, lead or deal");
    await page.keyboard.press("Alt+3");
    await page.keyboard.type("bedside");
    const found = linking.getByRole("option", { name: /Bedside lighting/ });
    await seen(found, patience);
    await page.keyboard.press("Enter");
    await seen(links().filter({ hasText: "Bedside lighting, 164 rooms" }));
    await seen(links().filter({ hasText: "Deal · € 82,000 · Negotiating" }));
    await expect.poll(() => text(id), { timeout: patience }).toContain("Hebben jullie kaarsen?");

    await links().first().getByRole("button", { name: "Unlink from Bedside lighting, 164 rooms" }).click();
    await expect.poll(() => links().count()).toBe(0);
    await undo("Unlinked");
    await seen(links().filter({ hasText: "Bedside lighting, 164 rooms" }));
    await expect.poll(() => states(id), { timeout: patience }).toEqual(["current"]);

    // On the deal's own page stands the conversation, and the note.
    await links().first().getByRole("link", { name: "Bedside lighting, 164 rooms" }).click();
    await seen(page.getByRole("heading", { name: "Bedside lighting, 164 rooms" }));
    await seen(page.getByRole("complementary", { name: "Linked to this" }).getByRole("link", { name: /Even vragen/ }));
    await seen(page.getByRole("article", { name: "Written by Postvak" }).filter({ hasText: "Hebben jullie kaarsen?" }));
  });

  test("offline, a new deal and its note wait, and are written once back", async () => {
    const id = await begin("Nel Zonderweb", "Zonder net", "Kan dit ook offline?");
    await postvak.call("Sandbox.Offline", true);
    await page.keyboard.press("l");
    const linking = dialog("Link to person, lead or deal");
    await page.keyboard.press("Alt+3");
    await page.keyboard.type("deal zonder web");
    await seen(linking.getByText(/No deal found/), patience);
    await page.keyboard.press("Enter");
    await dialog("New deal").getByRole("textbox", { name: "Value" }).fill("1.250,50");
    await page.keyboard.press("Enter");
    await seen(links().filter({ hasText: "Deal · € 1,250.50" }), patience);
    await postvak.call("Sandbox.Offline", false);
    await expect.poll(() => text(id), { timeout: patience }).toContain("Kan dit ook offline?");
    expect(await states(id)).toEqual(["current"]);
  });
});

describe("the contacts", () => {
  const main = () => page.getByRole("main");

  test("are walked through by keyboard, changed, noted and undone", async () => {
    await go("#/section/unassigned");
    await seen(page.getByRole("heading", { name: "Unassigned" }));
    await seen(rows(page));
    await page.keyboard.press("g");
    await page.keyboard.press("p");
    const list = page.getByRole("listbox", { name: "Persons" });
    await seen(list.getByRole("option"));
    await page.keyboard.press("j");
    await list.focus();
    await page.keyboard.press("Enter");
    await seen(main().getByRole("heading", { level: 2 }));
    const name = (await main().getByRole("heading", { level: 2 }).first().textContent()) ?? "";
    await page.keyboard.press("d");
    const field = main().getByRole("textbox", { name: "Organization" });
    await field.fill("De Vuurtoren");
    await page.keyboard.press("Enter");
    await seen(main().getByText("De Vuurtoren").first());
    await undo("Saved");
    await expect.poll(() => main().getByText("De Vuurtoren").count(), { timeout: patience }).toBe(0);

    await main().getByRole("textbox", { name: "New note" }).fill(`Over ${name}`);
    await page.keyboard.press("Control+Enter");
    const note = main().getByRole("article").filter({ hasText: `Over ${name}` });
    await seen(note);
    await note.getByRole("button", { name: "Remove note" }).click();
    await note.waitFor({ state: "detached", timeout: patience });
    await undo("Note removed");
    await seen(note, patience);
  });

  test("a colleague’s change is told while one changes the same", async () => {
    await go("#/contacts/deals/deal-caps");
    await seen(main().getByRole("heading", { name: "Twelve brass ceiling caps" }));
    await main().getByRole("button", { name: "Edit" }).click();
    const title = main().getByRole("textbox", { name: "Title" });
    await title.fill("Twaalf kapjes");
    await postvak.call("Sandbox.Teammate", "Sanne Vermeer", { do: "editRecord", kind: "deal", id: "deal-caps", text: "Thirteen caps" });
    await seen(main().getByText("A colleague made it: Thirteen caps"), patience);
    expect(await title.inputValue()).toBe("Twaalf kapjes");
    await main().getByRole("button", { name: "Save" }).click();
    await seen(main().getByRole("heading", { name: "Twaalf kapjes" }), patience);
  });

  test("come in from a file, with what is wrong told line by line, and go out again", async () => {
    await go("#/contacts/persons");
    await page.getByRole("button", { name: "More for contacts" }).click();
    await page.getByRole("menuitem", { name: "Import contacts…" }).click();
    const importing = dialog("Import contacts");
    const chooser = page.waitForEvent("filechooser");
    await importing.getByRole("button", { name: "Choose a file…" }).click();
    const rowsOfFile = ["Naam;E-mailadres;Telefoon;Schoenmaat", "Zwaan Kleefaan;zwaan@kleef.example;06-12345678;44", "Appie Happie;appie@happie.example;;41", "Kapot;geen adres;;40"];
    await (await chooser).setFiles({ name: "klanten.csv", mimeType: "text/csv", buffer: Buffer.from(rowsOfFile.join("\r\n")) });
    await seen(importing.getByRole("combobox", { name: "Take Schoenmaat as" }));
    expect(await importing.getByRole("combobox", { name: "Take E-mailadres as" }).inputValue()).toBe("email");
    await importing.getByRole("button", { name: "Import 3" }).click();
    await seen(importing.getByText(/\d persons added/));
    await seen(importing.getByText("Line 4"));
    await importing.locator(".foot").getByRole("button", { name: "Close" }).click();
    await page.getByRole("searchbox", { name: "Search Persons" }).fill("0612345678");
    await page.getByRole("option", { name: /Zwaan Kleefaan/ }).click();
    await seen(main().getByText("zwaan@kleef.example"));

    await page.getByRole("button", { name: "More for contacts" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Export persons (CSV)" }).click();
    expect((await download).suggestedFilename()).toMatch(/\.csv$/);
  });

  test("a new person is made, shown, and removed with a way back", async () => {
    await go("#/contacts/persons");
    await page.getByRole("button", { name: "New person" }).click();
    const making = dialog("New person");
    await making.getByRole("textbox", { name: "Name", exact: true }).fill("Tijs Tijdelijk");
    await making.getByRole("textbox", { name: "Phone" }).fill("+31 6 12345678");
    await page.keyboard.press("Enter");
    await seen(main().getByRole("heading", { name: "Tijs Tijdelijk" }));
    // The same number, written otherwise, came in from the file.
    await seen(page.getByRole("complementary", { name: "Linked to this" }).getByText("Has the same phone number"), patience);
    await main().getByRole("button", { name: "More for Tijs Tijdelijk" }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    const row = page.getByRole("option", { name: /Tijs Tijdelijk/ });
    await row.waitFor({ state: "detached", timeout: patience });
    await undo("Removed");
    await seen(row, patience);
  });
});

describe("a person", () => {
  const main = () => page.getByRole("main");
  const beside = () => page.getByRole("complementary", { name: "Linked to this" });

  test("lists their leads and deals, and begins another that is theirs", async () => {
    await go("#/contacts/persons/joost-verbakel");
    const related = beside().getByRole("list", { name: /Leads and deals/ }).getByRole("link");
    await seen(related.filter({ hasText: "Lead · € 2,400 · warm" }));
    await beside().getByRole("button", { name: "New deal" }).click();
    const making = dialog("New deal");
    await seen(making.getByText("Joost Verbakel"));
    await making.getByRole("textbox", { name: "Title" }).fill("Leeslampen voor de bovenbouw");
    await page.keyboard.press("Enter");
    await seen(main().getByRole("heading", { name: "Leeslampen voor de bovenbouw" }), patience);
    await beside().getByRole("link", { name: "Joost Verbakel" }).click();
    await seen(main().getByRole("heading", { name: "Joost Verbakel" }));
    await seen(related.filter({ hasText: "Leeslampen voor de bovenbouw" }).filter({ hasText: "Deal · Qualified" }));
    expect(await related.count()).toBe(2);
  });

  test("who may be in the book twice is told in a line, until one is removed", async () => {
    await go("#/contacts/persons");
    const line = page.getByRole("button", { name: /possible duplicate/ });
    await line.click();
    const telling = dialog("Possible duplicates");
    await seen(telling.getByRole("heading", { name: "Same phone number" }));
    const before = await telling.getByRole("heading", { level: 3 }).count();
    await telling.getByRole("link").filter({ hasText: "M. Postma" }).click();
    await seen(main().getByRole("heading", { name: "M. Postma" }));
    await main().getByRole("button", { name: "More for M. Postma" }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    const told = async () => ((await line.count()) === 0 ? 0 : Number.parseInt((await line.textContent({ timeout: 1000 })) ?? "", 10));
    await expect.poll(told, { timeout: patience }).toBe(before - 1);
    await undo("Removed");
    await expect.poll(told, { timeout: patience }).toBe(before);
  });
});

interface Screen {
  name: string;
  hash: string;
  ready: (on: Page) => Locator;
  first?: (on: Page) => Promise<unknown>;
}

const builtinScreens: Screen[] = [
  { name: "persons", hash: "#/contacts/persons", ready: (on) => rows(on) },
  { name: "a person", hash: "#/contacts/persons/joost-verbakel", ready: (on) => on.getByRole("heading", { name: /^Leads (and|en) deals/ }) },
  { name: "possible duplicates", hash: "#/contacts/persons", ready: (on) => on.getByRole("dialog"), first: (on) => on.getByRole("button", { name: /possible dup|mogelijk dub/ }).click() },
  { name: "a deal", hash: "#/contacts/deals/deal-harbour", ready: (on) => on.getByRole("heading", { name: "Bedside lighting, 164 rooms" }) },
  { name: "a deal being changed", hash: "#/contacts/deals/deal-harbour", ready: (on) => on.locator("form"), first: (on) => on.getByRole("button", { name: /^(Edit|Bewerken)$/ }).click() },
  { name: "a new lead", hash: "#/contacts/leads", ready: (on) => on.getByRole("dialog"), first: (on) => on.getByRole("button", { name: /^(New|Nieuwe) lead$/ }).first().click() },
  {
    name: "import", hash: "#/contacts/persons", ready: (on) => on.getByRole("dialog"),
    first: async (on) => {
      await on.getByRole("button", { name: /^(More for contacts|Meer voor contacten)$/ }).click();
      await on.getByRole("menuitem").first().click();
    },
  },
  { name: "settings", hash: "#/settings/crm", ready: (on) => on.getByLabel("API") },
];

async function shownFaultless(screen: Screen, options: { theme: Theme; width?: number; language?: string }): Promise<void> {
  const on = await openWindow(browser, postvak, { ...options, hash: screen.hash });
  // Nothing is loaded from elsewhere.
  const strangers: string[] = [];
  on.on("request", (request) => new URL(request.url()).hostname !== "127.0.0.1" && !/^(data|blob):/.test(request.url()) && strangers.push(request.url()));
  await screen.first?.(on);
  await seen(screen.ready(on), patience);
  await faultless(on);
  const cut = await on.evaluate(() =>
    [...document.querySelectorAll("main, main .scroll, .page, section.pane, .dialog, .dialog .body, html")].filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.className),
  );
  expect(cut).toEqual([]);
  expect(strangers).toEqual([]);
  if (process.env["SHOTS"]) await on.screenshot({ path: `${process.env["SHOTS"]}/${screen.name.replaceAll(" ", "-")}-${options.theme}-${options.language ?? "en"}-${options.width ?? 1280}.png` });
  await on.context().close();
}

describe("no screen has a fault", () => {
  test.each(builtinScreens)("$name, light and dark", async (screen) => {
    await shownFaultless(screen, { theme: "light" });
    await shownFaultless(screen, { theme: "dark" });
  });

  test.each(builtinScreens)("$name, in Dutch at 900 wide", (screen) => shownFaultless(screen, { theme: "light", width: 900, language: "nl-NL" }));
});

describe("with Pipedrive", () => {
  beforeAll(async () => {
    const { token } = await postvak.call<{ token: string }>("Sandbox.Pipedrive");
    await go("#/settings/crm");
    await page.getByLabel("API token").fill("this is none");
    await page.getByRole("button", { name: "Check and connect" }).click();
    await seen(page.getByText("Pipedrive is not connected"), patience);
    await page.getByLabel("API token").fill(token);
    await page.getByRole("button", { name: "Check and connect" }).click();
    await seen(page.getByText("Connected", { exact: true }), patience);
  });

  test("the same once more: a lead, its note, an edit, a day later", () => livesThrough("Piet Pijplijn", "Lampen voor de sluis"));

  test("records are found there, read here, and opened there", async () => {
    await go("#/contacts/persons");
    await seen(page.getByText("Search in Pipedrive"));
    await page.getByRole("searchbox", { name: "Search Persons" }).fill("Gallagher");
    await page.getByRole("option", { name: /Fiona Gallagher/ }).click({ timeout: patience });
    await seen(page.getByText("Read from Pipedrive. Change it there."));
    await seen(page.getByRole("button", { name: "Open in Pipedrive" }));
    expect(await page.getByRole("button", { name: "Edit" }).count()).toBe(0);
  });

  test("what it still answers today is told", async () => {
    await go("#/settings/crm");
    await seen(page.getByText(/^[\d,]+ of [\d,]+ left today$/));
    expect((await postvak.call<Provider>("Crm.Provider")).budget.known).toBe(true);
  });

  test("offline, what is made waits, and is written in order", async () => {
    const id = await begin("Otto Offline", "Weg van het net", "Eerst dit.");
    await postvak.call("Sandbox.Offline", true);
    await page.keyboard.press("l");
    const linking = dialog("Link to person, lead or deal");
    await page.keyboard.press("Alt+2");
    await page.keyboard.type("Wachtende lead");
    await seen(linking.getByRole("option", { name: "New lead “Wachtende lead”" }));
    await seen(linking.getByRole("button", { name: "Try again" }), patience);
    await page.keyboard.press("Enter");
    await seen(dialog("New lead"));
    await page.keyboard.press("Enter");
    await seen(links().filter({ hasText: "Wachtende lead" }).filter({ hasText: "Pending" }), patience);
    expect(await states(id)).not.toContain("current");

    await postvak.call("Sandbox.Offline", false);
    await expect.poll(() => text(id), { timeout: patience }).toContain("Eerst dit.");
    await expect.poll(() => links().filter({ hasText: "Pending" }).count(), { timeout: patience }).toBe(0);
    expect(await links().filter({ hasText: "Wachtende lead" }).count()).toBe(1);
    expect(await states(id)).toEqual(["current"]);
  });

  test("its screens have no fault", async () => {
    const outside: Screen[] = [
      { name: "pipedrive settings", hash: "#/settings/crm", ready: (on) => on.getByRole("progressbar") },
      { name: "pipedrive persons", hash: "#/contacts/persons", ready: (on) => on.getByText(/^(Search in|Zoeken in) Pipedrive$/) },
    ];
    for (const screen of outside) {
      await shownFaultless(screen, { theme: "light", width: 900, language: "nl-NL" });
      await shownFaultless(screen, { theme: "dark" });
    }
  });

  test("left again, the team’s own book is as it was", async () => {
    await go("#/settings/crm");
    await page.getByRole("button", { name: "Stop using Pipedrive…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stop using Pipedrive" }).click();
    await seen(page.getByText("Postvak’s own contact book"), patience);
    await go("#/contacts/deals");
    await seen(page.getByRole("option", { name: /Bedside lighting/ }));
  });
});
