import type { CrmRecord, RecordFields, RecordKind } from "$lib/backend";
import { looksLikeAddress } from "$lib/text/address";
import { parseMoney } from "$lib/text/money";

/** The fields of a record that somebody can change, as they stand in a form. */
export interface RecordDraft {
  name: string;
  emails: string[];
  phones: string[];
  organization: string;
  personId: string;
  /** The name of whom it is about; a new one when there is no personId. */
  person: string;
  value: string;
  currency: string;
  stage: string;
  status: string;
  label: string;
  /** A member. */
  owner: string;
}

export type DraftField = keyof RecordDraft;

const fields: Record<RecordKind, readonly DraftField[]> = {
  person: ["name", "emails", "phones", "organization", "owner"],
  lead: ["name", "personId", "organization", "value", "currency", "label", "owner"],
  deal: ["name", "personId", "organization", "value", "currency", "stage", "status", "owner"],
};

/** What a new record begins with. */
export function blankRecord(kind: RecordKind, currency: string): RecordDraft {
  const own = { person: {}, lead: { label: "warm", currency }, deal: { stage: "qualified", status: "open", currency } }[kind];
  const none = { name: "", organization: "", personId: "", person: "", value: "", currency: "", stage: "", status: "", label: "", owner: "" };
  return { ...none, emails: [""], phones: [""], ...own };
}

/** A record as it stands in a form. */
export function draftOf(record: CrmRecord): RecordDraft {
  const { title, emails, phones, organization, personId, person, value, currency, stage, status, label, ownerId } = record;
  const some = (list: string[]) => (list.length > 0 ? [...list] : [""]);
  return { name: title, emails: some(emails), phones: some(phones), organization, personId, person, value, currency, stage, status, label, owner: ownerId };
}

/** The fields that cannot be stored as they stand. */
export function problemsOf(kind: RecordKind, draft: RecordDraft): DraftField[] {
  const found: DraftField[] = [];
  if (!draft.name.trim()) found.push("name");
  if (kind === "person" && draft.emails.some((each) => each.trim() && !looksLikeAddress(each))) found.push("emails");
  if (kind !== "person" && parseMoney(draft.value) === undefined) found.push("value");
  return found;
}

const bare = (value: string | string[]) => (typeof value === "string" ? value.trim() : value.map((each) => each.trim()).filter(Boolean));

/** A record as somebody begins to change it: amounts as they are written there, whole ones without their cents. */
export function formOf(record: CrmRecord, locale = "en"): RecordDraft {
  const draft = draftOf(record);
  return { ...draft, value: tidy(draft.value).replace(/\.(?=\d{1,2}$)/, decimal(locale)) };
}

const decimal = (locale: string) => new Intl.NumberFormat(locale).formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";

const tidy = (value: string) => value.replace(/\.0+$/, "");

/** Whether two drafts say the same of a field. */
export function same(a: RecordDraft, b: RecordDraft, field: DraftField): boolean {
  if (field === "value") return tidy(parseMoney(a.value) ?? a.value) === tidy(parseMoney(b.value) ?? b.value);
  return JSON.stringify(bare(a[field])) === JSON.stringify(bare(b[field]));
}

/** The fields in which a draft differs from what it began with. */
export function changedFields(kind: RecordKind, draft: RecordDraft, base: RecordDraft): DraftField[] {
  return fields[kind].filter((field) => !same(draft, base, field));
}

const called = (kind: RecordKind, field: DraftField) => (field === "name" && kind !== "person" ? "title" : field);

/** Some of a draft's fields, in the words of the contract. */
export function asFields(kind: RecordKind, draft: RecordDraft, only: readonly DraftField[]): RecordFields {
  const sent = (field: DraftField) => (field === "value" ? (parseMoney(draft.value) ?? draft.value) : bare(draft[field]));
  return Object.fromEntries(only.map((field) => [called(kind, field), sent(field)])) as RecordFields;
}

/** The same fields letter by letter as they were, to be compared with what they are. */
export function asBefore(kind: RecordKind, base: RecordDraft, only: readonly DraftField[]): RecordFields {
  const filled = (value: string | string[]) => (typeof value === "string" ? value : value.filter(Boolean));
  return Object.fromEntries(only.map((field) => [called(kind, field), filled(base[field])])) as RecordFields;
}

/** What a new record is made of: only what was filled in. */
export function newFields(kind: RecordKind, draft: RecordDraft): RecordFields {
  const filled = fields[kind].filter((field) => bare(draft[field]).length > 0 && (field !== "currency" || draft.value !== ""));
  const { person } = draft;
  const brings = kind !== "person" && !draft.personId && person.trim() ? { name: person.trim() } : {};
  return { ...asFields(kind, draft, filled), ...brings };
}

/**
 * Three-way: what a colleague changed meanwhile is taken over where this form
 * was not touched; where it was, the form's own stays, and the field is named.
 */
export function merge(kind: RecordKind, draft: RecordDraft, base: RecordDraft, theirs: RecordDraft): { draft: RecordDraft; clashes: DraftField[] } {
  const news = fields[kind].filter((field) => !same(base, theirs, field));
  const clashes = news.filter((field) => !same(draft, base, field) && !same(draft, theirs, field));
  const taken = Object.fromEntries(news.filter((field) => !clashes.includes(field)).map((field) => [field, theirs[field]]));
  const person = "personId" in taken ? { person: theirs.person } : {};
  return { draft: { ...draft, ...taken, ...person }, clashes };
}
