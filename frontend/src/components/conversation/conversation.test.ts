import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";
import { calls, open } from "../../test/render";

const pane = async (name: RegExp) => within(await screen.findByRole("main", { name }));

test("the assign menu shows who is away, why, and does not assign to them (R3)", async () => {
  const { backend, user } = await open("#/conversation/c9");
  const main = await pane(/Jolanda/);
  await user.click(main.getByRole("button", { name: "Assign" }));
  const away = await screen.findByRole("option", { name: /Daan Visser/ });
  expect(away.getAttribute("aria-disabled")).toBe("true");
  expect(away.textContent).toMatch(/Not available since \d\d:\d\d/);
  expect(screen.getByRole("option", { name: /Eva Smits/ }).textContent).toContain("Not available since yesterday");
  await user.click(away);
  expect(calls(backend, "inbox.bulk")).toEqual([]);

  await user.type(screen.getByRole("combobox", { name: "Assign to…" }), "car");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(calls(backend, "inbox.bulk")[0]).toEqual([{ do: "assign", conversationIds: ["c9"], memberId: "carol" }]));
  expect(await screen.findByText("Assigned to Carol Meijer", { selector: "p" })).toBeTruthy();
});

test("the keys take the list of people along to whom they are on", async () => {
  const { user } = await open("#/conversation/c1");
  const main = await pane(/Van Loon/);
  await user.click(main.getByRole("button", { name: /Reassign/ }));
  const field = await screen.findByRole("combobox", { name: "Assign to…" });
  await waitFor(() => expect(document.activeElement).toBe(field));
  const scroll = vi.spyOn(Element.prototype, "scrollIntoView");
  await user.keyboard("{ArrowUp}");
  const last = screen.getAllByRole("option").at(-1);
  expect(last?.getAttribute("aria-selected")).toBe("true");
  expect(scroll.mock.contexts).toEqual([last]);
  scroll.mockRestore();
});

test("closing can be undone, by button and by key", async () => {
  const { backend, user } = await open("#/conversation/c9");
  const main = await pane(/Jolanda/);
  await user.click(main.getByRole("button", { name: "Close conversation" }));
  expect(await main.findByRole("button", { name: "Reopen" })).toBeTruthy();
  await screen.findByRole("button", { name: "Undo: Conversation closed" });
  (document.activeElement as HTMLElement).blur();
  await user.keyboard("z");
  await waitFor(() => expect(calls(backend, "inbox.undo")).toHaveLength(1));
  expect(await main.findByRole("button", { name: "Close conversation" })).toBeTruthy();
});

test("only who connected the channel may delete, after it was said what that means (R11)", async () => {
  const { backend, user } = await open("#/conversation/c9");
  const main = await pane(/Jolanda/);
  await user.click(main.getByRole("button", { name: /what to do with/ }));
  await user.click(await screen.findByRole("menuitem", { name: /Delete conversation/ }));
  const dialog = within(await screen.findByRole("dialog", { name: /Delete the conversation with Jolanda/ }));
  expect(dialog.getByText(/for good/)).toBeTruthy();
  expect(dialog.getByText(/provider keeps its own copy/)).toBeTruthy();
  expect(calls(backend, "inbox.remove")).toEqual([]);
  await user.click(dialog.getByRole("button", { name: "Delete conversation" }));
  await waitFor(() => expect(calls(backend, "inbox.remove")).toEqual([["c9"]]));
  expect(location.hash).toBe("#/section/unassigned");
});

test("somebody else is told why they may not", async () => {
  const { user } = await open("#/conversation/c1");
  const main = await pane(/Van Loon/);
  await user.click(main.getByRole("button", { name: /what to do with/ }));
  const item = await screen.findByRole("menuitem", { name: /Delete conversation/ });
  expect(item.getAttribute("aria-disabled")).toBe("true");
  expect(item.textContent).toContain("Only who connected the channel can");
});

test("an assignment that came second says so, and can be made again (R7)", async () => {
  const { backend, user } = await open("#/conversation/c0");
  const main = await pane(/Sanne/);
  expect(main.getByText("Ann assigned this to Carol first")).toBeTruthy();
  await user.click(main.getByRole("button", { name: "Assign again" }));
  await waitFor(() => expect(calls(backend, "inbox.bulk")[0]).toEqual([{ do: "assign", conversationIds: ["c0"], memberId: "ann" }]));
});

test("quoted text is folded and can be unfolded", async () => {
  const { user } = await open("#/conversation/c0");
  const message = within(await screen.findByRole("article", { name: /Message from Carol/ }));
  expect(message.queryByText(/Receipt attached/)).toBeNull();
  await user.click(message.getByRole("button", { name: "Quoted text" }));
  expect(message.getByText(/Receipt attached/)).toBeTruthy();
});

test("a message that failed says why and can be sent again", async () => {
  const { backend, user } = await open("#/conversation/c7");
  const main = await pane(/Kamal/);
  expect(main.getByText(/550 mailbox full/)).toBeTruthy();
  await user.click(main.getByRole("button", { name: "Send again" }));
  await waitFor(() => expect(calls(backend, "composer.retry")).toEqual([["c7-4"]]));
});

test("a link shows where it leads before it opens", async () => {
  const { backend, user } = await open("#/conversation/c7");
  const main = await pane(/Kamal/);
  await user.click(main.getByRole("button", { name: "https://example.com/orders" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Open example.com?" }));
  expect(calls(backend, "inbox.openLink")).toEqual([]);
  await user.click(dialog.getByRole("button", { name: "Open in browser" }));
  await waitFor(() => expect(calls(backend, "inbox.openLink")).toEqual([["c7-1", "https://example.com/orders"]]));
});

test("a conversation that is gone says so", async () => {
  await open("#/conversation/nowhere");
  expect(await screen.findByText("This conversation is not here any more.")).toBeTruthy();
});

test("what cannot be drawn says so and leaves the rest of the window alone", async () => {
  const { app, backend, user } = await open("#/conversation/c1");
  await pane(/Van Loon/);
  const good = backend.inbox.open;
  const silent = vi.spyOn(console, "error").mockImplementation(() => undefined);
  backend.inbox.open = async (id, query) => ({ ...(await good(id, query)), messages: null as never });
  app.actions.open("c9");
  expect(await screen.findByText("This could not be shown")).toBeTruthy();
  backend.inbox.open = good;
  app.actions.open("c1");
  await pane(/Van Loon/);
  await user.keyboard("gm");
  expect(await screen.findByRole("listbox", { name: "Assigned to me" })).toBeTruthy();
  silent.mockRestore();
});

test("a mail with the same file twice shows it twice", async () => {
  const { app, backend } = await open("#/section/mine");
  const good = backend.inbox.open;
  const same = { id: "f1", name: "rfq.pdf", type: "application/pdf", size: 9 };
  backend.inbox.open = async (id, query) => {
    const data = await good(id, query);
    return { ...data, messages: data.messages.map((each) => ({ ...each, attachments: [same, same], warnings: ["odd", "odd"] })) };
  };
  app.actions.open("c9");
  const main = await pane(/Jolanda/);
  expect(main.getAllByText("rfq.pdf").length % 2).toBe(0);
});

test("Enter alone neither deletes nor opens a link", async () => {
  const { app, backend, user } = await open("#/conversation/c9");
  await pane(/Jolanda/);
  app.dialogs.show({ name: "delete", id: "c9", contact: "Jolanda" });
  await screen.findByRole("dialog", { name: /Delete the conversation/ });
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Cancel"));
  await user.keyboard("{Enter}");
  app.dialogs.show({ name: "link", messageId: "m", url: "https://shop-login.example/", text: "mail.shop.example" });
  const link = within(await screen.findByRole("dialog", { name: /shop-login/ }));
  expect(link.getByText(/shows mail\.shop\.example/)).toBeTruthy();
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Cancel"));
  await user.keyboard("{Enter}");
  expect(calls(backend, "inbox.remove")).toEqual([]);
  expect(calls(backend, "inbox.openLink")).toEqual([]);
});

test("behind settings a conversation is not before somebody's eyes (R16)", async () => {
  const { backend, user } = await open("#/conversation/c1");
  await pane(/Van Loon/);
  const told = () => calls(backend, "window.focus").at(-1)?.[0];
  expect(told()).toBe("c1");
  await user.keyboard("gs");
  await screen.findByRole("main", { name: "Settings" });
  expect(told()).toBe("");
  await user.keyboard("{Escape}");
  await pane(/Van Loon/);
  expect(told()).toBe("c1");
});
