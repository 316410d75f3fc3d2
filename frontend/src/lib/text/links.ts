export interface Span {
  text: string;
  url: string;
}

const pattern = /\b(?:https?:\/\/|mailto:|tel:)[^\s<>"“”]+|\bwww\.[^\s<>"“”]+\.[^\s<>"“”]+/giu;
const trailing = /[.,;:!?'’)\]}»]+$/u;

/** A text in pieces, where `url` is set for what can be opened. */
export function spans(text: string): Span[] {
  const out: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const link = trim(match[0]);
    if (match.index > at) out.push({ text: text.slice(at, match.index), url: "" });
    out.push({ text: link, url: link.startsWith("www.") ? `https://${link}` : link });
    at = match.index + link.length;
  }
  if (at < text.length) out.push({ text: text.slice(at), url: "" });
  return out;
}

// A closing bracket belongs to the address when it opens one of its own.
function trim(link: string): string {
  const bare = link.replace(trailing, "");
  return link[bare.length] === ")" && bare.includes("(") ? `${bare})` : bare;
}

const allowed = new Set(["http:", "https:", "mailto:", "tel:"]);

/** Where an address really leads: host and scheme, or nothing if it is refused. */
export function destination(url: string): { host: string; secure: boolean } | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return undefined;
  }
  if (!allowed.has(parsed.protocol)) return undefined;
  const host = parsed.host || parsed.pathname.split("@").pop() || parsed.pathname;
  return { host, secure: parsed.protocol !== "http:" };
}

const hostLike = /(?:https?:\/\/)?((?:[\p{L}\d-]+\.)+[\p{L}]{2,})(?=[/:?#\s]|$)/iu;

/** The host that a link's text shows, where the link leads to another one; else "". */
export function otherHost(text: string, host: string): string {
  const shown = hostLike.exec(text.trim())?.[1]?.toLowerCase() ?? "";
  const bare = (name: string) => name.toLowerCase().replace(/^www\./, "").replace(/:\d+$/, "");
  return shown && bare(shown) !== bare(host) ? shown : "";
}

/** The conversation that a link of Postvak's own leads to, as alerts and notes in a CRM have it; else "". */
export function linkedConversation(text: string): string {
  const id = /^postvak:\/\/conversation\/([^/?#\s]{1,600})\/?(?:\?note=[\w.-]{1,200})?$/u.exec(text.trim())?.[1] ?? "";
  try {
    return decodeURIComponent(id);
  } catch {
    return "";
  }
}

/** A text in pieces, where `conversation` is set for a link of Postvak's own. */
export function conversationSpans(text: string): { text: string; conversation: string }[] {
  return text
    .split(/(postvak:\/\/conversation\/\S+)/u)
    .map((piece) => ({ text: piece, conversation: linkedConversation(piece) }))
    .filter((span) => span.text !== "");
}
