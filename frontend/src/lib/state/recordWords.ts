import type { RecordKind } from "$lib/backend";
import { m } from "$lib/i18n";
import { money } from "$lib/text/money";

// What persons, leads and deals are called on the screen. Stages and labels of
// the built-in contact book are ids; an outside CRM gives its own words.

const one: Record<RecordKind, () => string> = {
  person: () => m.record_person(),
  lead: () => m.record_lead(),
  deal: () => m.record_deal(),
};

const many: Record<RecordKind, () => string> = {
  person: () => m.record_persons(),
  lead: () => m.record_leads(),
  deal: () => m.record_deals(),
};

const stageWords: Record<string, () => string> = {
  qualified: () => m.record_stage_qualified(),
  contacted: () => m.record_stage_contacted(),
  quote_sent: () => m.record_stage_quote_sent(),
  negotiating: () => m.record_stage_negotiating(),
};

const statusWords: Record<string, () => string> = {
  open: () => m.record_status_open(),
  won: () => m.record_status_won(),
  lost: () => m.record_status_lost(),
};

const labelWords: Record<string, () => string> = {
  hot: () => m.record_label_hot(),
  warm: () => m.record_label_warm(),
  cold: () => m.record_label_cold(),
};

export const recordKinds: readonly RecordKind[] = ["person", "lead", "deal"];
export const stages: readonly string[] = Object.keys(stageWords);
export const statuses: readonly string[] = Object.keys(statusWords);
export const labels: readonly string[] = Object.keys(labelWords);

export const recordKindName = (kind: RecordKind): string => one[kind]();
export const recordKindNames = (kind: RecordKind): string => many[kind]();

const word = (words: Record<string, () => string>, id: string) => (Object.hasOwn(words, id) ? (words[id]?.() ?? id) : id);

export const stageName = (stage: string): string => word(stageWords, stage);
export const statusName = (status: string): string => word(statusWords, status);
export const labelName = (label: string): string => word(labelWords, label);

/** What a record or a link to one has to say of itself. */
export interface Described {
  kind: RecordKind;
  value?: string;
  currency?: string;
  stage?: string;
  status?: string;
  label?: string;
}

/** How a lead or deal stands: "Quote sent", "Won", "warm"; a person does not. */
export function recordStand(of: Described): string {
  const closed = of.status === "won" || of.status === "lost";
  return [closed ? statusName(of.status ?? "") : stageName(of.stage ?? ""), labelName(of.label ?? "")].filter(Boolean).join(" · ");
}

/** The facts of a lead or deal: "€ 3,250 · Quote sent"; a person has none. */
export function recordFacts(of: Described, locale: string): string {
  const value = of.value ? money(of.value, of.currency ?? "", locale) : "";
  return [value, recordStand(of)].filter(Boolean).join(" · ");
}

/** The small line under a link: "Deal · € 3,250 · Quote sent". */
export function recordLine(of: Described, locale: string): string {
  return [recordKindName(of.kind), recordFacts(of, locale)].filter(Boolean).join(" · ");
}
