import { tick } from "svelte";
import type { Fix } from "$lib/backend";
import { m } from "$lib/i18n";
import type { App } from "$lib/state/app.svelte";
import { to } from "$lib/state/router.svelte";

/** Brings one to what can be pressed; system: shows what the system's own settings have to say. */
export function fix(app: App, what: Fix, system: () => void): void {
  const { dialogs, router, team, toasts } = app;
  const channels = async () => {
    router.go(to.settings());
    await tick();
    document.querySelector("#channels")?.scrollIntoView();
  };
  const ways: Record<Exclude<Fix, "">, () => void> = {
    bell: () => dialogs.show({ name: "notifications" }),
    channels: () => void channels(),
    you: () => router.go(to.settings()),
    team: () => router.go(to.settings("team")),
    system,
    availability: () => void toasts.attempt(() => team.setAvailable(true)).then((well) => well && toasts.done(m.available_now())),
  };
  if (what) ways[what]?.();
}
