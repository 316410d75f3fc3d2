import { expect, test } from "vitest";
import { fake } from "$lib/backend/fake";
import type { Settings } from "$lib/backend";
import { SettingsState } from "./settings.svelte";

test.each<[Pick<Settings, "language" | "systemLanguage">, string]>([
  [{ language: "", systemLanguage: "nl" }, "nl"],
  [{ language: "en", systemLanguage: "nl" }, "en"],
  [{ language: "", systemLanguage: "" }, "en"], // the window's own
])("it speaks as the program does: %o", async (chosen, locale) => {
  const settings = new SettingsState(fake({ settings: chosen }));
  await settings.load();
  expect(settings.locale).toBe(locale);
});
