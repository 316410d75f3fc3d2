import type { LogPhase, LogStatus } from "$lib/backend";
import { m } from "$lib/i18n";
import { count } from "$lib/text/size";

/** What kind of news a phase of the team log is. */
export function phaseIcon(phase: LogPhase): "ok" | "busy" | "offline" | "trouble" {
  if (phase === "ok") return "ok";
  if (phase === "offline") return "offline";
  return phase === "behind" || phase === "moving" || phase === "repairing" ? "busy" : "trouble";
}

const words: Record<LogPhase, () => string> = {
  ok: () => m.log_ok(),
  offline: () => m.log_offline(),
  needs_sign_in: () => m.log_sign_in(),
  behind: () => m.log_behind(),
  moving: () => m.log_moving(),
  repairing: () => m.log_repairing(),
  waiting: () => m.log_waiting(),
  paused: () => m.log_paused(),
  read_only: () => m.log_read_only(),
};

/** What the team log is at, with how far it is where that is known. */
export function phaseText(log: Pick<LogStatus, "phase" | "done" | "total">, locale: string): string {
  const text = (words[log.phase] ?? words.ok)();
  if (phaseIcon(log.phase) !== "busy" || log.total === 0) return text;
  return `${text}: ${m.progress_of({ done: count(log.done, locale), total: count(log.total, locale) })}`;
}
