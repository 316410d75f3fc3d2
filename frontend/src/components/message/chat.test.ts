import { cleanup, screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import type { Message } from "$lib/backend";
import { chatMessages } from "$lib/backend/fakeMessages";
import { chatRows } from "$lib/backend/fakeChat";
import { calls, open } from "../../test/render";

const chats = { chats: true };
const row = chatRows[0] as (typeof chatRows)[number];
const [, asked] = chatMessages(row) as [Message, Message];
const article = async (text: string) => (await screen.findByText(text)).closest("article") as HTMLElement;
const out = (id: string, changes: Partial<Message>): Message => ({ ...asked, id, direction: "out", author: { name: "", address: "", memberId: "bram" }, attachments: [], text: "Ours", ...changes });

test.each([
  ["queued", "Waiting to send"],
  ["sending", "Sending…"],
  ["sent", "Sent"],
  ["delivered", "Delivered"],
  ["read", "Read"],
] as const)("a message that is %s says so in a word, not only by its mark", async (state, word) => {
  await open("#/conversation/w0", { ...chats, conversations: { w0: { messages: [out("o1", { state })] } } });
  const item = within(await article("Ours"));
  expect(item.getByText(word)).toBeTruthy();
  expect((await article("Ours")).querySelectorAll(".state svg")).toHaveLength(1);
});

test("a failure says why, and the provider's code under Details", async () => {
  await open("#/conversation/w6", chats);
  const item = within(await screen.findByRole("alert"));
  expect(item.getByText("WhatsApp does not know this number.")).toBeTruthy();
  expect(item.getByText("Twilio 63024").closest("details")?.open).toBe(false);
});

test("what outlived its window goes back into the composer, with templates in its place (R29)", async () => {
  const late = out("o1", { state: "needs_attention", reason: "The reply window ended before this was sent." });
  const { backend, user } = await open("#/conversation/w0", {
    ...chats,
    conversations: { w0: { messages: [asked, late] } },
    outbox: [{ messageId: "o1", conversationId: "w0", state: "needs_attention", reason: "", nextTry: "", doubt: false }],
  });
  const item = within(await article("Ours"));
  expect(item.getByText("Not sent: the window closed")).toBeTruthy();
  expect(item.queryByRole("button", { name: /sent/i })).toBeNull();
  await user.click(item.getByRole("button", { name: "Choose a template" }));
  await waitFor(() => expect(calls(backend, "composer.cancel")).toEqual([["o1"]]));
  expect(await screen.findByRole("radio", { name: /Appointment ready/ })).toBeTruthy();
  expect(screen.getByText("What you wrote is kept here:")).toBeTruthy();
});

test("what may have been sent is sent again, believed, or given up, and nothing else is sent for it", async () => {
  const unknown = out("o1", { state: "needs_attention" });
  const { backend, user } = await open("#/conversation/w0", {
    ...chats,
    conversations: { w0: { messages: [asked, unknown] } },
    outbox: [{ messageId: "o1", conversationId: "w0", state: "needs_attention", reason: "", nextTry: "", doubt: true }],
  });
  const item = within(await article("Ours"));
  expect(item.getByText(/does not know whether it arrived/)).toBeTruthy();
  expect(item.queryByRole("button", { name: "Choose a template" })).toBeNull();
  expect(item.queryByRole("button", { name: "Back to draft" })).toBeNull();
  expect(item.getByRole("button", { name: "Send again" })).toBeTruthy();
  expect(item.getByRole("button", { name: "It was sent" })).toBeTruthy();
  await user.click(item.getByRole("button", { name: "Give up" }));
  await waitFor(() => expect(calls(backend, "composer.giveUp")).toEqual([["o1"]]));
});

test("what is in doubt and over can be looked for, believed, or given up", async () => {
  const unknown = out("o1", { state: "needs_attention", reason: "It is not known whether this message was sent, and the connection was lost." });
  const { backend, user } = await open("#/conversation/w0", {
    ...chats,
    conversations: { w0: { messages: [asked, unknown] } },
    outbox: [{ messageId: "o1", conversationId: "w0", state: "needs_attention", reason: "", nextTry: "", doubt: true, over: true }],
  });
  const item = within(await article("Ours"));
  expect(item.getByText(/reply window is over, so it is not sent again/)).toBeTruthy();
  expect(item.queryByText(/connection was lost/)).toBeNull();
  expect(item.queryByRole("button", { name: "Send again" })).toBeNull();
  await user.click(item.getByRole("button", { name: "Look again" }));
  await waitFor(() => expect(calls(backend, "composer.retry")).toEqual([["o1"]]));
  await user.click(item.getByRole("button", { name: "It was sent" }));
  await waitFor(() => expect(calls(backend, "composer.markSent")).toEqual([["o1"]]));
  await user.click(item.getByRole("button", { name: "Give up" }));
  await waitFor(() => expect(calls(backend, "composer.giveUp")).toEqual([["o1"]]));
  expect(calls(backend, "composer.cancel")).toEqual([]);
  expect(await screen.findByDisplayValue("Ours")).toBeTruthy();
});

test("what failed after it was sent is written again, with its files", async () => {
  const file = { id: "f1", name: "offer.pdf", type: "application/pdf", size: 10 };
  const failed = out("o1", { state: "failed", reason: "WhatsApp does not know this number.", attachments: [file] });
  const { app, user } = await open("#/conversation/w0", { ...chats, conversations: { w0: { messages: [asked, failed] } } });
  const item = within(await article("Ours"));
  expect(item.queryByRole("button", { name: "Back to draft" })).toBeNull();
  await user.click(item.getByRole("button", { name: "Write again" }));
  await waitFor(() => expect(document.activeElement).toHaveProperty("value", "Ours"));
  expect(app.composer.files).toEqual([file]);
  expect(app.composer.draft.attachments).toEqual(["f1"]);
});

test("what was written is written again whole, also where it looks like a quote", async () => {
  const text = "Which of these?\n> 3 gears\n> 7 gears";
  const failed = out("o1", { state: "failed", reason: "WhatsApp does not know this number.", text });
  const { app, user } = await open("#/conversation/w0", { ...chats, conversations: { w0: { messages: [asked, failed] } } });
  await user.click(await screen.findByRole("button", { name: "Write again" }));
  await waitFor(() => expect(app.composer.draft.text).toBe(text));
});

test("pictures show themselves, and files that are not here say where they are", async () => {
  await open("#/conversation/w0", chats);
  const picture = await screen.findByRole("img", { name: "IMG-20261119-WA0004.jpg" });
  expect(picture.closest(".attachment")?.textContent).not.toContain("IMG-");
  expect(screen.getByText("Being fetched…")).toBeTruthy();
  expect(screen.getByText("Too large to fetch")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Save video.mp4/ })).toBeNull();
  expect(screen.getByText("A message of a kind that can’t be shown here.")).toBeTruthy();
  expect(screen.getByText("Template · Appointment ready")).toBeTruthy();
});

test("what a customer writes is text, whatever it looks like", async () => {
  const hostile = { ...asked, attachments: [], text: "<img src=x onerror=alert(1)> https://example.com" };
  await open("#/conversation/w0", { ...chats, conversations: { w0: { messages: [hostile] } } });
  expect((await screen.findByText(/<img src=x/)).querySelector("img")).toBeNull();
});

test.each(["Two colours:\n____________________\nRed or blue?", "Which of these?\n> 3 gears\n> 7 gears"])("%j is all shown: nothing in a chat is a quote", async (text) => {
  await open("#/conversation/w0", { ...chats, conversations: { w0: { messages: [{ ...asked, attachments: [], text }] } } });
  const shown = await screen.findByRole("article");
  expect(shown.querySelector(".text")?.textContent).toBe(text);
  expect(screen.queryByRole("button", { name: "Quoted text" })).toBeNull();
});

test("a number is given a name, for the whole team", async () => {
  const { backend, user } = await open("#/conversation/w2", chats);
  await user.click((await screen.findAllByRole("button", { name: "Name this contact" }))[0] as HTMLElement);
  const dialog = within(await screen.findByRole("dialog", { name: "Name this contact" }));
  const save = dialog.getByRole("button", { name: "Save" });
  expect(save).toHaveProperty("disabled", true);
  await user.type(dialog.getByRole("textbox", { name: "Who is +31 6 2481 0937?" }), " Yusuf Kaya {Enter}");
  await waitFor(() => expect(calls(backend, "inbox.nameContact")).toEqual([["w2", "Yusuf Kaya"]]));
  expect(await screen.findByRole("main", { name: /Yusuf Kaya/ })).toBeTruthy();
  await waitFor(() => expect(document.activeElement?.textContent).toContain("Yusuf Kaya"));
  cleanup();
  await open("#/conversation/c1", chats);
  await screen.findAllByText("Van Loon Logistiek");
  expect(screen.queryByRole("button", { name: "Name this contact" })).toBeNull();
});

test("while it is looked up whether a message arrived, the reader is told", async () => {
  const doubted = out("o1", { state: "sending", reason: "The connection was lost before the provider answered." });
  await open("#/conversation/w0", { ...chats, conversations: { w0: { messages: [asked, doubted] } } });
  expect(within(await article("Ours")).getByText(/connection was lost/)).toBeTruthy();
});

test("when a provider can no longer be reached, the open chat is asked anew what may be written", async () => {
  const { app, backend } = await open("#/conversation/w0", chats);
  await article(asked.text);
  const before = calls(backend, "inbox.open").length;
  backend.emit("status.changed", { ...app.status.value, online: !app.status.value.online });
  await waitFor(() => expect(calls(backend, "inbox.open").length).toBe(before + 1));
});
