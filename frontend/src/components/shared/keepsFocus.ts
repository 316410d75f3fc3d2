import type { Attachment } from "svelte/attachments";

const reachable = ":is(a[href], button:not(:disabled), input:not(:disabled), textarea, summary, [tabindex='0'])";

/**
 * Keeps the keyboard in a pane: when what it stands on goes away (a link that
 * is unlinked, a button that has done its work), it goes on beside that instead
 * of at the top of the window. It never takes the keyboard from anything else.
 */
export const keepsFocus: Attachment<HTMLElement> = (pane) => {
  // What the keyboard stood on last, and what that stood in, innermost first.
  let stood: HTMLElement[] = [];

  function remember(event: FocusEvent) {
    const target = event.target as HTMLElement;
    if (pane.contains(target)) stood = within(target);
    // A dialog gives the keyboard back; whatever else has it may keep it.
    else if (!target.closest("[role=dialog]")) stood = [];
  }

  function within(target: HTMLElement): HTMLElement[] {
    const out: HTMLElement[] = [];
    for (let at: HTMLElement | null = target; at && at !== pane; at = at.parentElement) out.push(at);
    return [...out, pane];
  }

  function look() {
    const [last, ...around] = stood;
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    const near = around.find((each) => each.isConnected && each.querySelector(reachable)) ?? pane;
    (near.querySelector<HTMLElement>(reachable) ?? near).focus();
  }

  const watch = new MutationObserver(look);
  watch.observe(pane, { childList: true, subtree: true });
  // A dialog that closes leaves the body.
  watch.observe(document.body, { childList: true });
  document.addEventListener("focusin", remember);
  return () => {
    watch.disconnect();
    document.removeEventListener("focusin", remember);
  };
};
