import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser } from "./support/browser";
import { Postvak } from "./support/postvak";
import { openWindow, rows, seen } from "./support/window";

// build/proof starts the mail servers, a sign-in server, and this test.
const control = process.env["MAILBOX_CONTROL"] ?? "";
const shots = process.env["POSTVAK_SHOTS"] ?? "";
const patience = 60_000;

interface Account {
  address: string;
  baseUrl: string;
  clientId: string;
  clientSecret: string;
  imap: { port: number; security: string };
  smtp: { port: number; security: string };
}

let browser: Browser;
let postvak: Postvak;
let page: Page;
let account: Account;

const dialog = () => page.getByRole("dialog");

async function shot(name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
}

async function typeServer(title: string, server: Account["imap"]): Promise<void> {
  const fields = page.getByRole("group", { name: title });
  await fields.getByLabel("Server").fill("127.0.0.1");
  await fields.getByLabel("Port").fill(String(server.port));
  await fields.getByLabel("Security").selectOption(server.security);
}

/** Presses, and answers on the provider's page, which opens beside Postvak. */
async function signIn(answer: "Allow" | "Deny"): Promise<void> {
  const opens = page.context().waitForEvent("page");
  await dialog().getByRole("button", { name: "Sign in with Google" }).click();
  const provider = await opens;
  await seen(dialog().getByText(/asks there whether Postvak may read and send mail/));
  await shot(`waiting-${answer}`);
  await provider.getByRole("link", { name: answer }).click();
  await provider.waitForLoadState();
  await provider.close();
}

describe("signing in at a provider in a browser", () => {
  beforeAll(async () => {
    browser = await startBrowser();
    account = (await (await fetch(`${control}/account`)).json()) as Account;
    postvak = await Postvak.start();
    page = await openWindow(browser, postvak);
    // The window knows no other providers than the real ones: here each of its
    // sign-ins is sent to the one on this computer.
    await page.route("**/call/Channels.Authorize", async (route) => {
      const [order] = route.request().postDataJSON() as [Record<string, unknown>];
      await route.continue({ postData: JSON.stringify([{ ...order, baseUrl: account.baseUrl }]) });
    });
  });

  afterAll(async () => {
    await browser?.close();
    await postvak?.stop();
  });

  test("what is missing is said, and a refusal on the provider's page stores nothing", async () => {
    await page.getByRole("button", { name: "Connect a mailbox" }).click();
    await dialog().getByLabel("E-mail address").fill(account.address);
    await dialog().getByRole("radio", { name: "Google" }).check();
    await dialog().getByRole("button", { name: "Sign in with Google" }).click();
    await seen(dialog().getByText("Fill in the client ID."));
    await dialog().getByLabel("Client ID").fill(account.clientId);
    await dialog().getByLabel("Client secret").fill(account.clientSecret);
    await dialog().getByRole("button", { name: /^Server settings/ }).click();
    await typeServer("Incoming mail (IMAP)", account.imap);
    await typeServer("Outgoing mail (SMTP)", account.smtp);
    await signIn("Deny");
    await seen(dialog().getByRole("alert"), patience);
    expect(await postvak.call<unknown[]>("Channels.List")).toEqual([]);
  });

  test("allowed, its mail comes in and an answer goes out", async () => {
    await signIn("Allow");
    await expect.poll(() => dialog().count(), { timeout: patience }).toBe(0);
    await postvak.call("Settings.Save", { undoSendSeconds: 0 });
    await seen(rows(page).filter({ hasText: "Ben Customer" }), patience);
    await rows(page).filter({ hasText: "Ben Customer" }).first().click();
    await page.getByRole("textbox", { name: /^Reply to/ }).fill("It leaves tomorrow.");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(async () => await (await fetch(`${control}/customer`)).text(), { timeout: patience }).toContain("It leaves tomorrow.");
  });

  test("a sign-in that was taken back is asked for again, without the client's secret", async () => {
    await fetch(`${control}/revoke`, { method: "POST" });
    await expect
      .poll(async () => (await postvak.call<{ state: string }[]>("Channels.List"))[0]?.state, { timeout: patience })
      .toBe("needs_sign_in");
    await page.goto(`${new URL(postvak.url).origin}/#/settings`);
    await page.getByRole("button", { name: "Sign in again" }).first().click();
    await signIn("Allow");
    await expect.poll(() => dialog().count(), { timeout: patience }).toBe(0);
    await expect
      .poll(async () => (await postvak.call<{ state: string }[]>("Channels.List"))[0]?.state, { timeout: patience })
      .toBe("ok");
  });
});
