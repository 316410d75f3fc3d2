import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser } from "./support/browser";
import { Postvak } from "./support/postvak";
import { openWindow, rows, seen } from "./support/window";

// What somebody sees of teammates who work on the same conversation.

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

/** A customer writes, and the conversation is opened; gives its id. */
async function begin(name: string, subject: string): Promise<string> {
  const from = `${name.toLowerCase().replace(/\s/g, ".")}@example.nl`;
  await postvak.call("Sandbox.Deliver", { channel: "email", from, name, subject, text: "Hallo!" });
  const row = rows(page).filter({ hasText: name });
  await seen(row);
  await row.first().click();
  await seen(page.getByRole("button", { name: `${name}: what to do` }));
  return decodeURIComponent(new URL(page.url()).hash.replace(/^#\/conversation\//, "").replace(/\?.*/, ""));
}

const mate = (does: Record<string, unknown>) => postvak.call("Sandbox.Teammate", "Sanne Vermeer", does);
const reply = () => page.getByRole("textbox", { name: /^Reply to/ });
const mails = async (words: string) =>
  (await postvak.call<{ text: string }[]>("Sandbox.Sent")).filter((mail) => mail.text.includes(words)).length;

describe("teammates in one conversation", () => {
  test("who is writing is told, and an answer given meanwhile is asked about", async () => {
    const conversationId = await begin("Wendy Kruis", "Wanneer open?");
    await mate({ do: "drafting", conversationId });
    await seen(page.getByText("Sanne Vermeer is writing an answer"));

    await reply().fill("We zijn open tot zes.");
    await seen(page.getByText("Draft saved"));
    await mate({ do: "answer", conversationId, text: "Tot half zes." });
    await seen(page.getByText(/Sanne Vermeer answered at \d\d:\d\d, while you were writing/));

    await page.getByRole("button", { name: "Send", exact: true }).click();
    const asked = page.getByRole("dialog", { name: "Sanne Vermeer answered while you were writing" });
    await seen(asked);
    await asked.getByRole("button", { name: "Look at it" }).click();
    await seen(page.getByRole("article").filter({ hasText: "Tot half zes." }));
    expect(await reply().inputValue()).toBe("We zijn open tot zes.");
    expect(await mails("We zijn open tot zes.")).toBe(0);

    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => mails("We zijn open tot zes."), { timeout: 30_000 }).toBe(1);
  });

  test("a teammate is named in a note by keyboard, and marked; no customer gets it", async () => {
    await begin("Xander Duin", "Kapot");
    await page.keyboard.press("n");
    await page.keyboard.type("Kijk jij, @sann");
    await seen(page.getByRole("listbox", { name: "Mention somebody" }));
    await page.keyboard.press("Enter");
    await page.keyboard.type("even?");
    await page.keyboard.press("Control+Enter");
    const note = page.getByRole("article", { name: /^Note from/ });
    await seen(note);
    expect(await note.locator("strong").last().innerText()).toBe("@Sanne Vermeer");
    expect(await mails("Kijk jij")).toBe(0);
  });

  test("a note that is for me says so", async () => {
    const conversationId = await begin("Yara Veld", "Retour");
    await mate({ do: "note", conversationId, text: "@Robin Hofman dit is voor jou" });
    await seen(page.getByText("Note · for you"));
  });

  test("what a teammate does shows without a reload", async () => {
    const conversationId = await begin("Zeno Bos", "Vraag");
    await mate({ do: "assign", conversationId, memberId: "tomasz" });
    await seen(page.getByText(/Sanne Vermeer assigned this to Tomasz Nowicki/));
    await mate({ do: "close", conversationId });
    await seen(page.getByRole("button", { name: "Reopen", exact: true }));
  });
});
