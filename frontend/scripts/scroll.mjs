// Scrolls through the list of a running Postvak (its address is the argument)
// with the wheel and by dragging, and prints what the browser noticed meanwhile:
// {"Longest", "Long", "Gap", "Rows"}: the longest task that it calls long and how
// many there were, the longest time between two pictures, in ms, and the rows
// that were seen.
import { chromium } from "playwright-core";

const address = process.argv[2];
const browser = await chromium.launch({
  executablePath: process.env.POSTVAK_CHROMIUM ?? "/usr/bin/chromium",
  args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(`${address}#/section/unassigned`);
const list = page.locator("#conversations");
await list.getByRole("option").first().waitFor();
await list.hover();

await page.evaluate(() => {
  const seen = { Longest: 0, Long: 0, Gap: 0, rows: new Set() };
  window.seen = seen;
  new PerformanceObserver((all) => {
    for (const task of all.getEntries()) {
      seen.Long += 1;
      seen.Longest = Math.max(seen.Longest, task.duration);
    }
  }).observe({ type: "longtask" });
  let before = performance.now();
  const picture = (now) => {
    seen.Gap = Math.max(seen.Gap, now - before);
    before = now;
    for (const row of document.querySelectorAll('#conversations [role="option"]')) seen.rows.add(row.id);
    requestAnimationFrame(picture);
  };
  requestAnimationFrame(picture);
});

for (let turn = 0; turn < 60; turn++) {
  await page.mouse.wheel(0, turn < 40 ? 700 : -900);
  await page.waitForTimeout(25);
}
for (let part = 1; part <= 20; part++) {
  await list.evaluate((box, share) => (box.scrollTop = box.scrollHeight * share), part / 21);
  await page.waitForTimeout(50);
}
await page.waitForTimeout(300);

const { rows, ...seen } = await page.evaluate(() => ({ ...window.seen, rows: window.seen.rows.size }));
console.log(JSON.stringify({ ...seen, Rows: rows }));
await browser.close();
