import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { canned } from "$lib/backend/fakeReplies";
import { signed } from "../../test/signed";
import { calls, open } from "../../test/render";

const replies = [canned("r1", "Opening hours", "Hi {{contact.first}},\n\nWe open at nine.\n{{me.first}}"), canned("r2", "Price", "It costs {{price}}.")];
const field = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: /^Reply to/ });
const list = () => screen.queryByRole("listbox", { name: "Canned replies" });

test("a slash where a line begins offers canned replies; arrows and Enter put one in", async () => {
  const { backend, user } = await open("#/conversation/c1", { replies, settings: { sendKey: "enter" } });
  await user.type(await field(), "/");
  expect(within(list() as HTMLElement).getAllByRole("option").map((option) => option.getAttribute("aria-selected"))).toEqual(["true", "false"]);
  expect(within(list() as HTMLElement).getByRole("option", { name: /^Opening hours/ }).textContent).toMatch(/Hi [^{\s]+, We open at nine\. Bram$/);
  await user.keyboard("{ArrowDown}{ArrowUp}{Enter}");
  expect((await field()).value).toMatch(/^Hi \S+,\n\nWe open at nine\.\nBram$/);
  expect(list()).toBeNull();
  expect(calls(backend, "composer.send")).toEqual([]);
});

test("what is typed after the slash searches, Escape leaves it, and no match is in nobody's way", async () => {
  const { user } = await open("#/conversation/c1", { replies });
  await user.type(await field(), "Dear,{Enter}/pri");
  expect(within(list() as HTMLElement).getAllByRole("option")).toHaveLength(1);
  await user.keyboard("{Escape}");
  expect(list()).toBeNull();
  expect((await field()).value).toBe("Dear,\n/pri");
  await user.keyboard("xq");
  expect(list()).toBeNull();
  await user.keyboard(" and/or /");
  expect(list()).toBeNull();
});

test("what is not filled in is marked, chosen, and asked about before it is sent", async () => {
  const { backend, user } = await open("#/conversation/c1", { replies });
  await user.type(await field(), "/price{Enter}");
  const text = await field();
  expect(text.value).toBe("It costs {{price}}.");
  await waitFor(() => expect(text.value.slice(text.selectionStart, text.selectionEnd)).toBe("{{price}}"));
  const mark = screen.getByRole("button", { name: "{{price}}" });
  await user.click(screen.getByRole("button", { name: "Send" }));
  const dialog = await screen.findByRole("dialog", { name: "Not everything is filled in" });
  expect(dialog.textContent).toContain("{{price}}");
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  expect(calls(backend, "composer.send")).toEqual([]);
  await user.click(mark);
  await user.keyboard("€ 5");
  expect((await field()).value).toBe("It costs € 5.");
  expect(screen.queryByRole("button", { name: "{{price}}" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Send" }));
  expect(calls(backend, "composer.send")).toHaveLength(1);
});

test("it can be sent as it stands, too", async () => {
  const { backend, user } = await open("#/conversation/c1", { replies });
  await user.type(await field(), "/price{Enter}");
  await user.click(screen.getByRole("button", { name: "Send" }));
  await user.click(await screen.findByRole("button", { name: "Send anyway" }));
  await waitFor(() => expect(calls(backend, "composer.send")[0]).toMatchObject(["c1", { text: expect.stringContaining("{{price}}") }]));
});

// Each asks, in this order, and none is asked twice.
const unfilled = ["Not everything is filled in", "Send anyway"] as const;
const closed = ["This conversation is closed", "Send and reopen"] as const;
const answered = [/answered/, "Send anyway"] as const;
test.each([
  ["closed", "{{x}}", { closed: true }, [unfilled, closed], { reopen: true }],
  ["answered", "{{x}}", { answered: true }, [unfilled, answered], { anyway: true, reopen: false }],
  ["closed and answered", "{{x}}", { closed: true, answered: true }, [unfilled, closed, answered], { anyway: true, reopen: true }],
  ["closed and answered, all filled in", "x", { closed: true, answered: true }, [closed, answered], { anyway: true, reopen: true }],
] as const)("what is asked before sending is asked once: %s", async (_, text, is, asked, goes) => {
  const answer = { messageId: "m1", memberId: "ann", name: "Ann de Wit", at: "2026-11-20T09:40:00Z" };
  const conversation = { closed: "closed" in is, answered: "answered" in is ? answer : null };
  const { app, backend, user } = await open("#/conversation/c1", { conversations: { c1: conversation } });
  await field();
  app.composer.change({ text });
  await user.click(await screen.findByRole("button", { name: "Send" }));
  for (const [title, go] of asked) await user.click(within(await screen.findByRole("dialog", { name: title })).getByRole("button", { name: go }));
  await waitFor(() => expect(app.composer.empty).toBe(true));
  expect(calls(backend, "composer.send").at(-1)).toMatchObject(["c1", { ...goes, text: expect.stringContaining(text) }]);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("the button lets one search, in a chat as well, where the caret was", async () => {
  const { user } = await open("#/conversation/w0", { replies, chats: true });
  await user.type(await field(), "Hello. Bye.");
  (await field()).setSelectionRange(7, 7);
  await user.click(screen.getByRole("button", { name: "Insert a canned reply" }));
  const search = screen.getByRole("combobox", { name: "Search canned replies" });
  await waitFor(() => expect(document.activeElement).toBe(search));
  await user.keyboard("opening{Enter}");
  expect((await field()).value).toBe("Hello. Hi Sanne,\n\nWe open at nine.\nBramBye.");
});

test("without any the button says what they are for, and leads to where they are made", async () => {
  const { user } = await open("#/conversation/c1");
  await user.type(await field(), "/");
  expect(list()).toBeNull();
  await user.click(screen.getByRole("button", { name: "Insert a canned reply" }));
  await user.click(screen.getByRole("button", { name: "New canned reply" }));
  expect(location.hash).toBe("#/settings/replies");
});

test("where the window lets only a template go, none is offered (R27)", async () => {
  await open("#/conversation/w2", { replies, chats: true });
  await screen.findByRole("main");
  await screen.findAllByText(/template/i);
  expect(screen.queryByRole("button", { name: "Insert a canned reply" })).toBeNull();
});

test("a channel's signature stands under the answer and above the quote, in place of one's own", async () => {
  const { backend, user } = await open("#/conversation/c1", { channels: signed("Regards,\n{{me.name}} · {{channel.name}}") });
  await user.type(await field(), "Hello");
  expect(screen.getByText(/Regards,\s+Bram Kuiper/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Send" }));
  const [, sent] = calls(backend, "composer.send")[0] as [string, { text: string; signature: string }];
  expect(sent.text).toMatch(/^Hello\n\n-- \nRegards,\nBram Kuiper · .+\n\nOn .* wrote:\n> /);
  expect(sent.text).toContain(`-- \n${sent.signature}\n`);
});

test("it can be left out of one message, and stands under the next", async () => {
  const { backend, user } = await open("#/conversation/c1", { channels: signed("Regards") });
  await user.type(await field(), "Hello");
  await user.click(screen.getByRole("button", { name: "Leave the signature out" }));
  expect(screen.getByText("Goes without a signature")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Send" }));
  await waitFor(async () => expect((await field()).value).toBe(""));
  await user.type(await field(), "Again");
  await user.click(screen.getByRole("button", { name: "Send" }));
  const texts = calls(backend, "composer.send").map(([, sent]) => sent as { text: string; signature: string });
  expect(texts[0]?.text).not.toContain("Regards");
  expect([texts[0]?.signature, texts[1]?.signature]).toEqual(["", "Regards"]);
});

test("it stays out of what is taken back", async () => {
  const { backend, user } = await open("#/conversation/c1", { channels: signed("Regards") });
  await user.type(await field(), "Hello");
  await user.click(screen.getByRole("button", { name: "Leave the signature out" }));
  await user.click(screen.getByRole("button", { name: "Send" }));
  const toast = (await screen.findByText(/^Sending$/)).closest<HTMLElement>(".toast") as HTMLElement;
  await user.click(within(toast).getByRole("button", { name: /^Undo/ }));
  await waitFor(async () => expect((await field()).value).toBe("Hello"));
  expect(screen.getByText("Goes without a signature")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Send" }));
  expect(calls(backend, "composer.send").map(([, sent]) => (sent as { signature: string }).signature)).toEqual(["", ""]);
});

test("no chat has a signature", async () => {
  const { backend, user } = await open("#/conversation/w0", { chats: true });
  await user.type(await field(), "Hello");
  expect(screen.queryByRole("button", { name: "Leave the signature out" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Send" }));
  expect(calls(backend, "composer.send")[0]).toMatchObject(["w0", { text: "Hello", signature: "" }]);
});
