import type { BrowserContext, Page } from "playwright-core";

/** What a mail managed to do. */
export interface Misdeeds {
  /** Scripts that ran: in a frame, or by a dialog anywhere. */
  ran: string[];
  /** Addresses that were asked for, and led to. */
  reached: string[];
}

/** Said beside the test's result, for whoever counts. */
export function count(task: { meta: object }, what: string, shown: string[], found: Misdeeds): void {
  Object.assign(task.meta, {
    counts: `${shown.length} mails ${what}: ${found.ran.length} scripts ran, ${found.reached.length} addresses were reached`,
  });
}

/** Watches a page for everything that mail must not be able to do. */
export async function watch(context: BrowserContext, page: Page, home: string): Promise<Misdeeds> {
  const misdeeds: Misdeeds = { ran: [], reached: [] };
  await context.route("**/*", async (route) => {
    const url = route.request().url();
    if (url.startsWith(home)) return route.continue();
    if (!url.startsWith("data:") && !url.startsWith("blob:")) misdeeds.reached.push(url);
    return route.abort();
  });
  context.on("page", (popup) => {
    misdeeds.reached.push(`a window of its own: ${popup.url()}`);
    void popup.close();
  });
  page.on("dialog", async (dialog) => {
    misdeeds.ran.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss().catch(() => undefined);
  });
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame() && !frame.url().startsWith(home))
      misdeeds.reached.push(`the whole window: ${frame.url()}`);
  });
  page.on("download", (download) => misdeeds.reached.push(`a download: ${download.url()}`));
  await watchScripts(context, page, misdeeds);
  return misdeeds;
}

// The debugger sees every script that is compiled to be run, whatever it does
// and wherever it stands.
async function watchScripts(
  context: BrowserContext,
  page: Page,
  misdeeds: Misdeeds,
): Promise<void> {
  const session = await context.newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  session.on("Debugger.scriptParsed", (script) => {
    const where = script.executionContextAuxData as
      { frameId?: string; isDefault?: boolean } | undefined;
    // Chromium's own error page, where a frame was led to nowhere, is no mail.
    if (script.url.startsWith("chrome-error:")) return;
    if (where?.isDefault && where.frameId !== frameTree.frame.id)
      misdeeds.ran.push(`script in a frame: ${script.url}`);
  });
  await session.send("Debugger.enable");
}
