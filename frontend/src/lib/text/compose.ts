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

/** What is sent: own words, the signature under its delimiter, the quote. */
export function composeText(text: string, signature: string, quote: string): string {
  const parts = [text.trimEnd()];
  if (signature.trim()) parts.push(`-- \n${signature.trimEnd()}`);
  if (quote) parts.push(quote);
  return parts.join("\n\n");
}

/** What composeText was given first: the text without quote and signature. */
export function ownText(text: string, signature: string): string {
  const own = splitQuote(text).own.trimEnd();
  const end = `-- \n${signature.trimEnd()}`.trimEnd();
  return signature.trim() && own.endsWith(end) ? own.slice(0, -end.length).trimEnd() : own;
}
