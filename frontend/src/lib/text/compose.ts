import type { Message } from "$lib/backend";
import { display } from "./address";
import { splitQuote } from "./quote";
import { clock } from "./time";

const date = (iso: string, locale: string) =>
  new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, { dateStyle: "medium" }).format(new Date(iso));

/** The original under an answer, each line marked, with a line that says whose it is. */
export function quoteOf(message: Message, locale: string): string {
  const own = splitQuote(message.text).own.trim();
  if (!own) return "";
  const who = display(message.author);
  const when = `${date(message.at, locale)} ${clock(message.at, locale)}`;
  const intro = locale === "nl" ? `Op ${when} schreef ${who}:` : `On ${when}, ${who} wrote:`;
  const lines = own.split("\n").map((line) => (line.startsWith(">") ? `>${line}` : `> ${line}`.trimEnd()));
  return [intro, ...lines].join("\n");
}

/** What is sent: own words, the signature under its delimiter, the quote; each once. */
export function composeText(text: string, signature: string, quote: string): string {
  const sign = signature.trim() ? `-- \n${signature.trimEnd()}` : "";
  // A draft that was composed before carries them already.
  const own = without(without(text.trimEnd(), quote.trimEnd()), sign);
  return [own, sign, quote].filter((part, at) => at === 0 || part !== "").join("\n\n");
}

const without = (text: string, end: string) => (end && text.endsWith(end) ? text.slice(0, -end.length).trimEnd() : text);

/** What composeText was given first: the text without quote and signature. */
export function ownText(text: string, signature: string): string {
  const own = splitQuote(text).own.trimEnd();
  const end = `-- \n${signature.trimEnd()}`.trimEnd();
  return signature.trim() && own.endsWith(end) ? own.slice(0, -end.length).trimEnd() : own;
}
