import type { Activity, Channel, ChannelKind, MessageState, SectionId, Sort } from "$lib/backend";
import { m } from "$lib/i18n";
import type { App } from "./app.svelte";
import { clock } from "$lib/text/time";
import { phone } from "$lib/text/phone";
import { phaseIcon, phaseText } from "./phase";
import { count } from "$lib/text/size";

// What the contract's words are called on the screen.

const sectionNames: Record<SectionId, () => string> = {
  unassigned: () => m.section_unassigned(),
  mine: () => m.section_mine(),
  others: () => m.section_others(),
  closed: () => m.section_closed(),
};

export const sectionName = (id: SectionId): string => sectionNames[id]();

const sortNames: Record<Sort, () => string> = {
  newest: () => m.sort_newest(),
  oldest: () => m.sort_oldest(),
  window: () => m.sort_window(),
};

export const sortName = (sort: Sort): string => sortNames[sort]();

const kindNames: Record<ChannelKind, () => string> = {
  email: () => m.kind_email(),
  whatsapp: () => m.kind_whatsapp(),
  messenger: () => m.kind_messenger(),
};

/** What a channel is, by its kind and where messages to it go. */
export function channelAt({ kind, address }: Pick<Channel, "kind" | "address">): string {
  const where = phone(address);
  return { email: m.channel_at_email({ where }), whatsapp: m.channel_at_whatsapp({ where }), messenger: m.channel_at_messenger({ where }) }[kind];
}

export const kindName = (kind: ChannelKind): string => kindNames[kind]();

const stateNames: Record<Exclude<MessageState, "received">, () => string> = {
  queued: () => m.state_queued(),
  sending: () => m.state_sending(),
  sent: () => m.state_sent(),
  delivered: () => m.state_delivered(),
  read: () => m.state_read(),
  failed: () => m.state_failed(),
  needs_attention: () => m.state_needs_attention(),
};

export const stateName = (state: MessageState): string =>
  state === "received" ? "" : stateNames[state]();

// Words that run from right to left would take the time after them along
// (Unicode's isolates, TR 9).
const apart = (title: string): string => (/[\u0590-\u08ff\ufb1d-\ufefc]/.test(title) ? `\u2068${title}\u2069` : title);

/** What a member did, as a sentence without its subject's mark-up. */
export function activityText(activity: Activity, app: App): string {
  const { team } = app;
  const who = team.isMe(activity.memberId) ? m.you() : team.name(activity.memberId) || m.somebody();
  const target = activity.targetId ? team.name(activity.targetId) : "";
  const toMyself = activity.targetId !== undefined && activity.targetId === activity.memberId;
  switch (activity.kind) {
    case "assign":
      if (toMyself) return m.activity_assign_self({ who });
      return target ? m.activity_assign({ who, target }) : activity.text || m.activity_assign_somebody({ who });
    case "unassign":
      return m.activity_unassign({ who });
    case "close":
      return m.activity_close({ who });
    case "reopen":
      return activity.memberId ? m.activity_reopen({ who }) : m.activity_reopen_self();
    case "delete":
      return m.activity_delete({ who });
    case "note":
      return m.activity_note({ who });
    case "contact.name":
      return activity.title ? m.chat_named({ who, name: apart(activity.title) }) : m.chat_unnamed({ who });
    case "crm.link":
      return m.activity_link({ who, title: apart(activity.title ?? activity.text) });
    case "crm.unlink":
      return m.activity_unlink({ who, title: apart(activity.title ?? activity.text) });
    default:
      return activity.text;
  }
}

/** What the team log is at, where it is not simply up to date. */
export function teamLine({ team, settings }: App): { text: string; more: string; trouble: boolean } | undefined {
  const { log, state } = team.status;
  if (state !== "member") return undefined;
  const icon = phaseIcon(log.phase);
  const waits = log.pending > 0 ? m.log_pending({ n: log.pending }) : "";
  if (icon === "ok") return waits ? { text: waits, more: "", trouble: false } : undefined;
  return { text: phaseText(log, settings.locale), more: [log.reason, waits].filter(Boolean).join(" · "), trouble: icon === "trouble" };
}

export type StatusKind = "online" | "syncing" | "offline" | "trouble" | "waiting";

/** The status line's first words (R35). */
export function statusLine(app: App): { kind: StatusKind; text: string; more?: string; retry?: string } {
  const { status, settings, channels, clock: clockNow } = app;
  const at = (iso: string | undefined) => (iso ? clock(iso, settings.locale) : "");
  const { progress, trouble, value } = status;
  if (app.pending) return { kind: "waiting", text: m.pending_title_unknown() };
  const { state, team } = app.team.status;
  if (state === "removed") return { kind: "trouble", text: m.removed_title({ team: team || m.the_team() }) };
  if (value.rebuilding) {
    const { done, total } = value.rebuilding;
    return { kind: "syncing", text: m.status_rebuilding({ done: count(done, settings.locale), total: count(total, settings.locale) }) };
  }
  if (trouble?.state === "needs_sign_in") {
    return { kind: "trouble", text: m.status_sign_in({ name: channels.name(trouble.id) }) };
  }
  if (trouble?.state === "error") {
    return { kind: "trouble", text: trouble.reason || m.status_error({ name: channels.name(trouble.id) }) };
  }
  if (trouble || (!value.online && value.channels.length > 0)) {
    const since = at(trouble?.since);
    const due = trouble?.retryAt ? new Date(trouble.retryAt) > clockNow.now : false;
    const retry = trouble?.retryAt ? (due ? m.status_retry({ time: at(trouble.retryAt) }) : m.status_retry_now()) : "";
    const text = since ? m.status_offline_since({ time: since }) : m.status_offline();
    return { kind: "offline", text, more: [firstSentence(trouble?.reason ?? ""), retry].filter(Boolean).join(" · "), retry };
  }
  if (progress) {
    return { kind: "syncing", text: m.status_syncing({ done: count(progress.done, settings.locale), total: count(progress.total, settings.locale) }) };
  }
  if (value.channels.length === 0) return { kind: "online", text: m.status_nothing() };
  const synced = at(status.lastSync);
  return { kind: "online", text: synced ? m.status_online({ time: synced }) : m.status_connecting() };
}

// What to do about it stands with the channel; here is only what it is.
const firstSentence = (text: string) => text.split(/(?<=[.!?])\s/)[0]?.replace(/\.$/, "") ?? "";
