import { afterEach, describe, expect, test, vi } from "vitest";
import type { Conversation, Message } from "$lib/backend";
import { fake } from "$lib/backend/fake";
import { calls } from "../../test/calls";
import { ConversationState } from "./conversation.svelte";
import { parseRoute, to } from "./router.svelte";
import { Search, searchAfter } from "./search.svelte";
import { SettingsState } from "./settings.svelte";
import { StatusState } from "./status.svelte";
import { Toasts } from "./toasts.svelte";

describe("addresses", () => {
  test("lead where they say", () => {
    expect(parseRoute("#/section/mine?channel=a%2Fb")).toEqual({ view: "section", id: "mine", channelId: "a/b" });
    expect(parseRoute("#/conversation/a%2Fb%3F?message=m")).toEqual({ view: "conversation", id: "a/b?", messageId: "m" });
    expect(parseRoute("#/settings")).toEqual({ view: "settings", page: "general" });
    expect(parseRoute("#/settings/nonsense")).toEqual({ view: "settings", page: "general" });
    expect(parseRoute(to.settings("team"))).toEqual({ view: "settings", page: "team" });
    expect(parseRoute("#/contacts")).toEqual({ view: "contacts", kind: "person", id: "" });
    expect(parseRoute("#/contacts/leads")).toEqual({ view: "contacts", kind: "lead", id: "" });
    expect(parseRoute(to.record("deal", "a/b?c"))).toEqual({ view: "contacts", kind: "deal", id: "a/b?c" });
    expect(parseRoute(to.contacts("deal"))).toEqual({ view: "contacts", kind: "deal", id: "" });
    expect(parseRoute(to.settings("crm"))).toEqual({ view: "settings", page: "crm" });
    expect(parseRoute("#/search?q=a%20b")).toEqual({ view: "search", text: "a b" });
  });

  test.each(["", "#", "#/", "#/section/nonsense", "#/conversation/", "#/conversation/%E0%A4%A", "#/other/x"])(
    "%j is the first section",
    (hash) => expect(parseRoute(hash)).toMatchObject({ view: "section", id: "unassigned" }),
  );

  test("are read as they are written", () => {
    const id = "k#y/with?odd&letters";
    expect(parseRoute(to.conversation(id, "m 1"))).toEqual({ view: "conversation", id, messageId: "m 1" });
    expect(parseRoute(to.section("closed", "ch&1"))).toEqual({ view: "section", id: "closed", channelId: "ch&1" });
  });
});

describe("an open conversation", () => {
  const message = (n: number) => ({ id: `m${n}`, at: new Date(n * 1000).toISOString(), direction: "in" }) as Message;
  const page = (from: number, upto: number, next: string) =>
    ({ id: "c", unread: 0, next, messages: Array.from({ length: upto - from }, (_, at) => message(from + at)) }) as Conversation;

  function made(...pages: Conversation[]) {
    const backend = fake();
    const open = vi.fn(async () => pages.shift() as Conversation);
    backend.inbox.open = open;
    return { state: new ConversationState(backend, () => true), open, backend };
  }

  test("gets older messages in front, none twice", async () => {
    const { state, open } = made(page(50, 100, "m50"), page(0, 52, ""));
    await state.open("c");
    await state.loadOlder();
    expect(open).toHaveBeenLastCalledWith("c", { before: "m50", around: "", limit: 50 });
    expect(state.data?.messages.map((each) => each.id)).toEqual(Array.from({ length: 100 }, (_, at) => `m${at}`));
    expect(state.data?.next).toBe("");
  });

  test("keeps the older ones when something new comes", async () => {
    const { state } = made(page(50, 100, "m50"), page(0, 50, ""), page(51, 101, "m51"));
    await state.open("c");
    await state.loadOlder();
    await state.changed({ conversationIds: ["c"], sections: [] });
    expect(state.data?.messages).toHaveLength(101);
    expect(state.data?.messages.at(-1)?.id).toBe("m100");
    expect(state.data?.next).toBe("");
  });

  test("is not fetched for news of another", async () => {
    const { state, open } = made(page(0, 1, ""));
    await state.open("c");
    await state.changed({ conversationIds: ["d"], sections: [] });
    expect(open).toHaveBeenCalledOnce();
  });

  test("asks for the bodies that its page could not carry", async () => {
    const { state, backend } = made(page(0, 1, ""));
    await state.open("c");
    const body = (html: string, remote = false) => ({ ...message(1), html, hasHtml: true, remote }) as Message;
    expect(state.lacksHtml(body("<p>whole</p>"))).toBe(false);
    expect(state.lacksHtml(body('<img src="cid:logo">'))).toBe(true);
    expect(state.lacksHtml(body("<p>whole</p>", true))).toBe(true);
    await state.loadHtml(body(""));
    expect(state.lacksHtml(body(""))).toBe(false);
    expect(state.html(body(""))).toBe("<p>The whole message.</p>");
    await state.loadHtml(body("", true), { remote: true, always: false });
    expect(state.lacksHtml(body("", true))).toBe(false);
    expect(calls(backend, "inbox.html")).toHaveLength(2);
  });

  test("is read when somebody is there to read it, and stays unread when they say so", async () => {
    const backend = fake();
    let here = false;
    const state = new ConversationState(backend, () => here);
    await state.open("c1");
    expect(calls(backend, "inbox.markRead")).toHaveLength(0);
    here = true;
    await state.markRead();
    expect(calls(backend, "inbox.markRead")).toEqual([["c1"]]);
    state.keepUnread("c1");
    await backend.inbox.bulk({ do: "unread", conversationIds: ["c1"], memberId: "" });
    await state.refresh();
    expect(calls(backend, "inbox.markRead")).toHaveLength(1);
    await state.open("c2");
    await state.open("c1");
    expect(calls(backend, "inbox.markRead").length).toBeGreaterThan(1);
  });
});

test("the program is told which conversation is before somebody's eyes (R16)", async () => {
  const backend = fake();
  let here = true;
  const state = new ConversationState(backend, () => here);
  await state.open("c1");
  here = false;
  state.tellFocus();
  here = true;
  state.close();
  await vi.waitFor(() => expect(calls(backend, "window.focus")).toEqual([["c1", true], ["c1", false], ["", true]]));
});

test("what is before somebody's eyes is told in order, however long one telling takes (R16)", async () => {
  const backend = fake();
  const heard: string[] = [];
  const answers: (() => void)[] = [];
  backend.window.focus = async (id) => {
    await new Promise<void>((answer) => answers.push(answer));
    heard.push(id);
  };
  const state = new ConversationState(backend, () => true);
  await state.open("c1");
  await state.open("c2");
  expect(answers).toHaveLength(1);
  answers[0]?.();
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]?.();
  await vi.waitFor(() => expect(heard).toEqual(["c1", "c2"]));
});

describe("toasts", () => {
  afterEach(() => vi.useRealTimers());

  test("count down and go; what was undone is undone once", async () => {
    vi.useFakeTimers();
    const toasts = new Toasts();
    const undo = vi.fn(async () => undefined);
    toasts.countdown("m1", "Sending", "", 3, undo);
    await vi.advanceTimersByTimeAsync(1000);
    expect(toasts.list[0]?.left).toBe(2);
    toasts.undoLast();
    toasts.undoLast();
    expect(undo).toHaveBeenCalledOnce();
    toasts.done("Done");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(toasts.list).toEqual([]);
  });

  test("say what was done several times once", () => {
    const toasts = new Toasts();
    for (const to of ["Els", "Zoë", "Ben"]) toasts.done("Message queued", to);
    toasts.done("Saved");
    expect(toasts.list.map(({ title, text }) => [title, text])).toEqual([["Message queued", "Ben"], ["Saved", ""]]);
    toasts.destroy();
  });

  test("say what went wrong, with the details", async () => {
    const toasts = new Toasts();
    const went = await toasts.attempt(() => Promise.reject('{"code":"conflict","message":"Daan is away.","detail":"R3"}'));
    expect(went).toBe(false);
    expect(toasts.list[0]).toMatchObject({ kind: "error", text: "Daan is away.", detail: "R3" });
    toasts.destroy();
  });
});

describe("a search", () => {
  afterEach(() => vi.useRealTimers());

  test("runs once after the last key and forgets answers to older words", async () => {
    vi.useFakeTimers();
    const backend = fake();
    const search = new Search(backend);
    search.type("fra");
    search.type("frame");
    await vi.advanceTimersByTimeAsync(searchAfter);
    expect(calls(backend, "inbox.search")).toEqual([["frame*"]]);
    expect(search.hits.map((hit) => hit.subject)).toEqual(["Frame warranty claim"]);
    search.type("");
    await vi.advanceTimersByTimeAsync(searchAfter);
    expect(search.hits).toEqual([]);
  });
});

test("a setting that could not be stored goes back to what it was", async () => {
  const backend = fake({
    before: (name) => {
      if (name === "settings.save") throw new Error("no");
    },
  });
  const settings = new SettingsState(backend);
  await settings.load();
  await expect(settings.save({ theme: "dark" })).rejects.toThrow();
  expect(settings.theme).toBe("light");
  settings.destroy();
});

test("the status adds channels up and names the worst", async () => {
  const status = new StatusState(fake());
  await status.load();
  const channel = (id: string, state: string, done: number, total: number) => ({ id, state, done, total, setAside: 0, lastSync: "", reason: "" });
  status.set({
    ...status.value,
    channels: [channel("a", "syncing", 100, 400), channel("b", "offline", 0, 0), channel("c", "needs_sign_in", 4, 4), channel("d", "ok", 1, 9)],
  } as never);
  expect(status.progress).toEqual({ done: 101, total: 409 });
  expect(status.trouble?.id).toBe("c");
});
