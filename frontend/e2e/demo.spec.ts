import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser } from "./support/browser";
import { Postvak } from "./support/postvak";
import { openWindow, rows, seen } from "./support/window";

interface SentMail {
  to: string;
  subject: string;
  text: string;
}

let browser: Browser;
let postvak: Postvak;
let page: Page;

beforeAll(async () => {
  browser = await startBrowser();
  postvak = await Postvak.start({ sandbox: true });
  await postvak.call("Settings.Save", { undoSendSeconds: 0 });
  page = await openWindow(browser, postvak);
  await seen(rows(page));
});

afterAll(async () => {
  await browser?.close();
  await postvak?.stop();
});

async function deliver(from: string, name: string, subject: string, text: string): Promise<void> {
  await postvak.call("Sandbox.Deliver", { channel: "email", from, name, subject, text });
}

const row = (name: string) => rows(page).filter({ hasText: name });
const section = (name: RegExp) => page.getByRole("navigation").getByText(name);

async function open(name: string): Promise<void> {
  await seen(row(name));
  await row(name).first().click();
  await seen(page.getByRole("button", { name: `${name}: what to do` }));
}

describe("the demo team in a browser", () => {
  test("a customer writes, is answered, closed, and writes again", async () => {
    await deliver(
      "nora@lente.example",
      "Nora Lente",
      "Vraag over levertijd",
      "Wanneer komt mijn lamp?",
    );
    await open("Nora Lente");
    await seen(page.getByText("Wanneer komt mijn lamp?"));

    await page.getByRole("textbox", { name: /^Reply to/ }).fill("Morgen, met de post. Groeten!");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await seen(page.getByText("Morgen, met de post."));
    const sent = async () =>
      (await postvak.call<SentMail[]>("Sandbox.Sent")).filter((mail) =>
        mail.to.includes("nora@lente.example"),
      );
    await expect.poll(sent, { timeout: 20_000 }).toHaveLength(1);
    const [mail] = await sent();
    expect(mail?.subject).toBe("Re: Vraag over levertijd");
    expect(mail?.text).toContain("Morgen, met de post.");
    expect(mail?.text).toContain("> Wanneer komt mijn lamp?");

    await page.getByRole("button", { name: "Close conversation" }).click();
    await expect.poll(() => row("Nora Lente").count()).toBe(0);

    await deliver(
      "nora@lente.example",
      "Nora Lente",
      "Re: Vraag over levertijd",
      "Hij is er nog niet.",
    );
    await seen(row("Nora Lente"));
    await open("Nora Lente");
    await seen(page.getByText("Hij is er nog niet."));
  });

  test("closing can be undone", async () => {
    await deliver("olaf@haven.example", "Olaf Haven", "Even terug", "Hoi");
    await open("Olaf Haven");
    await page.getByRole("button", { name: "Close conversation" }).click();
    await expect.poll(() => row("Olaf Haven").count()).toBe(0);
    await page.getByRole("button", { name: /^Undo/ }).last().click();
    await seen(row("Olaf Haven"));
  });

  test("assigning to me moves it to Assigned to me; the unavailable are greyed with the reason", async () => {
    await deliver("piet@polder.example", "Piet Polder", "Van mij", "Hoi");
    await open("Piet Polder");
    await page.getByRole("button", { name: "Assign", exact: true }).click();
    await seen(page.getByText(/Not available since/));
    await page.getByRole("option", { name: /\(you\)/ }).click();
    await expect.poll(() => row("Piet Polder").count()).toBe(0);
    await section(/^Assigned to me/).click();
    await seen(row("Piet Polder"));
    await section(/^Unassigned/).click();
  });

  test("everything is read, found and written without a network, and goes out afterwards", async () => {
    await deliver(
      "quinn@eiland.example",
      "Quinn Eiland",
      "Kwispelstaart",
      "Zonder netwerk gelezen.",
    );
    await seen(row("Quinn Eiland"));
    await postvak.call("Sandbox.Offline", true);
    await seen(page.getByText(/Offline since/));
    await open("Quinn Eiland");
    await page.getByRole("textbox", { name: /^Reply to/ }).fill("Onderweg geschreven.");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await seen(page.getByText(/Waiting to send/));
    expect(
      (await postvak.call<SentMail[]>("Sandbox.Sent")).some((mail) =>
        mail.text.includes("Onderweg"),
      ),
    ).toBe(false);

    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Search/ }).click();
    await page.getByRole("combobox").or(page.getByRole("searchbox")).first().fill("kwispelst*");
    await page.keyboard.press("Enter");
    await seen(page.getByText("Quinn Eiland"));

    await postvak.call("Sandbox.Offline", false);
    const arrived = async () =>
      (await postvak.call<SentMail[]>("Sandbox.Sent")).filter((mail) =>
        mail.text.includes("Onderweg"),
      ).length;
    await expect.poll(arrived, { timeout: 60_000 }).toBe(1);
    await page.keyboard.press("Escape");
    await section(/^Unassigned/).click();
  });

  test("a draft is kept while one looks elsewhere", async () => {
    await deliver("rosa@berg.example", "Rosa Berg", "Concept", "Hoi");
    await deliver("sem@dal.example", "Sem Dal", "Ander", "Hoi");
    // A row that still moves down would be missed by the click.
    await seen(row("Sem Dal"));
    await open("Rosa Berg");
    await page.getByRole("textbox", { name: /^Reply to/ }).fill("Half af: ça va, 日本, 👍");
    await seen(page.getByText("Draft saved"));
    await open("Sem Dal");
    await open("Rosa Berg");
    await expect
      .poll(() => page.getByRole("textbox", { name: /^Reply to/ }).inputValue())
      .toBe("Half af: ça va, 日本, 👍");
  });

  test("the keyboard alone: next, open, close, undo, help", async () => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await seen(page.getByRole("dialog", { name: /Shortcuts/ }));
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("u");
    const before = await rows(page).count();
    expect(before).toBeGreaterThan(0);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await seen(page.getByRole("button", { name: "Close conversation" }));
    await page.keyboard.press("Escape");
    await page.keyboard.press("e");
    await seen(page.getByRole("button", { name: /^Undo/ }));
    await page.keyboard.press("z");
  });
});
