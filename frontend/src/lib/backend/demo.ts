import { App } from "$lib/state/app.svelte";
import { fake } from "./fake";
import { now } from "./fakeData";

/** The window over the fake, for development: ?theme=dark&lang=nl&rows=1000000 */
export function demo(): App {
  const ask = new URLSearchParams(location.search);
  const language = ask.get("lang");
  const theme = ask.get("theme");
  const backend = fake({
    firstRun: ask.has("first"),
    offline: ask.has("offline"),
    closed: Number(ask.get("rows") ?? 1284),
    settings: {
      language: language === "nl" || language === "en" ? language : "",
      theme: theme === "dark" || theme === "light" ? theme : "",
    },
  });
  return new App(backend, () => now);
}
