import AxeBuilder from "@axe-core/playwright";
import type { Browser, Locator, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser } from "./support/browser";
import { Postvak } from "./support/postvak";
import { openWindow, rows, seen, type Theme } from "./support/window";

interface Sent {
  channel: string;
  to: string;
  text: string;
  /** The template or the tag that it went as. */
  as: string;
}

interface Providers {
  whatsapp: { baseUrl: string; accountSid: string; apiKey: string; apiSecret: string; sender: string };
  messenger: { baseUrl: string; pageToken: string; page: string };
}

// The demo's customers are at a phone that answers at once; what is on the way
// still takes its turn.
const arrives = { timeout: 60_000, interval: 500 };

let browser: Browser;
let demo: Postvak;

beforeAll(async () => {
  browser = await startBrowser();
  demo = await Postvak.start({ sandbox: true });
  await demo.call("Settings.Save", { undoSendSeconds: 0 });
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

const row = (page: Page, name: string): Locator => rows(page).filter({ hasText: name });

const deliver = (channel: string, from: string, text: string, more: { name?: string; attachments?: string[] } = {}) =>
  demo.call("Sandbox.Deliver", { channel, from, text, ...more });

async function sent(text: string): Promise<Sent[]> {
  return (await demo.call<Sent[]>("Sandbox.Sent")).filter((each) => each.text.includes(text));
}

async function open(page: Page, name: string): Promise<void> {
  await seen(row(page, name), arrives.timeout);
  await row(page, name).first().click();
  await seen(page.getByRole("textbox", { name: /^Reply to/ }).or(page.getByText(/Only a template now/)));
}

async function answer(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: /^Reply to/ }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

async function faultless(page: Page): Promise<void> {
  await page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== "running"));
  const { violations } = await new AxeBuilder({ page }).exclude("iframe").analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
}

/** The minutes that a row's countdown ("5 d", "1 h 12 min") gives; Infinity where there is none. */
function left(row: string): number {
  const said = row.match(/(?:\b\d+ (?:d|h|min)\b\s?)+/g)?.at(-1);
  if (!said) return Infinity;
  const worth: Record<string, number> = { d: 1440, h: 60, min: 1 };
  return [...said.matchAll(/(\d+) (\w+)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * (worth[unit ?? ""] ?? 0), 0);
}

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

describe("WhatsApp and Messenger of the demo team", () => {
  let page: Page;

  beforeAll(async () => {
    page = await openWindow(browser, demo);
    await seen(rows(page));
  });

  afterAll(async () => {
    await page?.context().close();
  });

  test("a WhatsApp message comes in with its countdown and is answered", async () => {
    await deliver("whatsapp", "+31612340001", "Is mijn lamp er al?");
    await seen(row(page, "+31 6 1234 0001"), arrives.timeout);
    expect((await row(page, "+31 6 1234 0001").first().innerText()).replaceAll("\n", " ")).toMatch(/WhatsApp.*2[34] h.*then only a template/);
    await open(page, "+31 6 1234 0001");
    await answer(page, "Morgen is hij er.");
    await expect.poll(() => sent("Morgen is hij er."), arrives).toMatchObject([{ channel: "whatsapp", to: "+31612340001" }]);
    await page.keyboard.press("Escape");
  });

  test("a Messenger message comes in with its writer's name and is answered", async () => {
    await deliver("messenger", "Mila Duin", "Hebben jullie cadeaubonnen?", { name: "Mila Duin" });
    await open(page, "Mila Duin");
    await answer(page, "Ja, vanaf 25 euro.");
    await expect.poll(() => sent("Ja, vanaf 25 euro."), arrives).toMatchObject([{ channel: "messenger" }]);
    await page.keyboard.press("Escape");
  });

  test("a picture that a customer sends is here", async () => {
    const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const upload = await fetch(`${new URL(demo.url).origin}/file`, {
      method: "POST",
      headers: { Authorization: `Bearer ${new URL(demo.url).searchParams.get("token")}`, "Content-Type": "image/png", "Content-Disposition": 'attachment; filename="lamp.png"' },
      body: Buffer.from(pixel, "base64"),
    });
    const { id } = (await upload.json()) as { id: string };
    await deliver("whatsapp", "+31612340002", "Zo ziet hij eruit", { attachments: [id] });
    await open(page, "+31 6 1234 0002");
    await seen(page.getByRole("main").locator("img").first(), arrives.timeout);
    await page.keyboard.press("Escape");
  });

  test("the list is narrowed to one kind and sorted by what ends soonest", async () => {
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("combobox", { name: "Kind of channel" }).selectOption("messenger");
    await expect.poll(() => row(page, "+31 6 1234 0001").count()).toBe(0);
    await seen(row(page, "Mila Duin"));
    await page.getByRole("button", { name: "Clear filter" }).first().click();
    await page.getByRole("button", { name: /^Sorted by/ }).click();
    await page.getByRole("menuitem", { name: "Window ends soonest" }).click();
    // What ends soonest stands first, and what does not end stands last.
    const ends = async () => (await page.getByRole("listbox").getByRole("option").allInnerTexts()).map(left);
    await expect.poll(async () => (await ends())[0]).toBeLessThan(Infinity);
    const order = await ends();
    expect(new Set(order).size).toBeGreaterThan(2);
    expect(order).toEqual(order.toSorted((a, b) => (a === b ? 0 : a - b)));
    await page.getByRole("button", { name: /^Sorted by/ }).click();
    await page.getByRole("menuitem", { name: "Newest" }).click();
    await page.getByRole("button", { name: "Filter" }).click();
  });

  // This one moves the demo's clock, so it comes last.
  test("a window that closes while somebody types keeps the text, and a template goes instead", async () => {
    await deliver("whatsapp", "+31612340003", "Kan ik vandaag langskomen?");
    await open(page, "+31 6 1234 0003");
    await page.getByRole("textbox", { name: /^Reply to/ }).fill("Ja hoor, tot vijf uur.");
    await demo.call("Sandbox.Advance", "23h50m");
    await seen(page.getByText(/\d+ min left/), arrives.timeout);
    await demo.call("Sandbox.Advance", "20m");
    await seen(page.getByText(/Only a template now/), arrives.timeout);
    expect(await sent("tot vijf uur")).toEqual([]);
    await seen(page.getByText("Ja hoor, tot vijf uur."));
    await seen(row(page, "+31 6 1234 0003").filter({ hasText: "Template only" }), arrives.timeout);
    await faultless(page);

    await page.getByText("Delivery question", { exact: false }).first().click();
    await page.getByRole("button", { name: "Use template" }).click();
    const main = page.getByRole("main");
    await main.getByLabel("Place 1").fill("Nora");
    await main.getByLabel("Place 2").fill("44");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => sent("Hello Nora, we have a question about your order 44."), arrives).toMatchObject([{ channel: "whatsapp", to: "+31612340003", as: "delivery_question" }]);
    expect(await sent("tot vijf uur")).toEqual([]);
  });
});

describe("connecting, in a program of one's own", () => {
  let own: Postvak;
  let page: Page;
  let providers: Providers;

  beforeAll(async () => {
    [own, providers] = await Promise.all([Postvak.start(), demo.call<Providers>("Sandbox.Providers")]);
    page = await openWindow(browser, own);
    // The window knows no other address than the provider's: the demo's stands in for it.
    await page.route(/\/call\/Channels\.(Check|Connect)(WhatsApp|Messenger)$/, redirect);
  });

  afterAll(async () => {
    await page?.context().close();
    await own?.stop();
  });

  async function redirect(route: Route) {
    const kind = route.request().url().endsWith("WhatsApp") ? "whatsapp" : "messenger";
    const [order] = route.request().postDataJSON() as [object];
    await route.continue({ postData: JSON.stringify([{ ...order, baseUrl: providers[kind].baseUrl }]) });
  }

  test("WhatsApp: a wrong secret is refused in words, the right one connects", async () => {
    const { accountSid, apiKey, apiSecret, sender } = providers.whatsapp;
    await page.getByRole("button", { name: "Connect WhatsApp" }).click();
    const dialog = page.getByRole("dialog", { name: "Connect WhatsApp" });
    await dialog.getByLabel("WhatsApp number").fill(sender);
    await dialog.getByLabel("Account SID").fill(accountSid);
    await dialog.getByLabel("API key SID").fill(apiKey);
    await dialog.getByLabel("API key secret").fill("wrong");
    await dialog.getByRole("button", { name: "Check and connect" }).click();
    await seen(dialog.getByText("It is not connected yet"), 40_000);
    await faultless(page);
    await dialog.getByLabel("API key secret").fill(apiSecret);
    await dialog.getByRole("button", { name: /Check and connect|Connect anyway/ }).click();
    // Twilio's own sample may answer by itself: then the button is pressed again.
    const anyway = dialog.getByRole("button", { name: "Connect anyway" });
    await seen(anyway.or(page.getByText("Channel connected")), 40_000);
    if (await anyway.isVisible()) await anyway.click();
    await seen(page.getByText("Channel connected"), 40_000);
    await seen(page.getByRole("link", { name: /\+31 20 765 4321 WhatsApp/ }));
  });

  test("Messenger: the page's token is all it takes", async () => {
    await page.getByRole("button", { name: "Connect a channel" }).click();
    await page.getByRole("menuitem", { name: "Connect Messenger" }).click();
    const dialog = page.getByRole("dialog", { name: "Connect Messenger" });
    await seen(dialog.getByText("Meta first has to grant Advanced Access"));
    await faultless(page);
    await dialog.getByLabel("Page access token").fill(providers.messenger.pageToken);
    await dialog.getByRole("button", { name: "Check and connect" }).click();
    await dialog.waitFor({ state: "hidden", timeout: 40_000 });
    await seen(page.getByRole("navigation").getByRole("link", { name: /Messenger$/ }));
    const channels = await own.call<{ kind: string }[]>("Channels.List");
    expect(channels.map(({ kind }) => kind).sort()).toEqual(["messenger", "whatsapp"]);
  });
});

interface Screen {
  name: string;
  go: (page: Page) => Promise<void>;
}

const screens: Screen[] = [
  { name: "conversation by WhatsApp", go: (page) => row(page, "WhatsApp").first().click() },
  { name: "conversation by Messenger", go: (page) => row(page, "Messenger").first().click() },
  {
    name: "channels of every kind",
    go: async (page) => {
      await page.goto(`${demo.url}#/settings`);
      await seen(page.locator("#channels .channel").nth(2));
    },
  },
];

describe.each<[Theme, string]>([["light", "en-GB"], ["dark", "nl-NL"]])("chat can be used by everybody: %s, %s", (theme, language) => {
  test.each(screens)("$name", async ({ go }) => {
    const page = await openWindow(browser, demo, { theme, language, width: 900 });
    await seen(rows(page));
    await go(page);
    await faultless(page);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.context().close();
  });
});
