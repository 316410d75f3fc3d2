import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { calls, open } from "../../test/render";

test("about says which Postvak this is, and shows a licence when it is opened", async () => {
  const { backend, user } = await open("#/settings/about");
  const card = within(await screen.findByRole("region", { name: "Postvak 1.0.0" }));
  expect(card.getByText(/commit 0123456789ab of .*2026/)).toBeTruthy();
  const licences = await screen.findByRole("region", { name: "Licences" });
  const entry = within(licences).getByText(/svelte 5\.57\.3/);
  expect(entry.textContent).toContain("MIT");
  expect(calls(backend, "settings.licence")).toEqual([]);
  await user.click(entry);
  expect(await screen.findByText("Copyright (c) the authors of svelte")).toBeTruthy();
  await user.click(entry);
  await user.click(entry);
  await waitFor(() => expect(calls(backend, "settings.licence")).toEqual([["svelte"]]));
});

test("a licence that cannot be read says so, and the others can", async () => {
  const { user } = await open("#/settings/about", {
    before: (name, of) => {
      if (name === "settings.licence" && of === "svelte") throw '{"code":"not_found","message":"There is nothing called svelte.","detail":""}';
    },
  });
  await user.click(await screen.findByText(/svelte 5\.57\.3/));
  expect(await screen.findByText("There is nothing called svelte.")).toBeTruthy();
  await user.click(screen.getByText(/Go 1\.26\.0/));
  expect(await screen.findByText("Copyright (c) the authors of Go")).toBeTruthy();
});

test("about in Dutch", async () => {
  await open("#/settings/about", { settings: { language: "nl" } });
  expect(await screen.findByRole("region", { name: "Licenties" })).toBeTruthy();
  expect(screen.getByText(/Gemaakt van commit 0123456789ab/)).toBeTruthy();
});
