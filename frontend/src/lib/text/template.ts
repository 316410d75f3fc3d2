// Templates: the provider's own text with places in it for a few words.

const place = /\{\{\s*(\w+)\s*\}\}/g;

/** A template's text with what goes into it; a place without words stays. */
export function fill(body: string, variables: Record<string, string>): string {
  return body.replace(place, (all, name: string) => variables[name]?.trim() || all);
}

export interface Piece {
  text: string;
  /** Set where a variable goes: filled, or still its name. */
  variable: boolean;
  /** Of a place without words: what it is called. */
  empty?: string;
}

/** The same in pieces, so that the places can be marked. */
export function filled(body: string, variables: Record<string, string>): Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const match of body.matchAll(place)) {
    if (match.index > from) out.push({ text: body.slice(from, match.index), variable: false });
    const [all, name = ""] = match;
    const text = fill(all, variables);
    out.push({ text, variable: true, ...(text === all ? { empty: name } : {}) });
    from = match.index + match[0].length;
  }
  if (from < body.length) out.push({ text: body.slice(from), variable: false });
  return out;
}

/** "appointment_ready" as people read it: "Appointment ready". */
export function readable(name: string): string {
  const words = name.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
