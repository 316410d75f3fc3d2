import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser } from "./support/browser";
import { Postvak } from "./support/postvak";
import { openWindow, rows, seen } from "./support/window";

// Two people on two computers, with nothing between them but a mailbox.
// build/proof starts the real servers, and this test.
const control = process.env["MAILBOX_CONTROL"] ?? "";
const patience = 60_000;
/** What one does shows at the other's within this, in milliseconds. */
const soon = 2000;

interface Account {
  address: string;
  password: string;
  imap: { port: number; security: string };
  smtp: { port: number; security: string };
}

interface Desktop {
  postvak: Postvak;
  page: Page;
  loads: number;
}

let browser: Browser;
let account: Account;
let ann: Desktop;
let ben: Desktop;

async function sitDown(): Promise<Desktop> {
  const postvak = await Postvak.start();
  const desktop = { postvak, page: await openWindow(browser, postvak), loads: 0 };
  desktop.page.on("load", () => desktop.loads++);
  return desktop;
}

const row = (at: Desktop, name: string): Locator => rows(at.page).filter({ hasText: name });

async function go(at: Desktop, section: string): Promise<void> {
  await at.page.getByRole("navigation").getByText(section, { exact: true }).click();
}

async function open(at: Desktop, name: string): Promise<void> {
  await seen(row(at, name), patience);
  await row(at, name).first().click();
  await seen(at.page.getByRole("button", { name: `${name}: what to do` }));
}

async function assign(at: Desktop, to: string): Promise<void> {
  await at.page
    .getByRole("button", { name: /^Assign/ })
    .first()
    .click();
  await at.page.getByRole("dialog").getByText(to, { exact: false }).first().click();
}

beforeAll(async () => {
  browser = await startBrowser();
  account = (await (await fetch(`${control}/account`)).json()) as Account;
  ann = await sitDown();
  ben = await sitDown();
  const server = (s: Account["imap"]) => ({ host: "127.0.0.1", username: account.address, ...s });
  await ann.postvak.call("Channels.ConnectEmail", {
    name: "Info",
    address: account.address,
    shared: true,
    signIn: "shared",
    openSince: "",
    password: account.password,
    folders: { inbox: "", sent: "" },
    imap: server(account.imap),
    smtp: server(account.smtp),
  });
});

afterAll(async () => {
  await browser?.close();
  await ann?.postvak.stop();
  await ben?.postvak.stop();
});

describe("two windows on one mailbox", () => {
  test("Ann makes it a team, and Ben joins with what she sends him", async () => {
    await seen(row(ann, "Ben Customer"), patience);
    await ann.page.evaluate(() => (location.hash = "#/settings/team"));
    await ann.page.getByRole("button", { name: "Make this a team" }).first().click();
    const making = ann.page.getByRole("dialog");
    await making.getByLabel("Name of the team").fill("The Lamp Shop");
    await making.getByLabel("Your name").fill("Ann Baker");
    await making.getByLabel("Your e-mail address").fill("ann@lamps.example");
    await making.getByLabel("Password", { exact: true }).fill(account.password);
    await making.getByRole("button", { name: "Check and make" }).click();
    await expect.poll(() => making.count(), { timeout: patience }).toBe(0);
    await ann.page.getByRole("button", { name: "Invite somebody" }).click();
    const text = await ann.page.getByLabel("Invitation").inputValue();
    expect(text).not.toContain(account.password);

    await ben.page.getByRole("button", { name: "Join a team" }).click();
    const joining = ben.page.getByRole("dialog");
    await joining.getByLabel("Invitation").fill(text);
    await seen(joining.getByText("The Lamp Shop"));
    await joining.getByLabel("Your name").fill("Ben Visser");
    await joining.getByLabel("Your e-mail address").fill("ben@lamps.example");
    await joining.getByLabel("Password", { exact: true }).fill(account.password);
    await joining.getByRole("button", { name: "Ask to join" }).click();
    await seen(row(ben, "Ben Customer"), patience);
    await seen(ann.page.getByText("Ben Visser"), patience);
  });

  test("an assignment shows at the other's within two seconds", async () => {
    await go(ann, "Unassigned");
    await go(ben, "Assigned to me");
    await open(ann, "Carla Other");
    ben.loads = 0;
    await assign(ann, "Ben Visser");
    await seen(row(ben, "Carla Other"), soon);
    await expect.poll(() => row(ann, "Carla Other").count(), { timeout: soon }).toBe(0);
    expect(ben.loads).toBe(0);
  });

  test("a note, closing and reopening show within two seconds", async () => {
    await open(ben, "Carla Other");
    await go(ann, "Assigned to others");
    await open(ann, "Carla Other");
    await ann.page.getByRole("tab", { name: "Note" }).click();
    await ann.page.getByRole("textbox", { name: "Note" }).fill("She called about it.");
    await ann.page.getByRole("button", { name: "Add note" }).click();
    await seen(ben.page.getByText("She called about it."), soon);
    await ben.page.getByRole("button", { name: "Close conversation" }).click();
    await seen(ann.page.getByRole("button", { name: "Reopen" }), soon);
    await seen(ann.page.getByText(/Ben Visser closed this/), soon);
    await ann.page.getByRole("button", { name: "Reopen" }).click();
    await go(ben, "Assigned to me");
    await seen(row(ben, "Carla Other"), soon);
    expect([ann.loads, ben.loads]).toEqual([0, 0]);
  });

  test("who is not available cannot be given anything", async () => {
    await ben.postvak.call("Availability.Set", false);
    await go(ann, "Unassigned");
    await open(ann, "Ben Customer");
    await ann.page
      .getByRole("button", { name: /^Assign/ })
      .first()
      .click();
    const away = ann.page.getByRole("dialog").getByRole("option", { name: /Ben Visser/ });
    await seen(away.getByText(/Not available/), soon);
    expect(await away.getAttribute("aria-disabled")).toBe("true");
  });
});
