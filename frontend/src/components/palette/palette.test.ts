import { readFileSync } from "node:fs";
import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Member } from "$lib/backend";
import * as data from "$lib/backend/fakeData";
import { chatChannels } from "$lib/backend/fakeChat";
import { canned } from "$lib/backend/fakeReplies";
import { commands, offered, type Command } from "$lib/keys/commands";
import { more } from "$lib/keys/more";
import { settingsPages, to } from "$lib/state/router.svelte";
import type { FakeOptions } from "$lib/backend/fake";
import { calls, open, type Stage } from "../../test/render";

const handles = { focusReply: () => undefined, focusNote: () => undefined, focusSearch: () => undefined };
const writing = { canned: () => undefined, template: () => undefined };
const everything = ({ app }: Stage): Command[] => [...commands(app, handles), ...more(app, writing)];
const rich: FakeOptions = { chats: true, replies: [canned("r1", "Opening hours", "We open at nine.")] };

const palette = async ({ user }: Stage, typed = "") => {
  await user.keyboard("{Control>}k{/Control}");
  const dialog = await screen.findByRole("dialog", { name: "Search and commands" });
  if (typed) await user.type(within(dialog).getByRole("combobox"), typed);
  return within(dialog);
};

beforeEach(() => localStorage.clear());

test("each person, channel, section, settings page, language and theme is offered", async () => {
  const stage = await open("#/conversation/c1", rich);
  await screen.findByRole("main");
  const { app } = stage;
  const ids = everything(stage).map((order) => order.id);
  for (const member of app.team.active) expect(ids).toContain(`assign-${member.id}`);
  for (const channel of app.channels.list) expect(ids).toContain(`channel-${channel.id}`);
  for (const section of ["unassigned", "mine", "others", "closed"]) expect(ids).toContain(`go-${section}`);
  for (const language of ["en", "nl", "system"]) expect(ids).toContain(`language-${language}`);
  for (const theme of ["light", "dark", "system"]) expect(ids).toContain(`theme-${theme}`);
  expect(ids).toContain("canned-r1");
  expect(new Set(ids).size).toBe(ids.length);
  const places = new Set<string>();
  vi.spyOn(app.router, "go").mockImplementation((hash) => void places.add(hash));
  for (const order of everything(stage).filter((each) => each.group === "go")) order.run();
  for (const page of settingsPages) expect(places).toContain(to.settings(page));
});

/**
 * What is asked in a dialog has an order that leads to it. A dialog that only
 * follows from something else is named here with what that is.
 */
const follows: Record<string, string> = {
  palette: "it is what one is in",
  link: "a link in a message is pressed",
  linkPrivate: "linking asks it first",
  sendClosed: "sending asks it",
  unfilled: "sending asks it",
  answered: "sending asks it",
  revokeDevice: "of the list of computers on the team's page",
};

test("every dialog of the window is an order's, or follows from something else", async () => {
  const source = readFileSync("src/lib/state/dialogs.svelte.ts", "utf8");
  const names = [...source.matchAll(/\{ name: ("\w+"(?: \| "\w+")*)/g)].flatMap(([, each = ""]) => each.replaceAll('"', "").split(" | "));
  expect(names.length).toBeGreaterThan(30);
  const shown = new Set<string>();
  for (const hash of ["#/conversation/c1", "#/conversation/w0"]) {
    const stage = await open(hash, rich);
    await waitFor(() => expect(stage.app.conversation.data).toBeDefined());
    vi.spyOn(stage.app.dialogs, "show").mockImplementation((dialog) => void shown.add(dialog.name));
    vi.spyOn(stage.app.linking, "begin").mockImplementation(({ kind, make }) => stage.app.linking.go({ kind, make }));
    for (const order of everything(stage)) order.run();
  }
  for (const name of names) expect(shown.has(name) || name in follows, `no order leads to the dialog ${name}`).toBe(true);
  for (const name of Object.keys(follows)) expect(names).toContain(name);
});

/** Buttons that are called otherwise than their orders, or are none: the order's id, or why. */
const elsewhere: [RegExp, string][] = [
  [/^Search Ctrl/, "palette"],
  [/^Connect a channel$/, "connect"], // a menu of the three
  [/^Availability: /, "available"],
  [/^Sorted by: /, "sort-oldest"],
  [/^Filter$/, "filter-unread"],
  [/^Assigned to .*Reassign$/, "assign"],
  [/^New canned reply$/, "replies"],
  [/^(Edit|Delete) Opening hours$/, "replies"],
  [/^New password$/, "teamSignIn"],
  [/^New password: |^New (key|token)|^Sign in/, "signIn-info"],
  [/^Check$/, "check-info"],
  [/^Change$/, "change-info"],
  [/^Change: Signature$/, "channelSignature-info"],
  [/^Choose$/, "installer-info"],
  [/^Disconnect$/, "disconnect-info"],
  [/^Share with the team$/, "share-own"],
  [/^Done: /, "todo"],
  [/^Change notifications$/, "bell"],
  [/^Open contacts$/, "contacts"],
  [/^Check and connect$/, "crmConnect"],
  [/^Choose a backup$/, "restore"],
  [/^Remove everything …$/, "removeAll"],
  [/^Repair$/, "repair"],
  [/^Look$/, "team"],
  [/^Fix: /, "why: of one thing that was told, or not"],
  [/: computers and more /, "team"],
  [/possible duplicate/, "duplicates"],
  [/: what to do with this conversation$/, "copyLink"], // a menu: what is in it is in the palette
  [/^More for contacts$/, "import"],
  [/^Send key and more$/, "sendKey-enter"],
  [/needs attention$/, "attention"],
  [/^Back$/, "escape"],
  [/^(Close|Cancel|Save)$/, "why: of the form or dialog that it stands in"],
  [/^(Reply|Note)$/, "why: tabs of the composer, with the orders reply and note"],
  [/^Cc\/Bcc$|^Quoted/, "why: a part of the message in hand"],
  [/^Copy /, "why: of one fact among many"],
  [/^Contact$/, "why: the switch of the pane beside it"],
  [/^More about this message$|^Show$|^Always for this sender$/, "why: of one message among many"],
  [/^https?:|\.\w{3}$/, "why: a link or a file in a message"],
  [/^(Van|Ann de Wit|Bram Kuiper)$/, "why: opens a message's recipients"],
];

/** As much as there can be: people who ask, a channel that nobody answers for, a report. */
const most: FakeOptions = {
  ...rich,
  requests: data.requests,
  todo: data.todoAfter({ ...data.members[4] as Member }),
  diagnostics: data.diagnostics,
  channels: [...data.channels, ...chatChannels].map((channel, at) => ({ ...channel, needsInstaller: at === 0 })),
};

describe("buttons in sight are in the palette", () => {
  const pages = settingsPages.map((page) => to.settings(page));
  for (const hash of ["#/section/mine", "#/conversation/c1", "#/contacts/persons", ...pages]) {
    test(hash, async () => {
      const stage = await open(hash, most);
      await screen.findByRole("main");
      await waitFor(() => expect(document.querySelector("[role=status]")?.textContent).not.toBe("Loading…"));
      const orders = everything(stage);
      const titles = orders.map((order) => order.title());
      const ids = orders.map((order) => order.id);
      const missing = [...document.querySelectorAll<HTMLElement>("button, [role=menuitem]")]
        .map((button) => (button.getAttribute("aria-label") ?? button.textContent ?? "").trim())
        .filter((name) => {
          const [, where = ""] = elsewhere.find(([pattern]) => pattern.test(name)) ?? [];
          return name && !titles.includes(name) && !where.startsWith("why") && !ids.includes(where);
        });
      if (missing.length > 0) expect.fail([...new Set(missing)].join("\n"));
    });
  }
});

describe("what a page's buttons do is found by their words", () => {
  const words: [typed: string, title: string, hash: string][] = [
    ["backup", "Make a backup", "#/settings/moving"],
    ["export all", "Export all conversations", "#/settings/moving"],
    ["copy report", "Copy report", "#/settings/diagnostics"],
    ["check", "Check: Sales", "#/settings"],
    ["change sales", "Change: Sales", "#/settings"],
    ["signature", "Signature: Sales", "#/settings"],
    ["takes it on", "info@noordzeefietsen.nl: Who takes it on?", "#/settings"],
    ["approve", "Approve Eva Smits", "#/settings/team"],
    ["refuse", "Refuse Eva Smits", "#/settings/team"],
    ["role", "Role of Carol Meijer", "#/settings/team"],
    ["revoke", "Revoke: Computer", "#/settings/team"],
    ["pipedrive", "Check and connect: Pipedrive", "#/settings/crm"],
  ];
  test.each(words)("%s", async (typed, title, hash) => {
    const stage = await open("#/section/mine", most);
    await screen.findByRole("listbox", { name: "Assigned to me" });
    const dialog = await palette(stage, typed);
    await stage.user.click(await dialog.findByRole("option", { name: title }));
    expect(location.hash).toBe(hash);
  });

  test("and those of an admin are offered to nobody else", async () => {
    const stage = await open("#/section/mine", { ...most, role: "member" });
    const ids = everything(stage).filter(offered).map((order) => order.id).join(" ");
    expect(ids).not.toMatch(/approve|refuse|role-|installer|change-sales|repair/);
    expect(ids).toMatch(/check-sales/);
  });
});

describe("where no inbox is shown only what can be seen to act is offered", () => {
  const anywhere = ["demo", "help", "language-nl", "language-system", "quit", "removeAll", "restore", "theme", "theme-dark", "theme-light"];
  const cases: [string, FakeOptions, string[]][] = [
    ["on the first screen", { firstRun: true }, ["connect", "connectMessenger", "connectWhatsApp", "joinTeam"]],
    ["while waiting to be let in", { team: "pending" }, ["stopWaiting", "teamSignIn"]],
  ];
  test.each(cases)("%s", async (_, options, own) => {
    const stage = await open("#/section/unassigned", options);
    const { app, backend, user } = stage;
    await screen.findByRole("main");
    const orders = everything(stage).filter(offered);
    expect(orders.map((order) => order.id).sort()).toEqual([...anywhere, ...own].sort());
    for (const order of orders) {
      app.dialogs.close();
      const before = backend.calls.length;
      order.run();
      await waitFor(() => expect(app.dialogs.open !== undefined || backend.calls.length > before, order.id).toBe(true));
    }
    app.dialogs.close();
    await user.keyboard("gs");
    const dialog = await palette(stage, "contacts");
    expect(dialog.queryAllByRole("option")).toEqual([]);
    expect(location.hash).toBe("#/section/unassigned");
  });
});

test("an order is found by its words in the other language, too", async () => {
  const stage = await open("#/section/mine", rich);
  await screen.findByRole("listbox", { name: "Assigned to me" });
  const dialog = await palette(stage, "standaardantwoorden");
  await stage.user.click(await dialog.findByRole("option", { name: "Manage canned replies" }));
  expect(location.hash).toBe("#/settings/replies");
});

test("what was used last stands first, and is remembered", async () => {
  const stage = await open("#/section/mine", rich);
  await screen.findByRole("listbox", { name: "Assigned to me" });
  const first = await palette(stage, "mng canned");
  await stage.user.click(await first.findByRole("option", { name: "Manage canned replies" }));
  await palette(stage, "about");
  await stage.user.keyboard("{Enter}");
  await waitFor(() => expect(location.hash).toBe("#/settings/about"));
  const again = await palette(stage);
  expect(again.getByText("Recently used")).toBeTruthy();
  expect(again.getAllByRole("option").slice(0, 2).map((option) => option.textContent?.trim())).toEqual(["About", "Manage canned replies"]);
  expect(JSON.parse(localStorage.getItem("postvak.palette.bram") ?? "[]")).toEqual(["about", "replies"]);
});

test("language and theme are chosen from the palette", async () => {
  const stage = await open("#/section/mine", rich);
  await screen.findByRole("listbox", { name: "Assigned to me" });
  const dialog = await palette(stage, "dark");
  await stage.user.click(await dialog.findByRole("option", { name: "Theme: Dark" }));
  await palette(stage, "nederlands");
  await stage.user.keyboard("{Enter}");
  await waitFor(() => expect(calls(stage.backend, "settings.save")).toEqual([[{ theme: "dark" }], [{ language: "nl" }]]));
});

test("what is kept of it by hand breaks nothing", async () => {
  localStorage.setItem("postvak.palette.bram", '{"0":["x"]}');
  const stage = await open("#/section/mine", rich);
  await screen.findByRole("listbox", { name: "Assigned to me" });
  const dialog = await palette(stage);
  expect(dialog.getAllByRole("option").length).toBeGreaterThan(20);
  expect(dialog.queryByText("Recently used")).toBeNull();
});

test("a conversation is assigned to a person by name", async () => {
  const stage = await open("#/conversation/c1", rich);
  await waitFor(() => expect(stage.app.conversation.data).toBeDefined());
  const available = stage.app.team.active.find((member) => member.available && !stage.app.team.isMe(member.id) && member.id !== stage.app.conversation.data?.assigneeId);
  const dialog = await palette(stage, `assign ${available?.name.split(" ")[0]}`);
  await dialog.findByRole("option", { name: `Assign to ${available?.name}` });
  await stage.user.keyboard("{Enter}");
  await waitFor(() => expect(calls(stage.backend, "inbox.bulk")).toEqual([[{ do: "assign", conversationIds: ["c1"], memberId: available?.id }]]));
});

test("nobody who is not available is offered (R3)", async () => {
  const stage = await open("#/conversation/c1", rich);
  await waitFor(() => expect(stage.app.conversation.data).toBeDefined());
  const away = stage.app.team.active.filter((member) => !member.available && !stage.app.team.isMe(member.id));
  expect(away.length).toBeGreaterThan(0);
  const ids = everything(stage).filter(offered).map((order) => order.id);
  for (const member of away) expect(ids).not.toContain(`assign-${member.id}`);
});

describe("an order that would change nothing is not offered", () => {
  const about = ["close", "reopen", "assign", "unassign", "unread", "read", "assign-bram", "assign-ann"];
  const orders = (stage: Stage) => everything(stage).filter(offered).map((order) => order.id).filter((id) => about.includes(id));
  const at = async (hash: string, id: string) => {
    const stage = await open(hash, { closed: 3 });
    await waitFor(() => expect(stage.app.list.indexOf(id)).toBeGreaterThanOrEqual(0));
    stage.app.list.moveTo(stage.app.list.indexOf(id));
    return stage;
  };

  test("to a conversation that is nobody's and unread", async () => {
    const stage = await at("#/section/unassigned", "c9");
    expect(orders(stage)).toEqual(["close", "assign", "read", "assign-bram", "assign-ann"]);
  });

  test("to one that is somebody's and read", async () => {
    const stage = await at("#/section/others", "c6");
    expect(orders(stage)).toEqual(["close", "assign", "unassign", "unread", "assign-bram"]);
  });

  test("to a closed one", async () => {
    const stage = await at("#/section/closed", "x1");
    expect(orders(stage)).toEqual(["reopen", "assign", "unassign", "unread", "assign-bram"]);
  });

  test("to several, of which it would change one", async () => {
    const stage = await at("#/section/unassigned", "c9");
    for (const id of ["c9", "c11"]) stage.app.selection.toggle(id, stage.app.list.indexOf(id));
    expect(orders(stage)).toEqual(["close", "assign", "unread", "read", "assign-bram", "assign-ann"]);
  });

  test("but its key is still bound, and to what is not here everything is offered", async () => {
    const stage = await at("#/section/unassigned", "c9");
    expect(everything(stage).find((order) => order.id === "reopen")?.enabled?.()).toBe(true);
    stage.app.selection.toggle("far-down", 900);
    expect(orders(stage).length).toBe(about.length);
  });
});

test("a canned reply is put into the answer from the palette", async () => {
  const stage = await open("#/conversation/c1", rich);
  await screen.findByRole("textbox", { name: /^Reply to/ });
  const dialog = await palette(stage, "opening hours");
  await stage.user.click(await dialog.findByRole("option", { name: "Insert “Opening hours”" }));
  await waitFor(() => expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: /^Reply to/ }).value).toBe("We open at nine."));
});
