import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { calls, open, type Stage } from "../../test/render";

const chats = { chats: true } as const;
const list = (name: string) => screen.findByRole("listbox", { name });

// Another order is another list: it is asked for anew.
const rows = () => within(screen.getByRole("listbox")).getAllByRole("option");
const row = (name: string): Promise<HTMLElement> => screen.findByRole("option", { name: new RegExp(name) });

const words = async (name: string) => (await row(name)).textContent.replace(/\s+/g, " ");

test("every state of a reply window is in words (R27, R28)", async () => {
  await open("#/section/others", chats);
  await list("Assigned to others");
  expect(await words("Sanne Hoekstra .*WhatsApp")).toContain("Free text 1 h 12 min then only a template");
  expect(await words("Mehmet Yıldız .*WhatsApp")).toContain("Free text 11 min left then only a template");
  expect(await words("\\+31 6 2481 0937")).toContain("Template only");
  expect(await words("Lotte Janssen .*Messenger")).toContain("Free text 22 h then only what a person writes");
  expect(await words("Pieter de Groot .*Messenger")).toContain("Only what a person writes 5 d then no reply");
  expect(await words("Pieter de Groot .*Messenger")).toContain("Messenger · human reply only");
  expect(await words("Hanna Berg")).toContain("Can’t reply");
});

test("of a chat's last words it is said whose they are, if one of us wrote them", async () => {
  await open("#/section/others", chats);
  await list("Assigned to others");
  expect(await words("Sanne Hoekstra .*WhatsApp")).toContain("You: It is ready, see you at four.");
  expect(await words("Lotte Janssen .*Messenger")).toContain("Eva: Here is the size chart");
  expect(await words("Pieter de Groot .*Messenger")).not.toContain(": Thanks");
});

test("it goes from calm over amber to red, and each has an icon of its own", async () => {
  await open("#/section/others", chats);
  await list("Assigned to others");
  const chip = async (name: string) => [...(await row(name)).querySelectorAll(".chip")].at(-1);
  expect((await chip("Lotte Janssen .*Messenger"))?.classList).toContain("plain");
  expect((await chip("Sanne Hoekstra .*WhatsApp"))?.classList).toContain("amber");
  expect((await chip("Mehmet .*WhatsApp"))?.classList).toContain("red");
  for (const each of document.querySelectorAll("[role=option] .chip:is(.amber, .red, .grey)")) expect(each.querySelector("svg")).toBeTruthy();
});

test("a window that ends while one looks on has ended on the screen too", async () => {
  const { app } = await open("#/section/others", chats);
  await list("Assigned to others");
  app.clock.follow("2026-11-20T10:09:31Z");
  await waitFor(async () => expect(await words("Mehmet Yıldız .*WhatsApp")).toContain("Template only"));
  expect(await words("Sanne Hoekstra .*WhatsApp")).toContain("1 h 0 min");
});

test("a chat's row shows what was written and where, also when it has no words", async () => {
  await open("#/section/mine", chats);
  await list("Assigned to me");
  expect(await words("Joost Mulder")).toContain("You: The invoice is attached");
  expect(await words("Joost Mulder")).toContain("Needs attention");
  expect(await words("Ria Post")).toContain("Message without text");
  expect(await words("Ria Post")).toContain("WhatsApp · Service line");
  expect(within(await row("Ria Post")).getByRole("img", { name: "WhatsApp" })).toBeTruthy();
});

async function choose({ user }: Stage, button: RegExp, item: string) {
  await user.click(screen.getByRole("button", { name: button }));
  await user.click(await screen.findByRole("menuitem", { name: item }));
}

test("the list is sorted by what ends soonest; what has no end stands last", async () => {
  const stage = await open("#/section/others", chats);
  await list("Assigned to others");
  await choose(stage, /^Sorted by/, "Window ends soonest");
  await waitFor(() => expect(rows()[0]?.textContent).toContain("Mehmet Yıldız"));
  expect(screen.getByRole("button", { name: "Sorted by: Window ends soonest" }).textContent).toContain("Ends soon");
  const names = rows().slice(0, 4).map((each) => each.querySelector(".who")?.textContent);
  expect(names).toEqual(["Mehmet Yıldız", "Sanne Hoekstra", "Lotte Janssen", "Pieter de Groot"]);
  expect(calls(stage.backend, "inbox.list").at(-1)).toMatchObject([{ sort: "window" }]);
});

test("without WhatsApp or Messenger nothing speaks of windows or kinds", async () => {
  const { user } = await open("#/section/others");
  await list("Assigned to others");
  await user.click(screen.getByRole("button", { name: "Filter" }));
  expect(screen.queryByRole("combobox", { name: "Kind of channel" })).toBeNull();
  await user.click(screen.getByRole("button", { name: /^Sorted by/ }));
  await screen.findByRole("menuitem", { name: "Oldest" });
  expect(screen.queryByRole("menuitem", { name: "Window ends soonest" })).toBeNull();
});

test("a list is narrowed to one kind of channel, and widened again", async () => {
  const { backend, user } = await open("#/section/others", chats);
  await list("Assigned to others");
  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.selectOptions(screen.getByRole("combobox", { name: "Kind of channel" }), "Messenger");
  await waitFor(() => expect(rows()).toHaveLength(3));
  expect(calls(backend, "inbox.list").at(-1)).toMatchObject([{ filter: { kind: "messenger" } }]);
  await user.click(screen.getByRole("button", { name: "Clear filter" }));
  await waitFor(() => expect(rows().length).toBeGreaterThan(3));
});
