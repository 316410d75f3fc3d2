import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { caps } from "$lib/keys/keymap";
import { commands } from "$lib/keys/commands";
import { open } from "../../test/render";

const handles = { focusReply: () => undefined, focusNote: () => undefined, focusSearch: () => undefined };

test("the help lists every key that is bound", async () => {
  const { app, user } = await open("#/section/mine");
  await screen.findByRole("listbox", { name: "Assigned to me" });
  await user.keyboard("?");
  const dialog = await screen.findByRole("dialog", { name: "Shortcuts" });
  const shown = [...dialog.querySelectorAll("dl > div")].map((row) => [row.querySelector("dt")?.textContent, [...row.querySelectorAll("kbd")].map((cap) => cap.textContent).join(" ")]);
  for (const command of commands(app, handles)) {
    for (const keys of command.keys) expect(shown).toContainEqual([command.title(), caps(keys).flat().join(" ")]);
  }
});

test("no key does two things", async () => {
  const { app } = await open("#/section/mine");
  const keys = commands(app, handles).flatMap((command) => command.keys);
  expect(keys.length).toBe(new Set(keys).size);
});

test("the palette finds a command by its words and runs it", async () => {
  const { user } = await open("#/section/mine");
  await screen.findByRole("listbox", { name: "Assigned to me" });
  await user.keyboard("{Control>}k{/Control}");
  const dialog = await screen.findByRole("dialog", { name: "Search and commands" });
  await user.type(within(dialog).getByRole("combobox"), "settin");
  const option = await within(dialog).findByRole("option", { name: /^Settings(?!:)/ });
  await user.click(option);
  expect(location.hash).toBe("#/settings");
});

test("the palette opens the conversation of a pasted link", async () => {
  const { user } = await open("#/section/mine");
  await screen.findByRole("listbox", { name: "Assigned to me" });
  await user.keyboard("{Control>}k{/Control}");
  const dialog = await screen.findByRole("dialog", { name: "Search and commands" });
  await user.click(within(dialog).getByRole("combobox"));
  await user.paste("postvak://conversation/c7");
  await user.click(await within(dialog).findByRole("option", { name: "Open the conversation of this link" }));
  expect(location.hash).toBe("#/conversation/c7");
});
