import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { corpusPayloads, hasCorpus } from "./html/corpus";
import type { Mode } from "./html/harness";
import { seeds } from "./html/seeds";
import { serveHarness, type Site } from "./html/site";
import { count, watch, type Misdeeds } from "./html/watch";
import { startBrowser } from "./support/browser";

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([serveHarness(), startBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

interface Opened {
  context: BrowserContext;
  page: Page;
  misdeeds: Misdeeds;
}

async function open(mode: Mode): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
  const page = await context.newPage();
  const misdeeds = await watch(context, page, site.url);
  await page.goto(mode === "real" ? site.url : site.withoutPolicy);
  await page.waitForFunction(() => "harness" in window);
  return { context, page, misdeeds };
}

/** Shows mails in one page, some at a time, and does everything to them that a person could. */
async function showAll(mails: string[], mode: Mode): Promise<Misdeeds> {
  const total: Misdeeds = { ran: [], reached: [] };
  let opened = await open(mode);
  for (let at = 0; at < mails.length; at += 40) {
    const group = mails.slice(at, at + 40);
    await opened.page
      .evaluate(([some, how]) => window.harness.show(some, how), [group, mode] as const)
      .catch(() => undefined);
    await opened.page.evaluate(() => window.harness.touchEverything()).catch(() => undefined);
    await opened.page.waitForTimeout(150);
    total.ran.push(...opened.misdeeds.ran.splice(0));
    total.reached.push(...opened.misdeeds.reached.splice(0));
    // A page that was led away, or hung, is no longer the message view.
    if (!(await opened.page.evaluate(() => "harness" in window).catch(() => false))) {
      await opened.context.close();
      opened = await open(mode);
    }
  }
  await opened.context.close();
  return total;
}

function protects(name: string, payloads: () => string[], skip = false): void {
  describe.skipIf(skip)(`hostile HTML: ${name}`, () => {
    test("as the window shows it, nothing runs and nothing reaches the network", async ({ task }) => {
      const found = await showAll(payloads(), "real");
      count(task, "as the window shows them", payloads(), found);
      expect(found.ran).toEqual([]);
      expect(found.reached).toEqual([]);
    });

    test("with the sanitiser off, nothing runs", async ({ task }) => {
      const found = await showAll(payloads(), "unsanitised");
      count(task, "without the sanitiser", payloads(), found);
      expect(found.ran).toEqual([]);
    });

    test("with the frame's protection off, nothing runs", async ({ task }) => {
      const found = await showAll(payloads(), "unframed");
      count(task, "without the frame's protection", payloads(), found);
      expect(found.ran).toEqual([]);
    });
  });
}

protects("our own seeds", () => seeds);
protects("the reference payloads", corpusPayloads, !hasCorpus);

test("the watcher sees what unprotected mail does", async ({ task }) => {
  const found = await showAll(seeds, "raw");
  count(task, "without any protection", seeds, found);
  expect(found.ran.length).toBeGreaterThan(3);
  expect(found.reached.length).toBeGreaterThan(5);
});

describe("what mail keeps", () => {
  const pixel = "data:image/png;base64,iVBORw0KGgo=";
  const cases: [string, string, RegExp][] = [
    [
      "a style attribute",
      '<p style="color: red; position: fixed">x</p>',
      /<p style="color: red">x<\/p>/,
    ],
    [
      "a style sheet",
      "<style>p { color: red; background: url(//x) }</style><p>x</p>",
      /p { color: red[;} ]/,
    ],
    [
      "a media query",
      "<style>@media (max-width: 600px) { p { color: red } }</style>x",
      /@media \(max-width: 600px\) {\np { color: red }\n}/,
    ],
    [
      "a table",
      '<table width="600" cellpadding="4"><tr><td bgcolor="#eee">x</td></tr></table>',
      /<td bgcolor="#eee">x/,
    ],
    [
      "a picture of its own",
      `<img src="${pixel}" alt="logo">`,
      /<img src="data:image\/png;base64,iVBORw0KGgo=" alt="logo">/,
    ],
    ["text in any direction", '<p dir="rtl">שלום</p>', /<p dir="rtl">שלום<\/p>/],
    ["the words of a form", "<form><p>Hello</p><button>Go</button></form>", /<p>Hello<\/p>Go/],
  ];
  test.each(cases)("%s", async (_name, mail, expected) => {
    const { page, context } = await open("real");
    const safe = await page.evaluate((text) => window.harness.sanitise(text), mail);
    expect(safe.html).toMatch(expected);
    await context.close();
  });

  test("images from elsewhere are counted and left out", async () => {
    const { page, context } = await open("real");
    const safe = await page.evaluate(
      (text) => window.harness.sanitise(text),
      '<img src="https://shop.example/a.png"><img src="//shop.example/b.png"><img src="cid:c"><td background="https://x.example/d">',
    );
    expect(safe.remoteImages).toBe(2);
    expect(safe.html).not.toMatch(/example|cid:/);
    await context.close();
  });

  test("a link is followed only through the window, which is told where it really leads", async () => {
    const { page, context, misdeeds } = await open("real");
    const mail =
      '<a href="https://www.bank.example@evil.example/pay">https://www.bank.example</a> <a href="javascript:alert(1)">x</a>';
    await page.evaluate((text) => window.harness.show([text], "real"), mail);
    await page.frameLocator("iframe").getByText("https://www.bank.example").click();
    await expect
      .poll(() => page.evaluate(() => window.harness.links))
      .toEqual(["evil.example https://evil.example/pay"]);
    await page.frameLocator("iframe").getByText("https://www.bank.example").click();
    await expect.poll(() => page.evaluate(() => window.harness.links.length)).toBe(2);
    expect(misdeeds).toEqual({ ran: [], reached: [] });
    await context.close();
  });

  test("the frame is as high as the mail", async () => {
    const { page, context } = await open("real");
    await page.evaluate(
      (text) => window.harness.show([text], "real"),
      '<div style="height: 700px">x</div>',
    );
    await expect
      .poll(() => page.locator("iframe").evaluate((frame) => frame.clientHeight))
      .toBeGreaterThan(700);
    await context.close();
  });
});
