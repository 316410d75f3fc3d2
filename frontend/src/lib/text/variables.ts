// Variables of canned replies and signatures: "{{contact.first}}". They are
// filled in once, where a text is put into an answer; what cannot be filled in
// stays as it is, to be seen.

/** What can stand between the braces, in the order in which it is offered. */
export const variables = ["contact.name", "contact.first", "me.name", "me.first", "channel.name", "team.name", "subject"] as const;

export type Variable = (typeof variables)[number];
export type Values = Record<Variable, string>;

/** What is known where something is written. */
export interface Known {
  contact: string;
  me: string;
  channel: string;
  team: string;
  subject: string;
}

const pattern = /\{\{\s*([\p{L}\p{N}_.\- ]{1,40}?)\s*\}\}/gu;

/** What each variable stands for; "" where nothing is known. */
export function valuesOf(known: Known): Values {
  const contact = personal(known.contact);
  const me = personal(known.me);
  return {
    "contact.name": contact,
    "contact.first": first(contact),
    "me.name": me,
    "me.first": first(me),
    "channel.name": line(known.channel),
    "team.name": line(known.team),
    subject: line(known.subject),
  };
}

/** The text with its variables filled in, each once: what a value holds is never looked at again. */
export function fillIn(text: string, values: Values): string {
  const known = new Map<string, string>(Object.entries(values));
  return text.replace(pattern, (written: string, name: string) => known.get(name.toLowerCase()) || written);
}

export interface Left {
  /** As it is written, with its braces. */
  written: string;
  start: number;
  end: number;
}

/** What is still to be filled in. */
export function leftIn(text: string): Left[] {
  return [...text.matchAll(pattern)].map((match) => ({ written: match[0], start: match.index, end: match.index + match[0].length }));
}

/** A variable as it is written. */
export const written = (name: Variable): string => `{{${name}}}`;

// One line, without what turns its direction: names are what strangers chose.
const line = (text: string) => text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").replace(/\s+/g, " ").trim();

// A number or an address is nobody's name.
function personal(name: string): string {
  const one = line(name);
  return one.includes("@") || /^\+?[\d\s()-]+$/.test(one) ? "" : one;
}

// "Boer, Els de" is called Els.
function first(name: string): string {
  const [last = "", rest = ""] = name.split(",", 2).map((part) => part.trim());
  return (rest || last).split(" ")[0] ?? "";
}
