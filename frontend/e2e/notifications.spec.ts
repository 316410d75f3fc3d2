import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser } from "./support/browser";
import { Postvak } from "./support/postvak";
import { openWindow, rows, seen } from "./support/window";

interface Row {
  conversationId: string;
  contact: string;
  medium: string;
  outcome: string;
  code: string;
}

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

const dialog = () => page.getByRole("dialog", { name: "Notifications" });
const openBell = async () => {
  await page.getByRole("button", { name: /^Notifications/ }).click();
  await seen(dialog());
};
const box = (event: RegExp, medium: string) => dialog().getByRole("checkbox", { name: new RegExp(`${event.source}.*: ${medium}$`) });
const unassigned = () => box(/unassigned conversations/, "Desktop");
const save = async () => {
  await dialog().getByRole("button", { name: "Save" }).click();
  await dialog().waitFor({ state: "hidden" });
};

async function deliver(from: string, name: string, subject: string): Promise<void> {
  await postvak.call("Sandbox.Deliver", { channel: "email", from, name, subject, text: "Hoi" });
}

/** What the history says of one contact's mail by now, on the desktop. */
async function heard(contact: string): Promise<Row | undefined> {
  const { rows: found } = await postvak.call<{ rows: Row[] }>("Notifications.History", { after: "", limit: 100, everyone: false });
  return found.find((row) => row.contact.includes(contact) && row.medium === "desktop");
}

const told = (contact: string) => expect.poll(async () => (await heard(contact))?.outcome ?? "", { timeout: 20_000 });

describe("the bell", () => {
  test("Save stores the choices, also over a reload; Cancel leaves all as it was", async () => {
    await openBell();
    const others = box(/assigned to other users/, "E-mail");
    expect(await others.isChecked()).toBe(false);
    await others.check();
    await dialog().getByRole("switch", { name: "Quiet hours" }).click();
    await dialog().getByRole("textbox", { name: "Start of quiet hours" }).fill("3:05");
    await dialog().getByRole("textbox", { name: "End of quiet hours" }).fill("03.06");
    await dialog().getByRole("button", { name: "Sunday" }).click();
    await save();
    await page.reload();
    await openBell();
    expect(await others.isChecked()).toBe(true);
    expect(await dialog().getByRole("textbox", { name: "Start of quiet hours" }).inputValue()).toBe("03:05");
    expect(await dialog().getByRole("button", { name: "Sunday" }).getAttribute("aria-pressed")).toBe("false");

    await others.uncheck();
    await dialog().getByRole("switch", { name: "Quiet hours" }).click();
    await dialog().getByRole("switch", { name: "Quiet for an hour" }).click();
    await dialog().getByRole("button", { name: "Cancel" }).click();
    await page.reload();
    await openBell();
    expect(await others.isChecked()).toBe(true);
    expect(await dialog().getByRole("switch", { name: "Quiet hours" }).getAttribute("aria-checked")).toBe("true");
    expect(await dialog().getByRole("switch", { name: "Quiet for an hour" }).getAttribute("aria-checked")).toBe("false");
    await dialog().getByRole("switch", { name: "Quiet hours" }).click();
    await save();
  });

  test("is used by the keyboard alone", async () => {
    await page.keyboard.press("b");
    await seen(dialog());
    const first = box(/assigned to you/, "Desktop").first();
    await expect.poll(() => first.evaluate((field) => field === document.activeElement)).toBe(true);
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await dialog().waitFor({ state: "hidden" });
    await page.keyboard.press("b");
    await seen(dialog());
    expect(await first.isChecked()).toBe(false);
    await first.check();
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "hidden" });
    await openBell();
    expect(await first.isChecked()).toBe(false);
    await first.check();
    await save();
  });

  test("quiet for an hour is said beside it until it is ended", async () => {
    await openBell();
    await dialog().getByRole("switch", { name: "Quiet for an hour" }).click();
    await save();
    await seen(page.getByRole("button", { name: /^Notifications: Quiet until \d\d:\d\d$/ }));
    await deliver("stil@rust.example", "Stil Rustig", "In de stilte");
    await seen(rows(page).filter({ hasText: "Stil Rustig" }));
    await page.goto(`${page.url().split("#")[0]}#/settings/notifications`);
    await page.getByRole("button", { name: "End quiet" }).click();
    await seen(page.getByText("Notifications are switched on for this desktop."));
    await told("Stil Rustig").toBe("shown");
    await page.keyboard.press("Escape");
  });
});

describe("why was I not notified?", () => {
  test("what was kept away stands there with its reason, and Fix leads to the bell", async () => {
    await openBell();
    await unassigned().uncheck();
    await save();
    await deliver("uit@winkel.example", "Uit Gezet", "Hoort niemand");
    await told("Uit Gezet").toBe("suppressed");

    await openBell();
    await dialog().getByRole("link", { name: "Why was I not notified?" }).click();
    const row = page.getByRole("listitem").filter({ hasText: "Uit Gezet" });
    await seen(row);
    const text = (await row.textContent()) ?? "";
    expect(text).toMatch(/Not shown/);
    expect(text).toMatch(/switched off behind the bell/);
    await row.getByRole("button", { name: /^Fix: Desktop/ }).click();
    await unassigned().check();
    await save();

    await row.getByRole("link").click();
    await seen(page.getByRole("button", { name: "Uit Gezet: what to do" }));
    await page.keyboard.press("Escape");
  });

  test("what came is told in the page, and opens there", async () => {
    await page.goto(`${page.url().split("#")[0]}#/section/unassigned`);
    await deliver("wel@winkel.example", "Wel Gehoord", "Dit komt door");
    const toast = page.getByRole("status").filter({ hasText: "Wel Gehoord" });
    await seen(toast);
    await toast.getByRole("button", { name: /^Open/ }).click();
    await seen(page.getByRole("button", { name: "Wel Gehoord: what to do" }));

    // Open in front of one, the next of the same is not told again (R16).
    await page.bringToFront();
    await deliver("wel@winkel.example", "Wel Gehoord", "Re: Dit komt door");
    await expect.poll(async () => (await heard("Wel Gehoord"))?.code, { timeout: 20_000 }).toBe("focused");
    await page.keyboard.press("Escape");
  });

  test("the self-test goes through its steps in order and sends a real e-mail", async () => {
    await page.goto(`${page.url().split("#")[0]}#/settings/notifications`);
    await page.getByRole("button", { name: "Start self-test" }).click();
    await seen(page.getByRole("button", { name: "Test again" }), 40_000);
    const steps = page.getByRole("list", { name: "Self-test" }).getByRole("listitem");
    const names = await steps.locator(".medium").allTextContents();
    expect(names).toEqual(["The bell", "Conversation in front", "Postvak runs", "The tray", "The system’s permission", "Do not disturb", "A test notification", "A test e-mail"]);
    expect((await steps.allTextContents()).every((text) => text.trim().length > 30)).toBe(true);
    const sent = async () => (await postvak.call<{ alert: boolean }[]>("Sandbox.Sent")).some((mail) => mail.alert);
    await expect.poll(sent, { timeout: 20_000 }).toBe(true);
  });
});

test("at 900 wide, in Dutch, neither the dialog nor the page is cut", async () => {
  const narrow = await openWindow(browser, postvak, { width: 900, language: "nl-NL", hash: "#/settings/notifications" });
  await seen(narrow.getByRole("heading", { name: "Geschiedenis" }));
  await narrow.getByRole("button", { name: "Meldingen aanpassen" }).click();
  await seen(narrow.getByRole("button", { name: "Opslaan" }));
  const wide = await narrow.evaluate(() => [...document.querySelectorAll(".dialog, .dialog .body, main, main .scroll, html")].filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.className));
  expect(wide).toEqual([]);
  await narrow.context().close();
});
