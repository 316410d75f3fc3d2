import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { calls, open } from "../test/render";

test("a search marks what it found and leads there", async () => {
  const { user } = await open("#/section/mine");
  await screen.findByRole("listbox", { name: "Assigned to me" });
  await user.keyboard("/");
  const input = await screen.findByRole("searchbox", { name: "Search" });
  await waitFor(() => expect(document.activeElement).toBe(input));
  await user.type(input, "crack");
  const main = within(screen.getByRole("main", { name: "Search" }));
  await waitFor(() => expect(main.getByText("1 message found")).toBeTruthy());
  await user.clear(input);
  await user.type(input, "zzz");
  expect(await main.findByText("Nothing found for “zzz”")).toBeTruthy();
});

test("settings are stored one by one and shown at once", async () => {
  const { backend, user } = await open("#/settings");
  await user.click(await screen.findByRole("radio", { name: "Nederlands" }));
  expect(await screen.findByRole("heading", { name: "Instellingen" })).toBeTruthy();
  expect(document.documentElement.lang).toBe("nl");
  await user.click(screen.getByRole("radio", { name: "Donker" }));
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  expect(calls(backend, "settings.save")).toEqual([[{ language: "nl" }], [{ theme: "dark" }]]);
});

test("a channel is checked step by step", async () => {
  const { user } = await open("#/settings");
  await user.click((await screen.findAllByRole("button", { name: "Check" }))[0] as HTMLElement);
  expect(await screen.findByText("The server for sending refuses the password.")).toBeTruthy();
});

test("disconnecting and rebuilding ask first", async () => {
  const { backend, user } = await open("#/settings");
  await user.click((await screen.findAllByRole("button", { name: "Disconnect" }))[0] as HTMLElement);
  const first = within(await screen.findByRole("dialog", { name: /^Disconnect/ }));
  expect(first.getByText(/^E-mail channel .+@/)).toBeTruthy();
  await user.click(first.getByRole("button", { name: "Cancel" }));
  expect(calls(backend, "channels.disconnect")).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Rebuild the cache" }));
  const second = within(await screen.findByRole("dialog", { name: "Rebuild the cache" }));
  await user.click(second.getByRole("button", { name: "Rebuild" }));
  await waitFor(() => expect(calls(backend, "settings.rebuild")).toHaveLength(1));
});

test("being offline is said where one looks, with what waits", async () => {
  await open("#/section/mine", { offline: true });
  const banner = (await screen.findAllByRole("status")).find((each) => each.textContent?.includes("waits and is sent later"));
  expect(banner?.textContent).toMatch(/Offline since \d\d:\d\d/);
  expect(banner?.textContent).toMatch(/Waiting to retry at \d\d:\d\d/);
  expect(screen.getByText(/No network · waiting to retry at \d\d:\d\d/)).toBeTruthy();
});

test("progress of a first sync is in the status line (R35)", async () => {
  const { backend, app } = await open("#/section/mine");
  const [channel] = app.status.value.channels;
  backend.emit("status.changed", { ...app.status.value, channels: [{ ...channel, done: 1204, total: 8310 }] } as never);
  expect(await screen.findByText("Syncing 1,204 of 8,310")).toBeTruthy();
});

test("a slip in the time to undo does not make everything go out at once", async () => {
  const { backend, user } = await open("#/settings");
  const field = await screen.findByRole("spinbutton", { name: /undo sending/ });
  await user.clear(field);
  await user.type(field, "-5");
  await user.tab();
  expect(await screen.findByText(/It stays at 5/)).toBeTruthy();
  expect(calls(backend, "settings.save")).toEqual([]);
  expect(field).toHaveProperty("value", "5");
  await user.clear(field);
  await user.type(field, "20");
  await user.tab();
  await waitFor(() => expect(calls(backend, "settings.save")).toEqual([[{ undoSendSeconds: 20 }]]));
});
