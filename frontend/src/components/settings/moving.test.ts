import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";
import { keepLetter, keptLetter } from "$components/composer/kept";
import { BackendError } from "$lib/backend";
import { blankDraft } from "$lib/state/composer.svelte";
import { recentOrders, rememberOrder } from "$lib/state/recent";
import { calls, open } from "../../test/render";

beforeEach(() => localStorage.clear());

test("a backup asks for a passphrase twice, and is offered to be saved", async () => {
  const { backend, user } = await open("#/settings/moving");
  const make = await screen.findByRole("button", { name: "Make a backup" });
  await user.type(screen.getByLabelText("Passphrase"), "short");
  await user.click(make);
  expect(screen.getByLabelText("Passphrase").getAttribute("aria-invalid")).toBe("true");
  await user.type(screen.getByLabelText("Passphrase"), " no longer");
  await user.type(screen.getByLabelText("The same again"), "another one");
  await user.click(make);
  await screen.findByText("These two are not the same.");
  expect(calls(backend, "moving.backup")).toEqual([]);
  await user.clear(screen.getByLabelText("The same again"));
  await user.type(screen.getByLabelText("The same again"), "short no longer");
  await user.click(make);
  await screen.findByText("Backup made");
  expect(calls(backend, "moving.backup")).toEqual([["short no longer"]]);
  expect(screen.getByLabelText<HTMLInputElement>("Passphrase").value).toBe("");
});

test("a backup that was made and not saved is none", async () => {
  const { app, backend, user } = await open("#/settings/moving", { cancels: true });
  await user.type(await screen.findByLabelText("Passphrase"), "short no longer");
  await user.type(screen.getByLabelText("The same again"), "short no longer");
  await user.click(screen.getByRole("button", { name: "Make a backup" }));
  await waitFor(() => expect(calls(backend, "files.save")).toEqual([["parcel-1"]]));
  await waitFor(() => expect(app.moving.busy).toBeUndefined());
  expect(screen.queryByText("Backup made")).toBeNull();
  expect(screen.getByLabelText<HTMLInputElement>("Passphrase").value).toBe("short no longer");
});

test.each([
  ["stays", "was not saved", true, 1],
  ["closes", "was saved", false, 0],
])("the dialog of an export %s when it %s", async (_, __, cancels, left) => {
  const { app, backend, user } = await open("", { cancels });
  app.dialogs.show({ name: "export", id: "c0" });
  await user.click(await screen.findByRole("button", { name: "Export" }));
  await waitFor(() => expect(calls(backend, "files.save")).toHaveLength(1));
  await waitFor(() => expect(app.moving.busy).toBeUndefined());
  await waitFor(() => expect(screen.queryAllByRole("dialog")).toHaveLength(left));
});

test("a backup is chosen first, and then its passphrase typed", async () => {
  const { user } = await open("#/settings/moving");
  await user.click(await screen.findByRole("button", { name: "Choose a backup" }));
  const dialog = within(await screen.findByRole("dialog"));
  await waitFor(() => expect(document.activeElement).toBe(dialog.getByRole("button", { name: "Choose a backup" })));
});

test("a wrong passphrase is said where it was typed, and the file stays chosen", async () => {
  const { backend, user } = await open("#/settings/moving");
  await user.click(await screen.findByRole("button", { name: "Choose a backup" }));
  const dialog = within(await screen.findByRole("dialog"));
  const go = dialog.getByRole<HTMLButtonElement>("button", { name: "Restore" });
  expect(go.disabled).toBe(true);
  await user.click(dialog.getByRole("button", { name: "Choose a backup" }));
  await dialog.findByText("house.postvak-backup");
  await user.type(dialog.getByLabelText("Passphrase"), "wrong");
  await user.click(go);
  await dialog.findByText("This passphrase does not open the backup.");
  expect(dialog.getByText("house.postvak-backup")).toBeTruthy();
  await user.type(dialog.getByLabelText("Passphrase"), "{Control>}a{/Control}right");
  await user.click(go);
  await waitFor(() => expect(calls(backend, "moving.restore").at(-1)).toEqual(["parcel-2", "right"]));
});

test("restoring over a profile in use says what is lost", async () => {
  const removal = { unsent: 3, drafts: 0, alone: false, private: true };
  const { user } = await open("#/settings/moving", { removal });
  await user.click(await screen.findByRole("button", { name: "Choose a backup" }));
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByText("Messages that were not sent yet: 3");
  dialog.getByText(/your private channels: your team does not have them/);
  expect(dialog.queryByText(/Everything in|Drafts|no team mailbox/)).toBeNull();
});

test("on the first screen there is nothing to lose", async () => {
  const { app, backend } = await open("", { firstRun: true });
  app.dialogs.show({ name: "restore" });
  await screen.findByRole("button", { name: "Restore" });
  expect(calls(backend, "moving.removal")).toEqual([]);
});

test("removing everything says what is lost and what stays, and asks twice", async () => {
  const { backend, user } = await open("#/settings/moving");
  await user.click(await screen.findByRole("button", { name: "Remove everything …" }));
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByText("Messages that were not sent yet: 2");
  dialog.getByText("Drafts: 1");
  dialog.getByText(/The mailbox and all mail in it/);
  const go = dialog.getByRole<HTMLButtonElement>("button", { name: "Remove everything" });
  expect(go.disabled).toBe(true);
  await user.click(dialog.getByRole("checkbox"));
  await user.click(go);
  await dialog.findByText(/removes everything and quits/);
  expect(calls(backend, "moving.remove")[0]).toMatchObject([{ unsent: 2, drafts: 1 }]);
});

test("a first message that was begun is counted among what is lost, and what the program told goes back as it was", async () => {
  const draft = { ...blankDraft(), channelId: "info", subject: "Half a letter" };
  keepLetter("bram", { draft, files: [] });
  const { backend, user } = await open("#/settings/moving");
  screen.getByText(/A first message that was begun and not sent is not in it/);
  await user.click(await screen.findByRole("button", { name: "Remove everything …" }));
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByText("Drafts: 2");
  await user.click(dialog.getByRole("checkbox"));
  await user.click(dialog.getByRole("button", { name: "Remove everything" }));
  await dialog.findByText(/removes everything and quits/);
  expect(calls(backend, "moving.remove")[0]).toMatchObject([{ drafts: 1 }]);
});

test.each([
  ["goes with everything", undefined],
  ["stays when nothing was removed", new BackendError("unavailable", "No.")],
])("what the window keeps of a person %s", async (_, refusal) => {
  const letter = { draft: { ...blankDraft(), channelId: "info", subject: "Half a letter" }, files: [] };
  keepLetter("bram", letter);
  keepLetter("carol", letter);
  rememberOrder("bram", "theme");
  const { user } = await open("#/settings/moving", {
    before: (name) => {
      if (name === "moving.remove" && refusal) throw refusal;
    },
  });
  await user.click(await screen.findByRole("button", { name: "Remove everything …" }));
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByText("Drafts: 2");
  await user.click(dialog.getByRole("checkbox"));
  await user.click(dialog.getByRole("button", { name: "Remove everything" }));
  await dialog.findByText(refusal ? "No." : /removes everything and quits/);
  expect(keptLetter("bram")).toEqual(refusal && letter);
  expect(recentOrders("bram")).toEqual(refusal ? ["theme"] : []);
  expect(keptLetter("carol")).toEqual(letter); // another profile's, of the same window
});

test("all conversations are exported in the format that was chosen", async () => {
  const { backend, user } = await open("#/settings/moving");
  await user.selectOptions(await screen.findByRole("combobox", { name: "Format" }), "mbox");
  await user.click(screen.getByRole("button", { name: "Export all conversations" }));
  await waitFor(() => expect(calls(backend, "moving.export")).toEqual([["", "mbox"]]));
});
