import type { Notice } from "$lib/backend";
import { m } from "$lib/i18n";
import type { App } from "./app.svelte";
import { to } from "./router.svelte";

/** What a toast is about that tells of news in a conversation. */
export const newsAbout = (conversationId: string): string => `news ${conversationId}`;

/**
 * Tells of news in a browser's page. In a window of the system that would be
 * twice: there the system shows it.
 */
export function tellNews({ backend, router, toasts }: App, notice: Notice): void {
  if (backend.window.native || notice.outcome !== "shown" || notice.medium === "email") return;
  const { conversationId, title, body } = notice;
  const place = conversationId ? to.conversation(conversationId) : to.section("unassigned");
  toasts.news(newsAbout(conversationId), title, body, { label: m.open(), run: () => router.go(place) });
}
