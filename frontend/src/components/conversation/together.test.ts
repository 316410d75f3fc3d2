import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import type { FakeOptions } from "$lib/backend/fake";
import * as data from "$lib/backend/fakeData";
import { calls, open } from "../../test/render";

// What several people at one conversation see of each other.

const reply = () => screen.findByRole("textbox", { name: /^Reply to/ });
const answered: FakeOptions = {
  conversations: { c1: { answered: { messageId: "c1-2", memberId: "ann", name: "Ann de Wit", at: "2026-11-20T09:00:00Z" } } },
};

async function note() {
  const stage = await open("#/conversation/c1");
  await stage.user.click(await screen.findByRole("tab", { name: "Note" }));
  return { ...stage, field: await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Note" }) };
}

test("a colleague is named in a note by the keyboard alone", async () => {
  const { backend, user, field } = await note();
  await user.type(field, "Look, @c");
  expect(within(screen.getByRole("listbox", { name: "Mention somebody" })).getByRole("option", { name: /Meijer/ }).getAttribute("aria-selected")).toBe("true");
  await user.keyboard("{Enter}");
  expect(field.value).toBe("Look, @Carol Meijer ");
  await user.keyboard("and @{ArrowDown}{Tab}");
  expect(field.value).toBe("Look, @Carol Meijer and @Carol Meijer ");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(calls(backend, "inbox.addNote")).toEqual([["c1", "Look, @Carol Meijer and @Carol Meijer"]]));
  const marked = await screen.findAllByText("@Carol Meijer", { selector: "strong" });
  expect(marked).toHaveLength(2);
});

test("Escape closes the names and leaves what was typed", async () => {
  const { user, field } = await note();
  await user.type(field, "@a");
  expect(screen.getByRole("listbox", { name: "Mention somebody" })).toBeTruthy();
  expect(field.getAttribute("aria-activedescendant")).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("listbox", { name: "Mention somebody" })).toBeNull();
  expect(document.activeElement).toBe(field);
  expect(field.value).toBe("@a");
});

test("an address is no mention, and nobody is offered where nobody else looks", async () => {
  const { user, field } = await note();
  await user.type(field, "mail bram@a");
  expect(screen.queryByRole("listbox", { name: "Mention somebody" })).toBeNull();
});

test("in a private channel there is nobody to name", async () => {
  const { user } = await open("#/conversation/c15");
  await user.click(await screen.findByRole("tab", { name: "Note" }));
  await user.type(await screen.findByRole("textbox", { name: "Note" }), "@a");
  expect(screen.queryByRole("listbox", { name: "Mention somebody" })).toBeNull();
});

test("a note that names me says so", async () => {
  const of = { id: "n9", at: "2026-11-20T09:00:00Z", memberId: "ann", text: "@Bram can you?", mentions: ["bram"], pending: true };
  await open("#/conversation/c1", { conversations: { c1: { notes: [of] } } });
  const item = within(await screen.findByRole("article", { name: /Note from Ann/ }));
  expect(item.getByText("Note · for you")).toBeTruthy();
  expect(item.getByText("@Bram").tagName).toBe("STRONG");
  expect(item.getByText("Pending")).toBeTruthy();
});

test("who is writing is told, but not of oneself, and not for ever", async () => {
  const at = (minutes: number) => new Date(data.now.getTime() - minutes * 60_000).toISOString();
  const drafting = [{ memberId: "ann", since: at(1) }, { memberId: "bram", since: at(1) }, { memberId: "carol", since: at(11) }];
  await open("#/conversation/c1", { conversations: { c1: { drafting } } });
  expect(await screen.findByText("Ann de Wit is writing an answer")).toBeTruthy();
});

test("what somebody answered meanwhile is looked at before sending", async () => {
  const { backend, user } = await open("#/conversation/c1", answered);
  await user.type(await reply(), "Hello");
  expect(await screen.findByText(/Ann de Wit answered at \d\d:\d\d, while you were writing/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Send" }));
  const box = within(await screen.findByRole("dialog", { name: "Ann de Wit answered while you were writing" }));
  await user.click(box.getByRole("button", { name: "Look at it" }));
  expect(location.hash).toBe("#/conversation/c1?message=c1-2");
  expect(await reply()).toHaveProperty("value", "Hello");
  expect(screen.queryByText("Not sent")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Send" }));
  await waitFor(() => expect(calls(backend, "composer.send").map(([, draft]) => (draft as { anyway: boolean }).anyway)).toEqual([false, true]));
  await waitFor(async () => expect(await reply()).toHaveProperty("value", ""));
});

test("one may send anyway", async () => {
  const { backend, user } = await open("#/conversation/c1", answered);
  await user.type(await reply(), "Hello");
  await user.click(screen.getByRole("button", { name: "Send" }));
  await user.click(await screen.findByRole("button", { name: "Send anyway" }));
  await waitFor(() => expect(calls(backend, "composer.send").at(-1)).toMatchObject(["c1", { anyway: true }]));
});

test("who does not see a private channel is greyed in the assign menu, with the reason", async () => {
  const { backend, user } = await open("#/conversation/c15");
  await user.click(await screen.findByRole("button", { name: /^Assign/ }));
  const list = within(await screen.findByRole("listbox", { name: "Members" }));
  const ann = list.getByRole("option", { name: /Ann de Wit/ });
  expect(ann.getAttribute("aria-disabled")).toBe("true");
  expect(ann.textContent).toContain("Does not see this private channel");
  expect(list.getByRole("option", { name: /Bram/ }).getAttribute("aria-disabled")).toBe("false");
  await user.click(ann);
  expect(calls(backend, "inbox.bulk")).toEqual([]);
});

test("a decision that had no effect is told at once, and made again with one click (R7)", async () => {
  const { backend, user } = await open("#/section/mine");
  backend.emit("inbox.void", { voids: data.voids.slice(0, 1) });
  expect(await screen.findByText("Ann assigned this to Carol first.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: /^Assign again/ }));
  await waitFor(() => expect(calls(backend, "inbox.bulk")[0]).toEqual([{ do: "assign", conversationIds: ["c1"], memberId: "bram" }]));
  expect(calls(backend, "inbox.dismissVoid")).toEqual([["v1"]]);
  expect(screen.queryByText(/without effect/)).toBeNull();
});

test("a text that had no effect stays until it was seen, and can be copied", async () => {
  const lost = { id: "v9", conversationId: "", subject: "", kind: "reply.set", text: "Ann changed it first.", wrote: "We open at ten.", at: "2026-11-20T09:40:00Z", again: null };
  const { backend, user } = await open("#/section/mine", { voids: [lost] });
  await screen.findByRole("button", { name: "1 without effect" });
  // The list is at hand already: what the event tells is new here.
  backend.emit("inbox.void", { voids: [{ ...lost, id: "v10", text: "Carol changed it first." }] });
  const toast = (await screen.findByText("Carol changed it first.")).closest<HTMLElement>(".toast") as HTMLElement;
  await user.click(within(toast).getByRole("button", { name: /^Open/ }));
  const box = within(await screen.findByRole("dialog", { name: "What had no effect" }));
  expect(box.getAllByText("We open at ten.")).toHaveLength(2);
  expect(calls(backend, "inbox.dismissVoid")).toEqual([]);
  await user.click(box.getAllByRole("button", { name: "Copy the text" })[0] as HTMLElement);
  expect(await navigator.clipboard.readText()).toBe("We open at ten.");
  await user.click(box.getAllByRole("button", { name: "Seen" })[0] as HTMLElement);
  await waitFor(() => expect(calls(backend, "inbox.dismissVoid")).toEqual([["v10"]]));
});

test("who missed the toast finds it in the status line", async () => {
  const { backend, user } = await open("#/section/mine", { voids: data.voids });
  await user.click(await screen.findByRole("button", { name: "2 without effect" }));
  const box = within(await screen.findByRole("dialog", { name: "What had no effect" }));
  expect(box.getAllByRole("button", { name: "Assign again" })).toHaveLength(1);
  await user.click(box.getAllByRole("button", { name: "Seen" })[1] as HTMLElement);
  await waitFor(() => expect(calls(backend, "inbox.dismissVoid")).toEqual([["v2"]]));
  await user.click(box.getByRole("button", { name: "Assign again" }));
  await waitFor(() => expect(calls(backend, "inbox.bulk")[0]).toMatchObject([{ do: "assign", memberId: "bram" }]));
  await waitFor(() => expect(screen.queryByText(/without effect/)).toBeNull());
});
