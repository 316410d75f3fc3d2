import { fix } from "$components/notifications/fix";
import { locales, m } from "$lib/i18n";
import type { App } from "$lib/state/app.svelte";
import { noFilter } from "$lib/state/list.svelte";
import { to, type SettingsPage } from "$lib/state/router.svelte";
import { kindName, sortName } from "$lib/state/words";
import { display } from "$lib/text/address";
import { acting, type Command } from "./commands";

/** What the palette asks of the composer. */
export interface Writing {
  /** Puts a canned reply into the answer; "" asks which. */
  canned: (id: string) => void;
  template: () => void;
}

const order = (id: string, group: Command["group"], title: () => string, run: () => void, enabled: () => boolean = () => true): Command => ({
  id, group, title, run, enabled, keys: [],
});

/** Leads to the page where a button of these words stands. */
const lead = ({ router }: App, id: string, page: SettingsPage, title: () => string, enabled?: () => boolean): Command =>
  order(id, "go", title, () => router.go(to.settings(page)), enabled);

/**
 * Everything else that the window can do: what depends on who and what there
 * is, and what has no key. The palette offers it beside the commands.
 */
export function more(app: App, writing: Writing): Command[] {
  return acting(app, [
    ...conversationOrders(app, writing),
    ...assignOrders(app),
    ...linkOrders(app),
    ...listOrders(app),
    ...placeOrders(app),
    ...channelOrders(app),
    ...teamOrders(app),
    ...choiceOrders(app),
    ...windowOrders(app),
  ]);
}

function conversationOrders(app: App, writing: Writing): Command[] {
  const { actions, channels, composer, conversation, dialogs, replies, router, team } = app;
  const open = () => router.route.view === "conversation" && conversation.data !== undefined && team.status.state !== "removed";
  const data = () => conversation.data;
  const email = () => open() && data()?.kind === "email";
  const last = () => data()?.messages.at(-1)?.id ?? "";
  // Where only a template may go there is no text to put one into.
  const writable = () => open() && data()?.composer.mode !== "template_only" && data()?.composer.mode !== "blocked";
  const its = (run: (it: NonNullable<typeof conversation.data>) => void) => () => {
    const it = data();
    if (it) run(it);
  };
  return [
    order("canned", "conversation", () => m.canned_insert(), () => writing.canned(""), writable),
    ...replies.list.map((reply) => order(`canned-${reply.id}`, "conversation", () => m.canned_insert_one({ name: reply.name }), () => writing.canned(reply.id), writable)),
    order("template", "conversation", () => m.template_choose(), writing.template, () => open() && (data()?.composer.limits?.templates ?? false)),
    order("copyLink", "conversation", () => m.copy_link(), its((it) => void actions.copyLink(it.id)), open),
    order("nameContact", "conversation", () => m.chat_name(), its(({ id, contact }) => dialogs.show({ name: "nameContact", id, was: contact.name, address: contact.address })), () => open() && !email()),
    order("source", "conversation", () => m.view_source(), () => dialogs.show({ name: "source", messageId: last() }), () => email() && last() !== ""),
    order("delete", "conversation", () => m.delete_conversation(), its((it) => dialogs.show({ name: "delete", id: it.id, contact: display(it.contact) })), () => open() && team.isMe(channels.get(data()?.channelId ?? "")?.installer ?? "")),
    order("signature", "conversation", () => (composer.unsigned ? m.signature_put_back() : m.signature_leave_out()), () => (composer.unsigned = !composer.unsigned), email),
    order("quote", "conversation", () => m.palette_quote(), () => (composer.withQuote = false), () => email() && composer.withQuote),
    order("attach", "conversation", () => m.attach_file(), () => void app.toasts.attempt(() => composer.attach(app.backend.files.pick())), writable),
    order("send", "conversation", () => m.send(), () => void actions.send(), () => writable() && !composer.empty),
  ];
}

function assignOrders(app: App): Command[] {
  const { actions, router, team } = app;
  const some = () => team.status.state !== "removed" && (router.route.view === "section" || router.route.view === "conversation") && actions.subject.length > 0;
  return team.active.map((member) =>
    order(
      `assign-${member.id}`,
      "conversation",
      () => (team.isMe(member.id) ? m.palette_assign_me() : m.palette_assign({ name: member.name })),
      () => void actions.assign(actions.subject, member.id),
      () => some() && actions.any((row) => actions.takes(member, row)),
    ),
  );
}

function linkOrders(app: App): Command[] {
  const { book, conversation, dialogs, linking, provider, router } = app;
  const links = conversation.data?.links ?? [];
  return [
    ...links.map((link) => order(`unlink-${link.id}`, "conversation", () => m.crm_unlink({ title: link.title }), () => void linking.unlink(link), () => linking.possible)),
    ...links.map((link) => order(`record-${link.id}`, "conversation", () => m.palette_open({ name: link.title }), () => linking.open({ kind: link.kind, id: link.targetId, url: link.url }), () => linking.possible && link.targetId !== "")),
    order("persons", "go", () => m.palette_go({ name: m.record_persons() }), () => router.go(to.contacts("person"))),
    order("leads", "go", () => m.palette_go({ name: m.record_leads() }), () => router.go(to.contacts("lead"))),
    order("deals", "go", () => m.palette_go({ name: m.record_deals() }), () => router.go(to.contacts("deal"))),
    order("duplicates", "go", () => m.contacts_twice_title(), () => dialogs.show({ name: "duplicates" }), () => book.writable),
    lead(app, "crmConnect", "crm", () => (provider.outside && provider.value.connected ? m.crmset_replace() : `${m.pipedrive_connect()}: Pipedrive`), () => provider.outside || provider.value.admin),
    order("crmDisconnect", "go", () => (provider.value.admin ? m.crmset_leave_ask({ crm: "Pipedrive" }) : m.crmset_token_remove_ask()), () => dialogs.show({ name: "crmDisconnect" }), () => provider.outside && (provider.value.admin || provider.value.account !== "")),
  ];
}

function listOrders(app: App): Command[] {
  const { channels, list, router, selection } = app;
  const inbox = () => router.route.view === "section" || router.route.view === "conversation";
  const sorts = channels.has("whatsapp", "messenger") ? (["newest", "oldest", "window"] as const) : (["newest", "oldest"] as const);
  const kinds = (["email", "whatsapp", "messenger"] as const).filter((kind) => channels.has(kind));
  return [
    ...sorts.map((sort) => order(`sort-${sort}`, "list", () => m.palette_sort({ name: sortName(sort) }), () => void list.setSort(sort), () => inbox() && list.sort !== sort)),
    order("filter-unread", "list", () => m.filter_unread(), () => void list.setFilter({ unread: true }), () => inbox() && !list.filter.unread),
    ...kinds.map((kind) => order(`filter-${kind}`, "list", () => m.palette_only({ name: kindName(kind) }), () => void list.setFilter({ kind }), () => inbox() && kinds.length > 1 && list.filter.kind !== kind)),
    order("filter-clear", "list", () => m.filter_clear(), () => void list.setFilter(noFilter()), () => inbox() && list.filtered),
    order("selectAll", "list", () => m.key_tick_all(), () => void selection.all(), inbox),
    order("selectNone", "list", () => m.selection_clear(), () => selection.clear(), () => selection.ids.size > 0),
  ];
}

function placeOrders(app: App): Command[] {
  const { channels, list, router } = app;
  return [
    ...channels.list.map((channel) => order(`channel-${channel.id}`, "go", () => m.palette_go({ name: channel.name }), () => router.go(to.section(list.section, channel.id)))),
    lead(app, "replies", "replies", () => m.canned_manage()),
    lead(app, "backup", "moving", () => m.moving_backup_make()),
    lead(app, "exportAll", "moving", () => m.moving_export_all()),
    lead(app, "report", "diagnostics", () => m.report_copy()),
  ];
}

function channelOrders(app: App): Command[] {
  const { channels, dialogs, team } = app;
  return channels.list.flatMap((channel) => {
    const { id: channelId, name } = channel;
    const mayChange = () => !(channel.readOnly || !(team.isAdmin || team.isMe(channel.installer)));
    const its = (what: string, title: () => string, enabled?: () => boolean) =>
      order(`${what}-${channelId}`, "go", title, () => fix(app, "channels", () => undefined), enabled);
    return [
      its("check", () => `${m.check()}: ${name}`),
      its("change", () => `${m.change()}: ${name}`, mayChange),
      its("channelSignature", () => `${m.signature()}: ${name}`, () => channel.kind === "email" && mayChange()),
      its("installer", () => `${name}: ${m.installer_next()}`, () => team.isAdmin && channel.needsInstaller === true),
      order(`signIn-${channelId}`, "go", () => m.palette_sign_in({ name }), () => dialogs.show({ name: "signIn", channelId }), () => channel.signIn === "own" || mayChange()),
      order(`share-${channelId}`, "go", () => m.palette_share({ name }), () => dialogs.show({ name: "shareChannel", channelId }), () => mayChange() && !channel.shared && team.together),
      order(`disconnect-${channelId}`, "go", () => m.palette_disconnect({ name }), () => dialogs.show({ name: "disconnect", channelId }), mayChange),
    ];
  });
}

function teamOrders(app: App): Command[] {
  const { dialogs, status, team } = app;
  const alone = () => team.status.state === "solo" && team.active.length < 2 && !status.value.sandbox;
  const manages = () => team.manages;
  const show = (name: "createTeam" | "joinTeam" | "stopWaiting" | "teamSignIn" | "leave" | "todo") => () => dialogs.show({ name });
  return [
    order("createTeam", "go", () => m.team_make(), show("createTeam"), alone),
    order("joinTeam", "go", () => m.join_team(), show("joinTeam"), alone),
    order("stopWaiting", "go", () => m.pending_stop(), show("stopWaiting"), () => app.pending),
    lead(app, "invite", "team", () => m.invite(), manages),
    ...team.waiting.flatMap(({ id, name }) => [
      lead(app, `approve-${id}`, "team", () => m.approve_name({ name }), manages),
      lead(app, `refuse-${id}`, "team", () => m.refuse_name({ name }), manages),
    ]),
    ...team.active.map(({ id, name }) => lead(app, `role-${id}`, "team", () => m.role_of({ name }), () => team.manages && !team.isLastAdmin(id))),
    lead(app, "revoke", "team", () => `${m.computer_revoke()}: ${m.computer()}`, () => team.together),
    order("teamSignIn", "go", () => m.palette_sign_in({ name: m.team() }), show("teamSignIn"), () => team.status.mailbox.host !== "" && team.status.state !== "removed"),
    order("leave", "go", () => m.leave(), show("leave"), () => team.together && team.status.state !== "removed" && !team.isLastAdmin(team.status.me)),
    order("todo", "go", () => m.todo(), show("todo"), () => team.manages && team.status.todo.length > 0),
    ...team.active.map((member) => order(`remove-${member.id}`, "go", () => m.palette_remove({ name: member.name }), () => dialogs.show({ name: "removeMember", memberId: member.id }), () => team.manages && team.together && !team.isMe(member.id))),
    order("repair", "go", () => m.palette_repair(), () => dialogs.show({ name: "repair", fresh: false }), manages),
    order("repairFresh", "go", () => m.repair_fresh(), () => dialogs.show({ name: "repair", fresh: true }), manages),
  ];
}

const languageNames = { en: "English", nl: "Nederlands" } as const;

function choiceOrders(app: App): Command[] {
  const { settings, team, toasts } = app;
  const save = (changes: Parameters<typeof settings.save>[0]) => () => void toasts.attempt(() => settings.save(changes));
  const is = (key: "language" | "theme" | "sendKey", value: string) => () => settings.values[key] !== value;
  const toggle = (id: "startAtLogin" | "keepInTray", name: () => string) =>
    order(id, "general", () => (settings.values[id] ? m.palette_off({ name: name() }) : m.palette_on({ name: name() })), () => save({ [id]: !settings.values[id] })(), () => app.backend.window.native);
  return [
    ...locales.map((language) => order(`language-${language}`, "general", () => m.palette_language({ name: languageNames[language] }), save({ language }), is("language", language))),
    order("language-system", "general", () => m.palette_language({ name: m.as_system() }), save({ language: "" }), is("language", "")),
    order("theme-light", "general", () => m.palette_theme({ name: m.theme_light() }), save({ theme: "light" }), is("theme", "light")),
    order("theme-dark", "general", () => m.palette_theme({ name: m.theme_dark() }), save({ theme: "dark" }), is("theme", "dark")),
    order("theme-system", "general", () => m.palette_theme({ name: m.as_system() }), save({ theme: "" }), is("theme", "")),
    order("sendKey-enter", "general", () => m.palette_send_with({ name: m.send_key_enter() }), save({ sendKey: "enter" }), is("sendKey", "enter")),
    order("sendKey-mod", "general", () => m.palette_send_with({ name: m.send_key_mod() }), save({ sendKey: "mod+enter" }), is("sendKey", "mod+enter")),
    toggle("startAtLogin", () => m.start_at_login()),
    toggle("keepInTray", () => m.keep_in_tray()),
    order("neutralSubjects", "general", () => (settings.values.neutralSubjects ? m.palette_off : m.palette_on)({ name: m.neutral_subjects() }), () => save({ neutralSubjects: !settings.values.neutralSubjects })(), () => team.manages),
  ];
}

function windowOrders(app: App): Command[] {
  const { backend, dialogs, outbox, router, selfTest, toasts } = app;
  return [
    order("attention", "go", () => m.status_attention({ n: outbox.attention.length }), () => router.go(to.conversation(outbox.attention[0]?.conversationId ?? "")), () => outbox.attention.length > 0),
    order("rebuild", "general", () => m.rebuild(), () => dialogs.show({ name: "rebuild" })),
    order("selfTest", "general", () => m.self_test_start(), () => {
      router.go(to.settings("notifications"));
      void selfTest.run();
    }, () => !selfTest.running),
    order("demo", "general", () => m.open_demo(), () => void toasts.attempt(() => backend.settings.openDemo()), () => app.status.value.demo === true),
  ];
}
