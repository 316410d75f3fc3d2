import type { Browser, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { Postvak } from "./postvak";

export type Theme = "light" | "dark";

/** Waits until something is on the screen. */
export async function seen(what: Locator, timeout = 20_000): Promise<void> {
  await what.first().waitFor({ state: "visible", timeout });
}

/** Opens the program's window in a browser and fails the test on any error it reports. */
export async function openWindow(
  browser: Browser,
  postvak: Postvak,
  options: { theme?: Theme; width?: number; language?: string; hash?: string } = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 800 },
    colorScheme: options.theme ?? "light",
    locale: options.language ?? "en-GB",
    timezoneId: "Europe/Amsterdam",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) =>
    expect.fail(`the window reports: ${error.stack ?? error.message}`),
  );
  await page.goto(postvak.url + (options.hash ?? ""));
  return page;
}

/** The rows of the list. */
export const rows = (page: Page): Locator => page.getByRole("option");

/** Opens a section by its name in the rail. */
export async function openSection(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name }).or(page.getByRole("button", { name })).first().click();
}
