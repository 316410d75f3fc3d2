import type { Row } from "$lib/backend";
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { calls, open } from "../../test/render";

const list = (name: string) => screen.findByRole("listbox", { name });

test("a section shows its conversations and counts", async () => {
  await open("#/section/unassigned");
  const box = within(await list("Unassigned"));
  expect(box.getAllByRole("option")).toHaveLength(4);
  expect(box.getByText("Jolanda Prins")).toBeTruthy();
  const rail = within(screen.getByRole("navigation", { name: "Messaging inbox" }));
  expect(rail.getByRole("link", { name: /Closed conversations/ }).textContent).toContain("1,284");
});

test("of a long section only what is seen is drawn", async () => {
  await open("#/section/closed", { closed: 1_000_000 });
  const box = within(await list("Closed conversations"));
  const drawn = box.getAllByRole("option");
  expect(drawn.length).toBeLessThan(40);
  expect(drawn[0]?.getAttribute("aria-setsize")).toBe("1000000");
});

test("it is walked, opened and answered by keyboard alone", async () => {
  const { user } = await open("#/section/unassigned");
  await list("Unassigned");
  await user.keyboard("jj");
  await user.keyboard("{Enter}");
  await screen.findByRole("main", { name: "Conversation with Åsa Lindqvist" });
  await user.keyboard("r");
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Reply to Åsa Lindqvist"));
  await user.keyboard("j{Escape}");
  expect(screen.getByRole("textbox", { name: /^Reply to/ })).toHaveProperty("value", "j");
  await user.keyboard("{Escape}");
  expect(location.hash).toBe("#/section/unassigned");
  await user.keyboard("gm");
  await list("Assigned to me");
});

test("several are ticked and closed together, and that is undone", async () => {
  const { backend, user } = await open("#/section/mine");
  const box = within(await list("Assigned to me"));
  await user.keyboard("jxjx");
  expect(screen.getByText("2 selected")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Close conversation" }));
  await waitFor(() => expect(box.getAllByRole("option")).toHaveLength(4));
  expect(calls(backend, "inbox.bulk")[0]).toMatchObject([{ do: "close", conversationIds: ["c13", "c14"] }]);
  await user.click(screen.getByRole("button", { name: "Undo: 2 conversations closed" }));
  await waitFor(() => expect(box.getAllByRole("option")).toHaveLength(6));
  expect(screen.queryByText("2 selected")).toBeNull();
});

test("it is filtered, and says how to get out of that", async () => {
  const { user } = await open("#/section/mine");
  await list("Assigned to me");
  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.click(screen.getByRole("checkbox", { name: "Unread only" }));
  await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(2));
  await user.type(screen.getByRole("searchbox", { name: /Name, subject/ }), "nobody");
  expect(await screen.findByText("Nothing fits this filter")).toBeTruthy();
  await user.click(screen.getAllByRole("button", { name: "Clear filter" })[0] as HTMLElement);
  await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(6));
});

test("an empty section says what to do next", async () => {
  const { backend, user } = await open("#/section/unassigned");
  await list("Unassigned");
  backend.rows.splice(0, backend.rows.length, ...backend.rows.filter((row) => row.section !== "unassigned"));
  backend.emit("inbox.changed", { conversationIds: [], sections: [] });
  expect(await screen.findByText("Nothing is unassigned")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: /Show assigned to me/ }));
  await list("Assigned to me");
});

test("news from the program is shown without asking", async () => {
  const { backend } = await open("#/section/unassigned");
  const box = within(await list("Unassigned"));
  const first = backend.rows.find((row) => row.id === "c9");
  if (first) first.subject = "Dynamo works again";
  backend.emit("inbox.changed", { conversationIds: ["c9"], sections: ["unassigned"] });
  expect(await box.findByText("Dynamo works again")).toBeTruthy();
});

test("one's own availability is switched from the list's head (R6)", async () => {
  const { backend, user } = await open("#/section/mine");
  await user.click(await screen.findByRole("button", { name: "Availability: Available" }));
  await user.click(await screen.findByRole("menuitem", { name: "Not available" }));
  await screen.findByRole("button", { name: "Availability: Not available" });
  expect(calls(backend, "availability.set")).toEqual([[false]]);
});

test("Escape takes away one layer: the filter's words, the filter, then the conversation", async () => {
  const { app, user } = await open("#/conversation/c13");
  await screen.findByRole("listbox", { name: "Assigned to me" });
  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.type(screen.getByRole("searchbox", { name: /Name, subject/ }), "nob");
  await waitFor(() => expect(app.list.filter.text).toBe("nob"));
  await user.keyboard("{Escape}");
  expect(app.list.filter.text).toBe("");
  expect(location.hash).toBe("#/conversation/c13");
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("searchbox", { name: /Name, subject/ })).toBeNull();
  expect(location.hash).toBe("#/conversation/c13");
  await user.keyboard("{Escape}");
  expect(location.hash).toBe("#/section/mine");
});

test("all are selected by key, also with a conversation open", async () => {
  const { user } = await open("#/conversation/c13");
  await screen.findByRole("main", { name: /^Conversation with/ });
  await user.keyboard("{Control>}a{/Control}");
  expect(await screen.findByText("6 selected")).toBeTruthy();
});

test("a row says that an answer in it waits or could not be sent", async () => {
  const { app, backend } = await open("#/section/mine");
  const box = within(await list("Assigned to me"));
  const page = backend.inbox.list.bind(backend.inbox);
  const mark = async (marks: Partial<Row>) => {
    backend.inbox.list = async (query) => {
      const { rows, ...rest } = await page(query);
      return { ...rest, rows: rows.map((row) => (row.id === "c14" ? { ...row, ...marks } : row)) };
    };
    await app.refresh();
  };
  await mark({ attention: true, pending: false });
  expect(await box.findByText("Needs attention")).toBeTruthy();
  const waiting = box.queryAllByText("Pending").length;
  await mark({ attention: false, pending: true });
  await waitFor(() => expect(box.queryByText("Needs attention")).toBeNull());
  expect(box.queryAllByText("Pending")).toHaveLength(waiting + 1);
});
