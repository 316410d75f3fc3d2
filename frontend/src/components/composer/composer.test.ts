import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { calls, open } from "../../test/render";

const write = () => screen.findByRole("textbox", { name: /^Reply to/ });
const toast = async (title: RegExp) => (await screen.findByText(title)).closest<HTMLElement>(".toast") as HTMLElement;

test("a reply is sent with signature and quote, and undone back into the draft", async () => {
  const { backend, user } = await open("#/conversation/c1");
  await user.type(await write(), "We will send it today.");
  await user.click(screen.getByRole("button", { name: "Send" }));
  const [id, draft] = calls(backend, "composer.send")[0] as [string, { text: string; reopen: boolean }];
  expect(id).toBe("c1");
  expect(draft.text).toMatch(/^We will send it today\.\n\n-- \nBram Kuiper\nNoordzee Fietsen\n\nOn .* wrote:\n> The board agreed/);
  expect(await write()).toHaveProperty("value", "");

  await user.click(within(await toast(/^Sending$/)).getByRole("button", { name: /^Undo/ }));
  await waitFor(() => expect(calls(backend, "composer.cancel")).toHaveLength(1));
  await waitFor(async () => expect(await write()).toHaveProperty("value", "We will send it today."));
  expect(calls(backend, "composer.saveDraft").at(-1)).toMatchObject(["c1", { text: "We will send it today." }]);
});

test("nothing is lost when sending fails, and the reason stands beside it", async () => {
  const { user } = await open("#/conversation/c1", {
    before: (name) => {
      if (name === "composer.send") throw '{"code":"unavailable","message":"The outbox is full.","detail":"disk"}';
    },
  });
  await user.type(await write(), "Hello");
  await user.click(screen.getByRole("button", { name: "Send" }));
  expect(await screen.findByText("The outbox is full.")).toBeTruthy();
  expect(await write()).toHaveProperty("value", "Hello");
});

test("an empty reply is not sent", async () => {
  const { backend, user } = await open("#/conversation/c1");
  await user.type(await write(), "   ");
  expect(screen.getByRole("button", { name: "Send" })).toHaveProperty("disabled", true);
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(calls(backend, "composer.send")).toEqual([]);
});

test("the send key is a choice: Enter sends or makes a line", async () => {
  const first = await open("#/conversation/c1");
  await first.user.type(await write(), "one{Enter}two");
  expect(calls(first.backend, "composer.send")).toEqual([]);
  await first.user.keyboard("{Control>}{Enter}{/Control}");
  expect(calls(first.backend, "composer.send")).toHaveLength(1);
});

test("Enter sends where it was chosen, Shift and Enter makes a line", async () => {
  const { backend, user } = await open("#/conversation/c1", { settings: { sendKey: "enter" } });
  await user.type(await write(), "one{Shift>}{Enter}{/Shift}two");
  expect(calls(backend, "composer.send")).toEqual([]);
  await user.keyboard("{Enter}");
  expect(calls(backend, "composer.send")[0]).toMatchObject(["c1", { text: expect.stringContaining("one\ntwo") }]);
});

test("a closed conversation asks before it is answered (R10)", async () => {
  const { backend, user } = await open("#/conversation/x3");
  await user.type(await write(), "One more thing");
  await user.click(screen.getByRole("button", { name: "Send" }));
  expect(calls(backend, "composer.send")).toEqual([]);
  const dialog = await screen.findByRole("dialog", { name: "This conversation is closed" });
  await user.click(within(dialog).getByRole("button", { name: "Send and keep closed" }));
  await waitFor(() => expect(calls(backend, "composer.send")[0]).toMatchObject(["x3", { reopen: false }]));
});

test("files are attached, named and taken out again", async () => {
  const { backend, user } = await open("#/conversation/c1");
  await write();
  await user.click(screen.getByRole("button", { name: "Attach a file" }));
  await user.click(await screen.findByRole("button", { name: "Remove size-chart.pdf" }));
  expect(screen.queryByText("size-chart.pdf")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Attach a file" }));
  await screen.findByText("size-chart.pdf");
  await user.click(screen.getByRole("button", { name: "Send" }));
  const [, draft] = calls(backend, "composer.send")[0] as [string, { attachments: string[] }];
  expect(draft.attachments).toHaveLength(1);
});

test("a pasted picture becomes an attachment", async () => {
  const { backend, user } = await open("#/conversation/c1");
  await user.click(await write());
  const files = [new File(["x"], "photo.png", { type: "image/png" })];
  await fireEvent.paste(await write(), { clipboardData: { files } });
  await screen.findByText("photo.png");
  expect(calls(backend, "files.put")).toEqual([["photo.png"]]);
});

test("a note is stored with the conversation and never sent", async () => {
  const { backend, user } = await open("#/conversation/c1");
  await write();
  await user.click(screen.getByRole("tab", { name: "Note" }));
  await user.type(screen.getByRole("textbox", { name: "Note" }), "Ask Ann first");
  await user.click(screen.getByRole("button", { name: "Add note" }));
  expect(await screen.findByRole("article", { name: "Note from You" })).toBeTruthy();
  expect(calls(backend, "inbox.addNote")).toEqual([["c1", "Ask Ann first"]]);
  expect(calls(backend, "composer.send")).toEqual([]);
});

test("a new conversation needs somebody to write to and something to say", async () => {
  const { backend, user } = await open("#/section/mine");
  await screen.findByRole("listbox", { name: "Assigned to me" });
  await user.keyboard("c");
  const dialog = await screen.findByRole("dialog", { name: "New conversation" });
  const send = within(dialog).getByRole("button", { name: "Send" });
  await user.type(within(dialog).getByRole("textbox", { name: "To" }), "eva@example.nl");
  await user.type(within(dialog).getByRole("textbox", { name: "Subject" }), "Your bike");
  expect(send).toHaveProperty("disabled", true);
  await user.type(within(dialog).getByRole("textbox", { name: "Message" }), "It is ready.");
  await user.click(send);
  expect(calls(backend, "composer.start")[0]).toMatchObject([
    { channelId: "info", to: ["eva@example.nl"], subject: "Your bike", text: expect.stringMatching(/^It is ready\./) },
  ]);
});

test("after sending the keyboard is the window's again, not an empty field's", async () => {
  const { backend, user } = await open("#/conversation/c1");
  await user.type(await write(), "Sent{Control>}{Enter}{/Control}");
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Messages"));
  await user.keyboard("z");
  await waitFor(() => expect(calls(backend, "composer.cancel")).toHaveLength(1));
  await waitFor(async () => expect(await write()).toHaveProperty("value", "Sent"));
});

test("the key for a note puts the letters that follow into the note", async () => {
  const { backend, user } = await open("#/conversation/c1");
  await write();
  (document.activeElement as HTMLElement).blur();
  await user.keyboard("n");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Note" })));
  await user.keyboard("Ask Ann");
  expect(screen.getByRole("textbox", { name: "Note" })).toHaveProperty("value", "Ask Ann");
  expect(calls(backend, "inbox.bulk")).toEqual([]);
});

test("the same file may be attached twice, and taken out once", async () => {
  const { backend, user } = await open("#/conversation/c1");
  const same = { id: "f1", name: "prices.txt", type: "text/plain", size: 9 };
  backend.files.pick = async () => [same, same];
  await write();
  await user.click(screen.getByRole("button", { name: "Attach a file" }));
  const remove = await screen.findAllByRole("button", { name: "Remove prices.txt" });
  expect(remove).toHaveLength(2);
  await user.click(remove[0] as HTMLElement);
  expect(screen.getAllByRole("button", { name: "Remove prices.txt" })).toHaveLength(1);
});

async function begin(user: Awaited<ReturnType<typeof open>>["user"]) {
  await screen.findByRole("listbox", { name: "Assigned to me" });
  await user.keyboard("c");
  const dialog = within(await screen.findByRole("dialog", { name: "New conversation" }));
  await user.type(dialog.getByRole("textbox", { name: "To" }), "eva@example.nl");
  await user.type(dialog.getByRole("textbox", { name: "Subject" }), "Your bike");
  await user.type(dialog.getByRole("textbox", { name: "Message" }), "It is ready.");
  return dialog;
}

test("a first message that was begun is there again after the window is made anew", async () => {
  const first = await open("#/section/mine");
  await begin(first.user);
  cleanup();
  const { user } = await open("#/section/mine");
  await screen.findByRole("listbox", { name: "Assigned to me" });
  await user.keyboard("c");
  const dialog = within(await screen.findByRole("dialog", { name: "New conversation" }));
  expect(dialog.getByRole("textbox", { name: "To" })).toHaveProperty("value", "eva@example.nl");
  expect(dialog.getByRole("textbox", { name: "Message" })).toHaveProperty("value", "It is ready.");
  await user.click(dialog.getByRole("button", { name: "Discard" }));
  await user.keyboard("c");
  const empty = within(await screen.findByRole("dialog", { name: "New conversation" }));
  expect(empty.getByRole("textbox", { name: "Message" })).toHaveProperty("value", "");
});

test("a first message taken back while it waits is written again, with all that was in it", async () => {
  const { backend, user } = await open("#/section/mine");
  const dialog = await begin(user);
  await user.click(dialog.getByRole("button", { name: "Leave the signature out" }));
  await user.click(dialog.getByRole("button", { name: "Send" }));
  await user.click(await screen.findByRole("button", { name: "Back to draft" }));
  await waitFor(() => expect(calls(backend, "composer.cancel")).toHaveLength(1));
  const again = within(await screen.findByRole("dialog", { name: "New conversation" }));
  expect(again.getByRole("textbox", { name: "To" })).toHaveProperty("value", "eva@example.nl");
  expect(again.getByRole("textbox", { name: "Subject" })).toHaveProperty("value", "Your bike");
  expect(again.getByRole("textbox", { name: "Message" })).toHaveProperty("value", "It is ready.");
  expect(again.getByText("Goes without a signature")).toBeTruthy();
  expect(location.hash).toBe("#/section/mine");
  expect(screen.queryByText("Sending")).toBeNull();
});
