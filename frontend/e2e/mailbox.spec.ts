import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser } from "./support/browser";
import { Postvak } from "./support/postvak";
import { openWindow, rows, seen } from "./support/window";

// build/proof starts a real IMAP and a real SMTP server, and this test; it says
// here where they are ruled.
const control = process.env["MAILBOX_CONTROL"] ?? "";
const patience = 60_000;

interface Account {
  address: string;
  password: string;
  wrong: string;
  imap: { port: number; security: string };
  smtp: { port: number; security: string };
}

interface Letter {
  subject: string;
  messageId: string;
  inReplyTo: string;
  references: string;
  text: string;
}

async function ask<T>(path: string): Promise<T> {
  return (await fetch(control + path)).json() as Promise<T>;
}

async function tell(path: string, what: unknown = {}): Promise<void> {
  const { status } = await fetch(control + path, { method: "POST", body: JSON.stringify(what) });
  expect(status).toBe(200);
}

let browser: Browser;
let postvak: Postvak;
let page: Page;
let account: Account;

const row = (name: string): Locator => rows(page).filter({ hasText: name });
const section = (name: RegExp): Locator => page.getByRole("navigation").getByText(name);
const said = (text: string): Locator => page.getByRole("main").getByText(text);

async function open(name: string): Promise<void> {
  await seen(row(name), patience);
  await row(name).first().click();
  await seen(page.getByRole("button", { name: `${name}: what to do` }));
}

async function reply(text: string): Promise<void> {
  await page.getByRole("textbox", { name: /^Reply to/ }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/** What the customer has received with these words in it. */
async function atCustomer(words: string): Promise<Letter[]> {
  return (await ask<Letter[]>("/customer")).filter((letter) => letter.text.includes(words));
}

async function find(text: string, expected: string): Promise<void> {
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Search/ }).click();
  await page.getByRole("combobox").or(page.getByRole("searchbox")).first().fill(text);
  await page.keyboard.press("Enter");
  await seen(page.locator("[data-hit]").filter({ hasText: expected }));
  await page.keyboard.press("Escape");
  await section(/^Unassigned/).click();
}

async function typeServer(title: string, server: Account["imap"]): Promise<void> {
  const fields = page.getByRole("group", { name: title });
  await fields.getByLabel("Server").fill("127.0.0.1");
  await fields.getByLabel("Port").fill(String(server.port));
  await fields.getByLabel("Security").selectOption(server.security);
  await fields.getByLabel("User name").fill(account.address);
}

describe("a real mailbox in a browser", () => {
  beforeAll(async () => {
    browser = await startBrowser();
    account = await ask<Account>("/account");
    postvak = await Postvak.start();
    page = await openWindow(browser, postvak);
  });

  afterAll(async () => {
    await browser?.close();
    await postvak?.stop();
  });

  test("a wrong password is said and stores nothing", async () => {
    await seen(page.getByText("Welcome to Postvak"));
    await page.getByRole("button", { name: "Connect a mailbox" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("E-mail address").fill(account.address);
    await dialog.getByLabel("Password", { exact: true }).fill(account.wrong);
    await dialog.getByRole("button", { name: /^Server settings/ }).click();
    await typeServer("Incoming mail (IMAP)", account.imap);
    await typeServer("Outgoing mail (SMTP)", account.smtp);
    await dialog.getByRole("button", { name: "Connect", exact: true }).click();
    await seen(dialog.getByRole("alert").getByText(/does not accept .* the password/), patience);
    expect(await postvak.call<unknown[]>("Channels.List")).toEqual([]);
  });

  test("with the right password its mail is there as conversations", async () => {
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Password", { exact: true }).fill(account.password);
    await dialog.getByRole("button", { name: "Connect", exact: true }).click();
    await expect.poll(() => dialog.count(), { timeout: patience }).toBe(0);
    await seen(row("Ben Customer"), patience);
    await seen(row("Carla Other"));
    expect(await rows(page).count()).toBe(2);
    await seen(page.getByText(/^Online/));
  });

  test("an answer reaches the customer once, in their thread", async () => {
    await postvak.call("Settings.Save", { undoSendSeconds: 0 });
    await open("Ben Customer");
    await seen(said("I ordered a paraffin lamp."));
    await reply("It left today.");
    await seen(said("It left today."));
    await expect
      .poll(() => atCustomer("It left today."), { timeout: patience })
      .toMatchObject([
        {
          subject: "Re: Where is my lamp?",
          inReplyTo: "<question@elsewhere.test>",
          references: "<question@elsewhere.test>",
        },
      ]);
  });

  test("a closed conversation opens again when the customer writes", async () => {
    await page.getByRole("button", { name: "Close conversation" }).click();
    await expect.poll(() => row("Ben Customer").count()).toBe(0);
    const [answer] = await atCustomer("It left today.");
    await tell("/write", {
      subject: "Re: Where is my lamp?",
      text: "It arrived broken.",
      inReplyTo: answer?.messageId ?? "",
    });
    await open("Ben Customer");
    await seen(said("It arrived broken."));
    await seen(said("I ordered a paraffin lamp."));
    await seen(page.getByRole("button", { name: "Close conversation" }));
  });

  test("words are found", () => find("paraff*", "Ben Customer"));

  test("offline all is readable, and an answer goes out once afterwards", async () => {
    await tell("/close");
    await seen(page.getByText(/Offline since/), patience);
    await open("Carla Other");
    await seen(said("Do you sell chairs too?"));
    await open("Ben Customer");
    await seen(said("It arrived broken."));
    await reply("Another one comes tomorrow.");
    await seen(page.getByText(/Waiting to send/));
    await find("broken", "Ben Customer");
    await tell("/open");
    await expect
      .poll(() => atCustomer("Another one comes tomorrow."), { timeout: patience })
      .toHaveLength(1);
    await seen(page.getByText(/^Online/), patience);
  });

  test("after a restart all is there, and no password is asked for", async () => {
    await page.context().close();
    await postvak.stop(true);
    postvak = await Postvak.start({ folder: postvak.folder });
    page = await openWindow(browser, postvak);
    await seen(page.getByText(/^Online/), patience);
    expect(await page.getByRole("dialog").count()).toBe(0);
    await open("Ben Customer");
    for (const text of [
      "I ordered a paraffin lamp.",
      "It left today.",
      "It arrived broken.",
      "Another one comes tomorrow.",
    ])
      await seen(said(text));
    expect(await atCustomer("Another one comes tomorrow.")).toHaveLength(1);
    expect(await atCustomer("It left today.")).toHaveLength(1);
  });
});
