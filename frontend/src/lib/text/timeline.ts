import type { Activity, Message, Note } from "$lib/backend";

export type Item =
  | { type: "day"; key: string; at: string }
  | { type: "message"; key: string; at: string; message: Message }
  | { type: "activity"; key: string; at: string; activity: Activity }
  | { type: "note"; key: string; at: string; note: Note };

interface Source {
  messages: Message[];
  activity: Activity[];
  notes: Note[];
  /** Set while older messages are still to be loaded. */
  next: string;
}

/** What a conversation shows, in the order it happened, with its days. */
export function timeline(source: Source): Item[] {
  const from = source.next ? (source.messages[0]?.at ?? "") : "";
  const all: Item[] = [
    ...source.messages.map((message) => item("message", message.id, { message, at: message.at })),
    ...source.activity
      .filter((activity) => activity.at >= from)
      .map((activity, index) =>
        item("activity", `${activity.at} ${index}`, { activity, at: activity.at }),
      ),
    ...source.notes
      .filter((note) => note.at >= from)
      .map((note) => item("note", note.id, { note, at: note.at })),
  ];
  all.sort((a, b) => new Date(a.at).getTime() - new Date(b.at).getTime());
  return withDays(all);
}

function item(type: "message" | "activity" | "note", key: string, rest: object): Item {
  return { type, key: `${type} ${key}`, ...rest } as Item;
}

function withDays(items: Item[]): Item[] {
  const out: Item[] = [];
  let last = "";
  for (const each of items) {
    const name = new Date(each.at).toDateString();
    if (name !== last) out.push({ type: "day", key: `day ${name}`, at: each.at });
    last = name;
    out.push(each);
  }
  return out;
}
