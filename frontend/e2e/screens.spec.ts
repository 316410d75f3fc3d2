import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser } from "./support/browser";
import { Postvak } from "./support/postvak";
import { openWindow, rows, seen, type Theme } from "./support/window";

let browser: Browser;
let demo: Postvak;
let empty: Postvak;

beforeAll(async () => {
  browser = await startBrowser();
  [demo, empty] = await Promise.all([Postvak.start({ sandbox: true }), Postvak.start()]);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await empty?.stop();
});

async function faultless(page: Page): Promise<void> {
  // Mail in its frame is its author's work.
  const { violations } = await new AxeBuilder({ page }).exclude("iframe").analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" | ")}`)).toEqual(
    [],
  );
}

async function moving(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Moving" }).click();
  await seen(page.getByRole("button", { name: "Make a backup" }));
}

/** The form of a provider, with what it says of an empty one and how to get a client ID. */
async function signingIn(page: Page, provider: string, own: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: "Connect a mailbox" }).click();
  await page.getByLabel("E-mail address").fill("robin@example.com");
  await page.getByRole("radio", { name: provider }).check();
  await page.getByRole("button", { name: `Sign in with ${provider}` }).click();
  await seen(page.getByText("Fill in the client ID."));
  await page.getByText("How do I get a client ID?").click();
  await seen(page.getByLabel(own));
}

interface Screen {
  name: string;
  on: () => Postvak;
  go: (page: Page) => Promise<void>;
}

const screens: Screen[] = [
  { name: "first run", on: () => empty, go: (page) => seen(page.getByText("Welcome to Postvak")) },
  {
    name: "connect a mailbox",
    on: () => empty,
    go: async (page) => {
      await page.getByRole("button", { name: "Connect a mailbox" }).click();
      await page.getByRole("button", { name: /^Server settings/ }).click();
      await seen(page.getByText("Incoming mail (IMAP)"));
    },
  },
  { name: "list", on: () => demo, go: (page) => seen(rows(page)) },
  {
    name: "conversation",
    on: () => demo,
    go: async (page) => {
      await rows(page).nth(1).click();
      await seen(page.getByRole("button", { name: "Close conversation" }));
    },
  },
  {
    name: "assign menu",
    on: () => demo,
    go: async (page) => {
      await rows(page).nth(1).click();
      await page.getByRole("button", { name: "Assign", exact: true }).click();
      await seen(page.getByText(/Not available since/));
    },
  },
  {
    name: "new conversation",
    on: () => demo,
    go: async (page) => {
      await page.getByRole("button", { name: "New conversation" }).click();
      await seen(page.getByRole("dialog"));
    },
  },
  {
    name: "shortcuts",
    on: () => demo,
    go: async (page) => {
      await seen(rows(page));
      await page.keyboard.press("?");
      await seen(page.getByRole("dialog"));
    },
  },
  {
    name: "command palette",
    on: () => demo,
    go: async (page) => {
      await seen(rows(page));
      await page.keyboard.press("Control+k");
      await seen(page.getByRole("dialog"));
    },
  },
  {
    name: "join a team",
    on: () => empty,
    go: async (page) => {
      await page.getByRole("button", { name: "Join a team" }).click();
      await page.getByRole("button", { name: "I have no invitation" }).click();
      await page.getByRole("button", { name: /^Server settings/ }).click();
      await seen(page.getByText("Incoming mail (IMAP)"));
    },
  },
  {
    name: "note that names somebody",
    on: () => demo,
    go: async (page) => {
      await rows(page).nth(1).click();
      await page.getByRole("tab", { name: "Note" }).click();
      await page.getByRole("textbox", { name: "Note" }).pressSequentially("Look, @");
      await seen(page.getByRole("listbox", { name: "Mention somebody" }));
    },
  },
  {
    name: "team and members",
    on: () => demo,
    go: async (page) => {
      await page.getByRole("link", { name: "Settings" }).click();
      await page.getByRole("link", { name: "Team", exact: true }).click();
      await page.getByRole("button", { name: /computers and more/ }).first().click();
      await seen(page.getByText(/This computer/));
    },
  },
  {
    name: "diagnostics",
    on: () => demo,
    go: async (page) => {
      await page.getByRole("link", { name: "Settings" }).click();
      await page.getByRole("link", { name: "Diagnostics" }).click();
      await seen(page.getByRole("button", { name: "Copy report" }));
    },
  },
  {
    name: "notifications behind the bell",
    on: () => demo,
    go: async (page) => {
      await seen(rows(page));
      await page.getByRole("button", { name: /^Notifications/ }).click();
      await page.getByRole("switch", { name: "Quiet hours" }).click();
      await seen(page.getByRole("button", { name: "Saturday" }));
    },
  },
  {
    name: "history of notifications",
    on: () => demo,
    go: async (page) => {
      await page.getByRole("link", { name: "Settings" }).click();
      await page.getByRole("link", { name: "Notifications", exact: true }).click();
      await page.getByText("No e-mail alerts come").click();
      await page.getByRole("button", { name: "Start self-test" }).click();
      await seen(page.getByRole("button", { name: "Test again" }), 40_000);
    },
  },
  {
    name: "link to the CRM",
    on: () => demo,
    go: async (page) => {
      await rows(page).nth(1).click();
      await seen(page.getByRole("button", { name: "Link to person, lead or deal" }));
      await page.keyboard.press("l");
      await seen(page.getByRole("combobox", { name: /^Search persons/ }));
    },
  },
  {
    name: "new lead",
    on: () => demo,
    go: async (page) => {
      await rows(page).nth(1).click();
      await seen(page.getByRole("button", { name: "Link to person, lead or deal" }));
      await page.keyboard.press("l");
      await page.getByRole("radio", { name: "Lead" }).click();
      await page.getByRole("option", { name: "New lead" }).click();
      await seen(page.getByRole("textbox", { name: "Value" }));
    },
  },
  {
    name: "canned replies",
    on: () => demo,
    go: async (page) => {
      await page.getByRole("link", { name: "Settings" }).click();
      await page.getByRole("link", { name: "Canned replies" }).click();
      await page.getByRole("button", { name: "New canned reply" }).click();
      await seen(page.getByRole("textbox", { name: "Text" }));
    },
  },
  {
    name: "settings",
    on: () => demo,
    go: async (page) => {
      await page.getByRole("link", { name: "Settings" }).click();
      await seen(page.getByText("Rebuild the cache"));
    },
  },
  { name: "moving", on: () => demo, go: moving },
  {
    name: "restoring a backup over what is here",
    on: () => demo,
    go: async (page) => {
      await moving(page);
      await page.getByRole("button", { name: "Choose a backup" }).click();
      await seen(page.getByRole("dialog").getByText(/on this computer only/));
    },
  },
  {
    name: "removing everything",
    on: () => demo,
    go: async (page) => {
      await moving(page);
      await page.getByRole("button", { name: "Remove everything …" }).click();
      await seen(page.getByRole("dialog").getByText(/^Everything in/));
    },
  },
  {
    name: "exporting a conversation",
    on: () => demo,
    go: async (page) => {
      await rows(page).nth(1).click();
      await page.getByRole("button", { name: /what to do with this conversation/ }).click();
      await page.getByRole("menuitem", { name: "Export conversation" }).click();
      await seen(page.getByRole("radio", { name: /^Web page/ }));
    },
  },
  { name: "signing in with Google", on: () => empty, go: (page) => signingIn(page, "Google", "Client secret") },
  { name: "signing in with Microsoft", on: () => empty, go: (page) => signingIn(page, "Microsoft", /^Tenant/) },
  {
    name: "about, and a licence by keyboard",
    on: () => demo,
    go: async (page) => {
      await page.getByRole("link", { name: "Settings" }).click();
      await page.getByRole("link", { name: "About" }).click();
      await page.getByText(/^SQLite/).focus();
      await page.keyboard.press("Enter");
      await seen(page.getByText("May you do good and not evil"));
      if (process.env["SHOTS"]) await page.screenshot({ path: `${process.env["SHOTS"]}/about-${Date.now()}.png` });
    },
  },
];

describe.each<Theme>(["light", "dark"])("every screen can be used by everybody: %s", (theme) => {
  test.each(screens)("$name", async ({ on, go }) => {
    const page = await openWindow(browser, on(), { theme });
    await go(page);
    // Fading in is not a fault of contrast.
    await page.waitForFunction(() =>
      document.getAnimations().every((a) => a.playState !== "running"),
    );
    await faultless(page);
    await page.context().close();
  });
});

test("Dutch is Dutch from the first screen on", async () => {
  const page = await openWindow(browser, demo, { language: "nl-NL" });
  await seen(page.getByText("Niet toegewezen"));
  await seen(page.getByText("Gesloten gesprekken"));
  await page.context().close();
});

test("at 900 wide the right pane folds away and nothing is cut", async () => {
  const page = await openWindow(browser, demo, { width: 900 });
  await rows(page).nth(1).click();
  await seen(page.getByRole("button", { name: "Close conversation" }));
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - window.innerWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await page.context().close();
});

test("at 900 wide every page of the settings can be reached, in Dutch too", async () => {
  const page = await openWindow(browser, demo, { width: 900, language: "nl-NL" });
  await page.getByRole("link", { name: "Instellingen" }).click();
  const last = page.getByRole("navigation", { name: "Instellingen" }).getByRole("link").last();
  await seen(last);
  const right = await last.evaluate((link) => link.getBoundingClientRect().right);
  expect(right).toBeLessThanOrEqual(900);
  await page.context().close();
});

test("nothing is loaded from anywhere else", async () => {
  const page = await openWindow(browser, demo);
  const foreign: string[] = [];
  const home = new URL(demo.url).origin;
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(home) && !url.startsWith("data:") && !url.startsWith("blob:"))
      foreign.push(url);
  });
  await page.reload();
  for (const at of [0, 1, 2, 3, 4, 5]) {
    await rows(page).nth(at).click();
    await seen(page.getByRole("button", { name: /Close conversation|Reopen/ }));
  }
  expect(foreign).toEqual([]);
  await page.context().close();
});
