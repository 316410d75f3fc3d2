import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Mode } from "./html/harness";
import { corpusPayloads, hasCorpus } from "./html/corpus";
import { seeds } from "./html/seeds";
import { serveHarness, type Site } from "./html/site";
import { count, type Misdeeds } from "./html/watch";
import { hasWebKit, startWebKit, type WebKit, type WebKitPage } from "./support/webkit";

// The same mails as in html.spec.ts, in the engine that the real window has on
// Linux. No debugger tells of every script there: what counts as run is a dialog
// and what a script would have changed about the page.

let site: Site;
let webkit: WebKit;

beforeAll(async () => {
  if (!hasWebKit) return;
  site = await serveHarness();
  webkit = await startWebKit(site.url);
});

afterAll(async () => {
  await webkit?.close();
  await site?.close();
});

const show = `const [mails, mode, done] = arguments;
  window.harness.show(mails, mode).then(() => { window.harness.touchEverything(); setTimeout(() => done(true), 150); });`;
const alive = `arguments[0](document.title === "Mail under test" && "harness" in window);`;

async function open(mode: Mode): Promise<WebKitPage> {
  const page = await webkit.open();
  await page.goto(mode === "real" ? site.url : site.withoutPolicy);
  return page;
}

async function showAll(mails: string[], mode: Mode): Promise<Misdeeds> {
  webkit.reached.length = 0;
  const ran: string[] = [];
  let page = await open(mode);
  for (let at = 0; at < mails.length; at += 20) {
    await page.run(show, mails.slice(at, at + 20), mode).catch(() => undefined);
    for (let said = await page.dialog(); said !== undefined; said = await page.dialog())
      ran.push(`dialog: ${said}`);
    const whole = (await page.run<boolean>(alive).catch(() => false)) && (await page.windows()).length === 1;
    if (whole) continue;
    if (mode === "real") ran.push(`the page is led away by mails ${at} to ${at + 20}: ${await page.url().catch(String)}`);
    await page.close().catch(() => undefined);
    page = await open(mode);
  }
  await page.close();
  return { ran, reached: [...webkit.reached] };
}

function protects(name: string, payloads: () => string[], skip = false): void {
  describe.skipIf(skip || !hasWebKit)(`hostile HTML in WebKitGTK: ${name}`, () => {
    const ways: [Mode, string][] = [
      ["real", "as the window shows them"],
      ["unsanitised", "without the sanitiser"],
      ["unframed", "without the frame's protection"],
    ];
    for (const [mode, how] of ways)
      test(`${how}, nothing runs`, { timeout: 600_000 }, async ({ task }) => {
        const found = await showAll(payloads(), mode);
        count(task, `in WebKitGTK ${how}`, payloads(), found);
        expect(found.ran).toEqual([]);
        if (mode === "real") expect(found.reached).toEqual([]);
      });
  });
}

protects("our own seeds", () => seeds);
// They take minutes here: make bench-faults asks for them.
protects("the reference payloads", corpusPayloads, !hasCorpus || process.env["POSTVAK_PAYLOADS"] !== "all");

test.skipIf(!hasWebKit)("the watcher sees what unprotected mail does in WebKitGTK", async ({ task }) => {
  const found = await showAll(seeds, "raw");
  count(task, "in WebKitGTK without any protection", seeds, found);
  expect(found.ran.length).toBeGreaterThan(0); // the first dialog of a page keeps the rest waiting
  expect(found.reached.length).toBeGreaterThan(5);
}, 120_000);
