// Naming a colleague in a note: "@Ann de Wit". Which names count is decided by
// the program; this finds what is being typed and what to mark.

export interface Typing {
  /** Where its @ stands. */
  at: number;
  /** What follows it, up to the caret. */
  query: string;
}

const longest = 60;
const inWord = /[\p{L}\p{N}_]/u;

/** The mention that is being typed at the caret, if one is. */
export function typing(text: string, caret: number): Typing | undefined {
  const before = text.slice(Math.max(0, caret - longest), caret);
  const local = before.lastIndexOf("@");
  if (local < 0) return undefined;
  const query = before.slice(local + 1);
  const previous = before[local - 1] ?? "";
  if (inWord.test(previous) || /^\s|\n/.test(query)) return undefined;
  return { at: caret - query.length - 1, query };
}

/** Whether somebody of that name may be meant: each of their names counts. */
export function mayMean(name: string, query: string): boolean {
  const full = name.toLocaleLowerCase();
  const typed = query.toLocaleLowerCase();
  return full.startsWith(typed) || full.split(/\s+/).some((word, at) => at > 0 && word.startsWith(typed));
}

/** The text with the name put in, and where the caret is then. */
export function complete(text: string, { at, query }: Typing, name: string): { text: string; caret: number } {
  const rest = text.slice(at + 1 + query.length);
  const put = `@${name}${rest.startsWith(" ") ? "" : " "}`;
  return { text: text.slice(0, at) + put + rest, caret: at + put.length + (rest.startsWith(" ") ? 1 : 0) };
}

export interface Span {
  text: string;
  mention: boolean;
}

/** A note in pieces: the mentions of these names, and what is between them. */
export function mentionSpans(text: string, names: string[]): Span[] {
  const called = names
    .flatMap((name) => [name, name.split(/\s+/)[0] ?? ""])
    .filter(Boolean)
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (called.length === 0) return [{ text, mention: false }];
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])@(?:${called.join("|")})(?![\\p{L}\\p{N}_])`, "giu");
  const out: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) out.push({ text: text.slice(from, match.index), mention: false });
    out.push({ text: match[0], mention: true });
    from = match.index + match[0].length;
  }
  if (from < text.length || out.length === 0) out.push({ text: text.slice(from), mention: false });
  return out;
}
