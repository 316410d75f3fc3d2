import { m } from "$lib/i18n";
import type { App } from "./app.svelte";

export interface Notice {
  kind: "removed" | "signIn" | "readOnly" | "waiting" | "paused" | "alarms" | "requests" | "todo";
  tone: "amber" | "red" | "grey";
  title: string;
  text: string;
}

/** What the team needs a person for, the gravest first; here: what the team's own page shows anyway is left out. */
export function notices({ team }: App, here: boolean): Notice[] {
  const { status, waiting, isAdmin } = team;
  const { log } = status;
  if (status.state === "removed") {
    return [{ kind: "removed", tone: "red", title: m.removed_title({ team: status.team || m.the_team() }), text: m.removed_text() }];
  }
  if (status.state !== "member") return [];
  const all: Notice[] = [];
  if (log.phase === "needs_sign_in") all.push({ kind: "signIn", tone: "red", title: m.team_sign_in_title(), text: m.team_sign_in_text() });
  if (log.phase === "read_only") all.push({ kind: "readOnly", tone: "amber", title: m.log_read_only(), text: log.reason });
  if (log.phase === "waiting") all.push({ kind: "waiting", tone: "red", title: m.log_waiting(), text: isAdmin ? m.repair_notice() : m.repair_ask() });
  if (log.phase === "paused") all.push({ kind: "paused", tone: "amber", title: m.log_paused(), text: m.paused_text({ n: log.pending }) });
  const [alarm] = log.alarms;
  if (alarm) all.push({ kind: "alarms", tone: "red", title: m.alarms({ n: log.alarms.length }), text: alarm });
  if (here || !isAdmin) return all;
  const [first] = waiting;
  if (first) all.push({ kind: "requests", tone: "grey", title: waiting.length === 1 ? m.request_one({ name: first.name }) : m.request_many({ n: waiting.length }), text: m.request_text() });
  if (status.todo.length > 0) all.push({ kind: "todo", tone: "amber", title: m.todo_open({ n: status.todo.length }), text: m.todo_text() });
  return all;
}
