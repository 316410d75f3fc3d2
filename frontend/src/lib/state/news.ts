import type { Notice } from "$lib/backend";
import { m } from "$lib/i18n";
import type { App } from "./app.svelte";
import { phone } from "$lib/text/phone";
import { to } from "./router.svelte";

/** What a toast is about that tells of news in a conversation. */
export const newsAbout = (conversationId: string): string => `news ${conversationId}`;

/**
 * Tells of news in a browser's page. In a window of the system that would be
 * twice: there the system shows it.
 */
export function tellNews({ backend, router, toasts }: App, notice: Notice): void {
  if (backend.window.native || notice.outcome !== "shown" || notice.medium === "email") return;
  // The system shows numbers as it likes; here they are read as everywhere else.
  const title = notice.title.replace(/^\+\d+/, phone);
  const place = placeOf(notice);
  toasts.news(newsAbout(notice.code === "digest" ? "" : notice.conversationId), title, notice.body, place ? [{ label: m.open(), run: () => router.go(place) }] : []);
}

// A digest is about several: it opens the list that has most to do with it. A
// test is about none.
function placeOf({ code, conversationId, event }: Notice): string {
  if (code !== "digest") return conversationId && to.conversation(conversationId);
  return to.section(event === "mine" || event === "assignedToMe" || event === "windowClosing" ? "mine" : event || "unassigned");
}
