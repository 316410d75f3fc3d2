import { m } from "$lib/i18n";
import type { App } from "$lib/state/app.svelte";
import { to } from "$lib/state/router.svelte";
import { sectionName } from "$lib/state/words";
import type { SectionId } from "$lib/backend";
import type { Binding } from "./keymap";

export type Group = "list" | "conversation" | "go" | "general";

/** Something a person can ask for: by key, from the palette, shown in the help. */
export interface Command {
  id: string;
  group: Group;
  title: () => string;
  keys: string[];
  run: () => void;
  enabled?: () => boolean;
  always?: boolean;
  /** Makes no sense in the palette: moving about, closing what is open. */
  keysOnly?: boolean;
}

/** What the view offers that only it can do. */
export interface Handles {
  focusReply: (all: boolean) => void;
  focusNote: () => void;
  focusSearch: () => void;
}

const sections: [SectionId, string][] = [
  ["unassigned", "g u"],
  ["mine", "g m"],
  ["others", "g o"],
  ["closed", "g c"],
];

/** Every command there is. */
export function commands(app: App, handles: Handles): Command[] {
  return [...listCommands(app), ...conversationCommands(app, handles), ...goCommands(app, handles), ...bellCommands(app), ...generalCommands(app)];
}

/** The same as bindings, for the keymap. */
export function bindings(all: Command[], free: () => boolean): Binding[] {
  return all.flatMap((command) =>
    command.keys.map((keys) => ({
      keys,
      run: command.run,
      always: command.always ?? false,
      enabled: () => (command.always || free()) && (command.enabled?.() ?? true),
    })),
  );
}

function listCommands(app: App): Command[] {
  const { list, selection, actions, router } = app;
  const inbox = () => router.route.view === "section" || router.route.view === "conversation";
  const move = (step: number) => {
    list.moveTo(list.cursor < 0 ? 0 : list.cursor + step);
    if (router.route.view === "conversation" && list.cursorId) router.replace(to.conversation(list.cursorId));
  };
  return [
    { id: "next", group: "list", title: () => m.key_next(), keys: ["j"], run: () => move(1), enabled: inbox, keysOnly: true },
    { id: "previous", group: "list", title: () => m.key_previous(), keys: ["k"], run: () => move(-1), enabled: inbox, keysOnly: true },
    { id: "open", group: "list", title: () => m.key_open(), keys: ["enter"], run: () => actions.open(list.cursorId), enabled: () => inbox() && list.cursorId !== "" && !onControl(), keysOnly: true },
    { id: "tick", group: "list", title: () => m.key_tick(), keys: ["x"], run: () => selection.toggle(list.cursorId, list.cursor), enabled: () => inbox() && list.cursorId !== "", keysOnly: true },
    { id: "tickAll", group: "list", title: () => m.key_tick_all(), keys: ["mod+a"], run: () => void selection.all(), enabled: inbox, keysOnly: true },
    { id: "compose", group: "list", title: () => m.compose(), keys: ["c"], run: () => app.dialogs.show({ name: "compose" }), enabled: () => app.channels.list.length > 0 },
  ];
}

// Enter on a button or link is that button's.
function onControl(): boolean {
  return document.activeElement?.closest("button, a, [role=menuitem]") !== null && document.activeElement !== document.body;
}

// One layer at a time: out of what one types in, before out of where one is.
function leaveField(): boolean {
  const field = document.activeElement;
  if (!(field instanceof HTMLElement) || !field.matches("input, textarea, select")) return false;
  field.blur();
  return true;
}

function conversationCommands(app: App, handles: Handles): Command[] {
  const { actions, dialogs, conversation, router } = app;
  const some = () => actions.subject.length > 0;
  const open = () => router.route.view === "conversation" && conversation.data !== undefined;
  return [
    { id: "reply", group: "conversation", title: () => m.reply(), keys: ["r"], run: () => handles.focusReply(false), enabled: open },
    { id: "replyAll", group: "conversation", title: () => m.reply_all(), keys: ["shift+r"], run: () => handles.focusReply(true), enabled: open },
    { id: "note", group: "conversation", title: () => m.write_note(), keys: ["n"], run: () => handles.focusNote(), enabled: open },
    { id: "close", group: "conversation", title: () => m.close_conversation(), keys: ["e"], run: () => void actions.close(), enabled: some },
    { id: "reopen", group: "conversation", title: () => m.reopen(), keys: ["shift+e"], run: () => void actions.reopen(), enabled: some },
    { id: "assign", group: "conversation", title: () => m.assign(), keys: ["a"], run: () => dialogs.show({ name: "assign", ids: actions.subject }), enabled: some },
    { id: "unassign", group: "conversation", title: () => m.unassign(), keys: ["shift+a"], run: () => void actions.unassign(), enabled: some },
    { id: "unread", group: "conversation", title: () => m.mark_unread(), keys: ["u"], run: () => void actions.markUnread(), enabled: some },
    { id: "read", group: "conversation", title: () => m.mark_read(), keys: ["shift+u"], run: () => void actions.markRead(), enabled: some },
  ];
}

function goCommands(app: App, handles: Handles): Command[] {
  const { router, status } = app;
  const there = sections.map(
    ([id, keys]): Command => ({ id: `go-${id}`, group: "go", title: () => sectionName(id), keys: [keys], run: () => router.go(to.section(id)) }),
  );
  return [
    ...there,
    { id: "search", group: "go", title: () => m.search(), keys: ["/"], run: handles.focusSearch },
    { id: "settings", group: "go", title: () => m.settings(), keys: ["g s"], run: () => router.go(to.settings()) },
    { id: "notifications", group: "go", title: () => m.notifications_go(), keys: ["g n"], run: () => router.go(to.settings("notifications")) },
    { id: "team", group: "go", title: () => m.settings_team(), keys: ["g t"], run: () => router.go(to.settings("team")) },
    { id: "diagnostics", group: "go", title: () => m.diagnostics(), keys: [], run: () => router.go(to.settings("diagnostics")) },
    { id: "voids", group: "go", title: () => m.voids(), keys: [], run: () => app.dialogs.show({ name: "voids" }), enabled: () => app.voids.list.length > 0 },
    { id: "connect", group: "go", title: () => m.connect_mailbox(), keys: [], run: () => app.dialogs.show({ name: "connect" }), enabled: () => !status.value.sandbox && app.team.isAdmin },
  ];
}

function bellCommands(app: App): Command[] {
  const { backend, closing, dialogs, notifications, toasts } = app;
  const hour = 60;
  const pause = async (minutes: number) => {
    if (await toasts.attempt(() => notifications.pause(minutes))) toasts.done(minutes > 0 ? m.paused_done() : m.paused_ended());
  };
  const inside = () => !app.firstRun && !app.pending;
  // A page in a browser can end itself, not the program.
  const quit: Command = { id: "quit", group: "general", title: () => m.quit(), keys: ["mod+q"], run: () => void closing.quit(), always: true };
  return [
    { id: "bell", group: "general", title: () => m.notifications(), keys: ["b"], run: () => dialogs.show({ name: "notifications" }), enabled: inside },
    { id: "pause", group: "general", title: () => (notifications.paused ? m.pause_end() : m.pause_hour()), keys: [], run: () => void pause(notifications.paused ? 0 : hour), enabled: inside },
    ...(backend.window.native ? [quit] : []),
  ];
}

function generalCommands(app: App): Command[] {
  const { dialogs, toasts, team, settings, router, list, selection } = app;
  return [
    { id: "palette", group: "general", title: () => m.palette(), keys: ["mod+k"], run: () => dialogs.show({ name: "palette" }), always: true, keysOnly: true },
    { id: "undo", group: "general", title: () => m.undo(), keys: ["z"], run: () => toasts.undoLast() },
    { id: "help", group: "general", title: () => m.shortcuts(), keys: ["?"], run: () => dialogs.show({ name: "help" }) },
    {
      id: "escape", group: "general", title: () => m.key_escape(), keys: ["escape"], always: true, keysOnly: true,
      enabled: () => dialogs.open === undefined,
      run: () => {
        if (router.route.view !== "search" && leaveField()) return;
        if (selection.ids.size > 0) selection.clear();
        else if (router.route.view === "conversation") router.go(to.section(list.section, list.channelId));
        else if (router.route.view !== "section") router.leave();
      },
    },
    {
      id: "available", group: "general", keys: [], title: () => (team.available ? m.become_unavailable() : m.become_available()),
      run: () => void toasts.attempt(() => team.setAvailable(!team.available)),
    },
    {
      id: "theme", group: "general", keys: [], title: () => (settings.theme === "dark" ? m.theme_use_light() : m.theme_use_dark()),
      run: () => void toasts.attempt(() => settings.save({ theme: settings.theme === "dark" ? "light" : "dark" })),
    },
  ];
}
