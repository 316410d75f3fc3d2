import { m } from "$lib/i18n";
import type { App } from "$lib/state/app.svelte";
import { to } from "$lib/state/router.svelte";
import { sectionName } from "$lib/state/words";
import type { RecordKind, SectionId } from "$lib/backend";
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
  /** Would change something now: the palette offers nothing else, while the keys stay bound. */
  useful?: () => boolean;
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

// What acts where no inbox is shown: on the first screen, and while somebody
// waits to be let in. All else would do its work behind that.
const anywhere = /^(palette|help|quit|connect|connectWhatsApp|connectMessenger|joinTeam|stopWaiting|teamSignIn|restore|removeAll|demo|theme|(theme|language)-.+)$/;

/** The same orders, of which only those act where no inbox is shown that can be seen to. */
export function acting(app: App, orders: Command[]): Command[] {
  return orders.map((each) => (anywhere.test(each.id) ? each : { ...each, enabled: () => app.inside && (each.enabled?.() ?? true) }));
}

/** Every command there is. */
export function commands(app: App, handles: Handles): Command[] {
  return acting(app, [...listCommands(app), ...conversationCommands(app, handles), ...linkCommands(app), ...contactCommands(app), ...goCommands(app, handles), ...bellCommands(app), ...generalCommands(app)]);
}

/** Whether the palette offers it. */
export const offered = (command: Command): boolean => !command.keysOnly && (command.enabled?.() ?? true) && (command.useful?.() ?? true);

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
  const listed = () => inbox() || router.route.view === "contacts";
  const move = (step: number) => {
    if (router.route.view === "contacts") return stepContacts(app, step);
    list.moveTo(list.cursor < 0 ? 0 : list.cursor + step);
    if (router.route.view === "conversation" && list.cursorId) router.replace(to.conversation(list.cursorId));
  };
  return [
    { id: "next", group: "list", title: () => m.key_next(), keys: ["j"], run: () => move(1), enabled: listed, keysOnly: true },
    { id: "previous", group: "list", title: () => m.key_previous(), keys: ["k"], run: () => move(-1), enabled: listed, keysOnly: true },
    { id: "open", group: "list", title: () => m.key_open(), keys: ["enter"], run: () => actions.open(list.cursorId), enabled: () => inbox() && list.cursorId !== "" && !onControl(), keysOnly: true },
    { id: "tick", group: "list", title: () => m.key_tick(), keys: ["x"], run: () => selection.toggle(list.cursorId, list.cursor), enabled: () => inbox() && list.cursorId !== "", keysOnly: true },
    { id: "tickAll", group: "list", title: () => m.key_tick_all(), keys: ["mod+a"], run: () => void selection.all(), enabled: inbox, keysOnly: true },
    { id: "compose", group: "list", title: () => m.compose(), keys: ["c"], run: () => app.dialogs.show({ name: "compose" }), enabled: () => app.channels.list.length > 0 },
  ];
}

// Through the contacts, with the one beside the list following.
function stepContacts({ contacts, router }: App, step: number): void {
  contacts.moveTo(contacts.cursor < 0 ? 0 : Math.max(0, contacts.cursor + step));
  const open = router.route.view === "contacts" && router.route.id !== "";
  if (open && contacts.cursorId) router.replace(to.record(contacts.kind, contacts.cursorId));
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
  const { actions, dialogs, conversation, router, team } = app;
  const inbox = () => router.route.view === "section" || router.route.view === "conversation";
  const some = () => inbox() && actions.subject.length > 0;
  const open = () => router.route.view === "conversation" && conversation.data !== undefined;
  return [
    { id: "reply", group: "conversation", title: () => m.reply(), keys: ["r"], run: () => handles.focusReply(false), enabled: open },
    { id: "replyAll", group: "conversation", title: () => m.reply_all(), keys: ["shift+r"], run: () => handles.focusReply(true), enabled: open },
    { id: "note", group: "conversation", title: () => m.write_note(), keys: ["n"], run: () => handles.focusNote(), enabled: open },
    { id: "close", group: "conversation", title: () => m.close_conversation(), keys: ["e"], run: () => void actions.close(), enabled: some, useful: () => actions.any((row) => !row.closed) },
    { id: "reopen", group: "conversation", title: () => m.reopen(), keys: ["shift+e"], run: () => void actions.reopen(), enabled: some, useful: () => actions.any((row) => row.closed) },
    { id: "assign", group: "conversation", title: () => m.assign(), keys: ["a"], run: () => dialogs.show({ name: "assign", ids: actions.subject }), enabled: some, useful: () => actions.any((row) => row.assigneeId !== "" || team.active.some((member) => actions.takes(member, row))) },
    { id: "unassign", group: "conversation", title: () => m.unassign(), keys: ["shift+a"], run: () => void actions.unassign(), enabled: some, useful: () => actions.any((row) => row.assigneeId !== "") },
    { id: "unread", group: "conversation", title: () => m.mark_unread(), keys: ["u"], run: () => void actions.markUnread(), enabled: some, useful: () => actions.any((row) => row.unread === 0) },
    { id: "read", group: "conversation", title: () => m.mark_read(), keys: ["shift+u"], run: () => void actions.markRead(), enabled: some, useful: () => actions.any((row) => row.unread > 0) },
  ];
}

function linkCommands(app: App): Command[] {
  const { linking, provider } = app;
  const enabled = () => linking.possible && provider.value.connected;
  const make = (kind: RecordKind, title: () => string): Command => ({
    id: `make-${kind}`, group: "conversation", title, keys: [], run: () => linking.begin({ kind, make: true }), enabled,
  });
  return [
    { id: "link", group: "conversation", title: () => m.crm_link_to(), keys: ["l"], run: () => linking.begin({ kind: "person", make: false }), enabled },
    make("person", () => m.crm_make_person()),
    make("lead", () => m.crm_make_lead()),
    make("deal", () => m.crm_make_deal()),
  ];
}

function contactCommands(app: App): Command[] {
  const { book, dialogs, record, router } = app;
  const here = () => router.route.view === "contacts";
  const make = (kind: RecordKind, title: () => string): Command => ({
    id: `new-${kind}`, group: "go", title, keys: [], run: () => dialogs.show({ name: "newRecord", kind }), enabled: () => book.writable,
  });
  return [
    { id: "contacts", group: "go", title: () => m.contacts(), keys: ["g p"], run: () => router.go(to.contacts()) },
    { id: "record-edit", group: "general", title: () => m.contacts_edit_key(), keys: ["d"], run: () => record.edit(), enabled: () => here() && book.writable && record.data !== undefined && !record.gone && !record.draft },
    make("person", () => m.contacts_new_person()),
    make("lead", () => m.contacts_new_lead()),
    make("deal", () => m.contacts_new_deal()),
    { id: "import", group: "go", title: () => m.contacts_import(), keys: [], run: () => dialogs.show({ name: "importContacts" }), enabled: () => book.writable },
    { id: "export", group: "go", title: () => m.contacts_export(), keys: [], run: () => void book.exportAll(), enabled: () => app.provider.loaded && !app.provider.outside },
  ];
}

function goCommands(app: App, handles: Handles): Command[] {
  const { router, status } = app;
  const mayConnect = () => !status.value.sandbox && app.team.isAdmin;
  const there = sections.map(
    ([id, keys]): Command => ({ id: `go-${id}`, group: "go", title: () => sectionName(id), keys: [keys], run: () => router.go(to.section(id)) }),
  );
  return [
    ...there,
    { id: "search", group: "go", title: () => m.search(), keys: ["/"], run: handles.focusSearch },
    { id: "settings", group: "go", title: () => m.settings(), keys: ["g s"], run: () => router.go(to.settings()) },
    { id: "notifications", group: "go", title: () => m.notifications_go(), keys: ["g n"], run: () => router.go(to.settings("notifications")) },
    { id: "team", group: "go", title: () => m.settings_team(), keys: ["g t"], run: () => router.go(to.settings("team")) },
    { id: "crm", group: "go", title: () => m.crmset_title(), keys: [], run: () => router.go(to.settings("crm")) },
    ...movingCommands(app),
    { id: "diagnostics", group: "go", title: () => m.diagnostics(), keys: [], run: () => router.go(to.settings("diagnostics")) },
    { id: "about", group: "go", title: () => m.about(), keys: [], run: () => router.go(to.settings("about")) },
    { id: "voids", group: "go", title: () => m.voids(), keys: [], run: () => app.dialogs.show({ name: "voids" }), enabled: () => app.voids.list.length > 0 },
    { id: "connect", group: "go", title: () => m.connect_mailbox(), keys: [], run: () => app.dialogs.show({ name: "connect" }), enabled: mayConnect },
    { id: "connectWhatsApp", group: "go", title: () => m.connect_whatsapp(), keys: [], run: () => app.dialogs.show({ name: "connect", kind: "whatsapp" }), enabled: mayConnect },
    { id: "connectMessenger", group: "go", title: () => m.connect_messenger(), keys: [], run: () => app.dialogs.show({ name: "connect", kind: "messenger" }), enabled: mayConnect },
  ];
}

function movingCommands({ conversation, dialogs, moving, router }: App): Command[] {
  const open = () => router.route.view === "conversation" && conversation.data !== undefined;
  const its = (run: (id: string) => void) => () => {
    if (conversation.data) run(conversation.data.id);
  };
  return [
    { id: "print", group: "conversation", title: () => m.moving_print(), keys: ["mod+p"], run: its((id) => void moving.print(id)), enabled: open },
    { id: "exportOne", group: "conversation", title: () => m.moving_export_one(), keys: [], run: its((id) => dialogs.show({ name: "export", id })), enabled: open },
    { id: "moving", group: "go", title: () => m.moving(), keys: [], run: () => router.go(to.settings("moving")) },
    { id: "restore", group: "go", title: () => m.moving_restore(), keys: [], run: () => dialogs.show({ name: "restore" }) },
    { id: "removeAll", group: "go", title: () => m.moving_remove(), keys: [], run: () => dialogs.show({ name: "removeAll" }) },
  ];
}

function bellCommands(app: App): Command[] {
  const { backend, closing, dialogs, notifications, toasts } = app;
  const hour = 60;
  const pause = async (minutes: number) => {
    if (await toasts.attempt(() => notifications.pause(minutes))) toasts.done(minutes > 0 ? m.paused_done() : m.paused_ended());
  };
  // A page in a browser can end itself, not the program.
  const quit: Command = { id: "quit", group: "general", title: () => m.quit(), keys: ["mod+q"], run: () => void closing.quit(), always: true };
  return [
    { id: "bell", group: "general", title: () => m.notifications(), keys: ["b"], run: () => dialogs.show({ name: "notifications" }) },
    { id: "pause", group: "general", title: () => (notifications.paused ? m.pause_end() : m.pause_hour()), keys: [], run: () => void pause(notifications.paused ? 0 : hour) },
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
        else if (router.route.view === "contacts") router.go(router.route.id ? to.contacts(router.route.kind) : to.section(list.section, list.channelId));
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
