import type { Person } from "$lib/backend";
import { phone } from "./phone";

/** The name people know somebody by; the address, or the number, where there is no name. */
export function display(person: Person): string {
  return person.name.trim() || phone(person.address);
}

/** `Ann de Wit <ann@example.nl>` */
export function long(person: Person): string {
  const name = person.name.trim();
  return name && name !== person.address ? `${name} <${person.address}>` : person.address;
}

/** The first word of a name, for the line over a message. */
export function firstName(person: Person): string {
  const name = display(person);
  return name.includes("@") || /^\+?\d/.test(name) ? name : (name.split(/\s+/)[0] ?? name);
}

/** Addresses as they are typed, parted by commas, semicolons or lines. */
export function parseList(typed: string): string[] {
  const out: string[] = [];
  let item = "";
  let quoted = false;
  for (const letter of typed) {
    if (letter === '"') quoted = !quoted;
    if (!quoted && (letter === "," || letter === ";" || letter === "\n")) {
      out.push(item);
      item = "";
    } else {
      item += letter;
    }
  }
  out.push(item);
  return out.map((each) => each.trim()).filter(Boolean);
}

/** The name in `Ann de Wit <ann@example.nl>`; "" where there is none. */
export function nameIn(typed: string): string {
  return (/^\s*"?([^"<>]*?)"?\s*<[^<>]*>\s*$/.exec(typed)?.[1] ?? "").trim();
}

/** Whether something could be an e-mail address; the server has the last word. */
export function looksLikeAddress(typed: string): boolean {
  const bare = /<([^<>]*)>\s*$/.exec(typed)?.[1] ?? typed;
  return /^[^\s@<>]+@[^\s@<>]+$/.test(bare.trim());
}
