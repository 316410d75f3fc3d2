import type * as t from "./types";

// A bicycle shop's inbox, for looking at the window without the program and
// for component tests. It is Friday 20 November 2026, 10:58, and you are Bram.

export const now = new Date("2026-11-20T09:58:00Z");

export const members: t.Member[] = [
  member("bram", "Bram Kuiper", "admin", true),
  member("ann", "Ann de Wit", "admin", true),
  member("carol", "Carol Meijer", "member", true),
  member("daan", "Daan Visser", "member", false, "2026-11-20T08:30:00Z"),
  member("eva", "Eva Smits", "member", false, "2026-11-19T16:05:00Z"),
];

function member(id: string, name: string, role: t.Member["role"], available: boolean, since = "") {
  const email = `${id}@noordzeefietsen.nl`;
  return { id, name, email, role, state: "active" as const, available, since };
}

export const words = ["lantern", "copper", "violin", "meadow"];

/** Eva has a new laptop, and somebody new asks. */
export const requests: t.Member[] = [
  { ...member("fenna", "Fenna van der Meulen-Oosterhuis", "member", false), state: "pending", words },
  { ...member("eva-new", "Eva Smits", "member", false), email: "eva@noordzeefietsen.nl", state: "pending", words: ["harbour", "pencil", "cloud", "acorn"], samePerson: "eva" },
];

export const devices: t.Device[] = [
  { id: "d1", memberId: "bram", current: true, added: "2026-10-21T08:00:00Z", revoked: false },
  { id: "d2", memberId: "bram", current: false, added: "2026-09-02T08:00:00Z", revoked: false },
  { id: "d3", memberId: "ann", current: false, added: "2026-09-02T08:00:00Z", revoked: false },
  { id: "d4", memberId: "carol", current: false, added: "2026-10-02T08:00:00Z", revoked: false },
  { id: "d5", memberId: "daan", current: false, added: "2026-10-02T08:00:00Z", revoked: false },
  { id: "d6", memberId: "eva", current: false, added: "2026-10-02T08:00:00Z", revoked: false },
  { id: "d7", memberId: "eva", current: false, added: "2025-10-02T08:00:00Z", revoked: true },
];

/** What is left to do after somebody left. */
export function todoAfter(member: t.Member): t.TeamTodo[] {
  const todo = (kind: string, channelId: string, text: string) => ({ id: `${kind}-${member.id}`, kind, memberId: member.id, channelId, text });
  return [
    todo("mailbox_password", "", `Change the password of the team mailbox: ${member.name} knows it. Then sign in again here.`),
    todo("channel_password", "info", "Change the password of info@noordzeefietsen.nl at its provider, then type the new one in Postvak."),
  ];
}

export const voids: t.Voided[] = [
  { id: "v1", conversationId: "c1", subject: "Re: Quote for 12 cargo bikes", kind: "assign", text: "Ann assigned this to Carol first.", wrote: "", at: "2026-11-20T09:40:00Z", again: { memberId: "bram" } },
  { id: "v2", conversationId: "c4", subject: "Tender 2026-118: questions", kind: "close", text: "This was deleted before you closed it.", wrote: "", at: "2026-11-20T09:20:00Z", again: null },
];

export const diagnostics: t.Diagnostics = {
  text: "Postvak 1.0.0\nteam log: mailbox, 42 records, nothing waits\n",
  log: { engine: "mailbox", id: "k7Qe2", position: "42", records: 42, pending: 0, phase: "ok", done: 0, total: 0, reason: "", checked: true },
  findings: [
    { kind: "vanished", at: "2026-11-20T08:10:00Z", count: 3, text: "3 mails disappeared from the team’s folder.", meaning: "Somebody or a mail program tidied up there. Nothing is lost: every computer of the team has a copy.", todo: "Tell the team to leave the folder “Postvak” alone." },
    { kind: "replayed", at: "2026-11-19T16:00:00Z", count: 1, text: "A decision of Ann de Wit stood in the folder twice.", meaning: "The server stored it twice. The second one counts for nothing.", todo: "" },
  ],
};

export const about: t.About = {
  version: "1.0.0", commit: "0123456789ab", date: "2026-11-20T08:00:00Z",
  licences: [{ name: "Go", version: "1.26.0", licence: "BSD-3-Clause" }, { name: "svelte", version: "5.57.3", licence: "MIT" }],
};

export const channels: t.Channel[] = [
  channel("info", "info@noordzeefietsen.nl", "info@noordzeefietsen.nl", true, "bram"),
  channel("sales", "Sales", "sales@noordzeefietsen.nl", true, "ann"),
  channel("own", "bram@noordzeefietsen.nl", "bram@noordzeefietsen.nl", false, "bram"),
];

function channel(id: string, name: string, address: string, shared: boolean, installer: string) {
  return { id, kind: "email", name, address, shared, installer, state: "ok", reason: "" } as t.Channel;
}

type Seed = [
  name: string,
  address: string,
  subject: string,
  preview: string,
  at: string,
  assignee: string,
  channelId: string,
  unread: number,
  extra?: Partial<t.Row>,
];

const seeds: Seed[] = [
  ["Sanne Hoekstra", "sanne.hoekstra@example.nl", "Front brake squeals", "You: It is ready, see you at four.", "2026-11-20T09:57:00Z", "carol", "info", 0, { pending: true }],
  ["Van Loon Logistiek", "inkoop@vanloon.example", "Re: Quote for 12 cargo bikes", "The board agreed this morning, could you send the contract?", "2026-11-20T09:31:00Z", "ann", "sales", 1],
  ["Lotte Janssen", "lotte.j@example.nl", "Which size fits me?", "You: Here is the size chart for the Noordzee 7", "2026-11-20T08:58:00Z", "carol", "info", 0],
  ["Ingrid Solberg", "ingrid@solberg.example", "Return of order 88213", "You: I have booked the courier", "2026-11-20T08:40:00Z", "ann", "info", 0, { pending: true }],
  ["Gemeente Haarlem", "inkoop@haarlem.example", "Tender 2026-118: questions", "Dear supplier, attached you will find the answers", "2026-11-20T08:12:00Z", "eva", "sales", 1],
  ["Mehmet Yıldız", "mehmet@example.com", "Is the battery back in stock yet?", "I have been waiting since September and the season is over", "2026-11-19T15:20:00Z", "carol", "info", 1],
  ["Pieter de Groot", "pieter@example.nl", "Thanks, the helmet fits", "It arrived in a day. Great service!", "2026-11-18T13:00:00Z", "ann", "info", 0],
  ["Kamal Nasser", "kamal@nasser.example", "Invoice 2026-1017", "Could you send me the invoice again with our new VAT number?", "2026-11-17T10:20:00Z", "carol", "sales", 0, { attention: true }],
  ["Hotel De Duinen", "receptie@duinen.example", "Rental bikes for the summer season", "We would like to hear what thirty bikes cost for six months", "2026-11-16T09:00:00Z", "ann", "sales", 0, { draftPending: true }],
  ["Jolanda Prins", "jolanda@example.nl", "Dynamo flickers", "Since yesterday the light flickers when I go downhill", "2026-11-20T09:50:00Z", "", "info", 2],
  ["Åsa Lindqvist", "asa@lindqvist.example", "Frakt till Sverige?", "Hej! Skickar ni lådcyklar till Göteborg, och vad kostar det?", "2026-11-20T09:12:00Z", "", "info", 1],
  ["Müller Radhandel GmbH", "kontakt@mueller.example", "Händleranfrage", "Guten Tag, wir möchten Ihre Lastenräder in unser Sortiment aufnehmen", "2026-11-20T07:45:00Z", "", "sales", 0],
  ["Fatima El Amrani", "fatima@example.nl", "Afspraak verzetten", "Kan mijn afspraak van maandag naar woensdagmiddag?", "2026-11-19T19:31:00Z", "", "info", 1],
  ["Bakkerij Zonnig", "info@zonnig.example", "Bakfiets in onderhoud", "Onze bakfiets moet voor de feestdagen nog een beurt krijgen", "2026-11-20T09:05:00Z", "bram", "info", 1],
  ["Thomas Weir", "thomas@weir.example", "Frame warranty claim", "Please see the photos of the crack near the bottom bracket", "2026-11-20T08:20:00Z", "bram", "info", 1],
  ["Cycling Monthly", "press@cyclingmonthly.example", "Interview request", "We are writing about shops that repair rather than replace", "2026-11-19T11:00:00Z", "bram", "own", 0],
  ["Noor van Dijk", "noor@example.nl", "Sleutel kwijt", "Ik ben de sleutel van het slot kwijt, nummer 4471", "2026-11-18T08:30:00Z", "bram", "info", 0],
  ["Piotr Zieliński", "piotr@example.pl", "Części zamienne", "Dzień dobry, szukam klocków hamulcowych do modelu z 2019 roku", "2026-11-17T16:44:00Z", "bram", "info", 0],
  ["Woonzorg Kennemer", "facilitair@kennemer.example", "Scootmobiel huren", "Wij zoeken voor drie bewoners een duofiets", "2026-11-14T12:10:00Z", "bram", "sales", 0],
];

function row(seed: Seed, index: number): t.Row {
  const [name, address, subject, preview, lastAt, assigneeId, channelId, unread, extra] = seed;
  return {
    id: `c${index}`,
    contact: { name, address },
    subject,
    channelId,
    kind: "email",
    section: sectionOf(assigneeId, false),
    assigneeId,
    preview,
    lastAt,
    unread,
    closed: false,
    replyBy: "",
    pending: false,
    ...extra,
  };
}

export function sectionOf(assigneeId: string, closed: boolean): t.SectionId {
  if (closed) return "closed";
  if (!assigneeId) return "unassigned";
  return assigneeId === "bram" ? "mine" : "others";
}

export const rows: t.Row[] = seeds.map(row);

/** Closed conversations, as many as asked for: made when looked at. */
export function closedRow(index: number): t.Row {
  const seed = seeds[index % seeds.length] as Seed;
  const at = new Date(now.getTime() - 86_400_000 * 2 - index * 1_300_000).toISOString();
  const base = row(seed, index);
  return { ...base, id: `x${index}`, section: "closed", closed: true, unread: 0, lastAt: at,
    pending: false, attention: false, draftPending: false, assigneeId: base.assigneeId || "ann" };
}

const blank = { cc: [], html: "", hasHtml: false, attachments: [], reason: "", warnings: [] };
const shop = { name: "Noordzee Fietsen", address: "info@noordzeefietsen.nl" };

/** The messages of a conversation; the first one has a story of its own. */
export function messagesOf(of: t.Row): t.Message[] {
  return of.id === "c0" ? story(of) : plain(of);
}

function incoming(of: t.Row, id: string, at: string, text: string): t.Message {
  const author = { ...of.contact, memberId: "" };
  return { ...blank, id, direction: "in", author, to: [shop.address], recipients: [{ ...shop, kind: "to" }], subject: of.subject, at, text, state: "received" };
}

function outgoing(of: t.Row, id: string, at: string, memberId: string, text: string): t.Message {
  const name = members.find((each) => each.id === memberId)?.name ?? "";
  const author = { name, address: shop.address, memberId };
  return { ...blank, id, direction: "out", author, to: [of.contact.address], recipients: [{ ...of.contact, kind: "to" }], subject: of.subject, at, text, state: "sent" };
}

function story(of: t.Row): t.Message[] {
  const quote = "\n\nOn Thu, 19 Nov 2026 at 11:32, Sanne Hoekstra wrote:\n> My front brake squeals since the last service.\n> Receipt attached.";
  return [
    { ...incoming(of, "m1", "2026-11-19T10:32:00Z", "My front brake squeals since the last service."),
      attachments: [{ id: "f1", name: "receipt-4471.pdf", type: "application/pdf", size: 184_320 }] },
    outgoing(of, "m2", "2026-11-19T10:46:00Z", "carol", `Sorry about that. Leave it with us today and we will fit new pads, free of charge.${quote}`),
    incoming(of, "m3", "2026-11-19T11:10:00Z", "Great. I will collect it tomorrow at four."),
    { ...outgoing(of, "m4", "2026-11-20T09:57:00Z", "bram", "It is ready, see you at four."), state: "queued" },
  ];
}

/** Who sent files along, and how many. */
const withFiles: Record<string, number> = { "Van Loon Logistiek": 2, "Gemeente Haarlem": 1, "Müller Radhandel GmbH": 1, "Thomas Weir": 3 };

function plain(of: t.Row): t.Message[] {
  const at = (minutes: number) =>
    new Date(new Date(of.lastAt).getTime() - minutes * 60_000).toISOString();
  const text = `${of.preview.replace(/^You: /, "")}\n\nKind regards,\n${of.contact.name}`;
  const first = incoming(of, `${of.id}-1`, at(95), `Hello,\n\n${of.subject}. See https://example.com/orders for what I mean.\n\n${of.contact.name}`);
  const answer = outgoing(of, `${of.id}-2`, at(40), "ann", "Thank you for writing. We will look into it and come back to you today.");
  const last = incoming(of, `${of.id}-3`, of.lastAt, text);
  if (of.attention) {
    const failed = outgoing(of, `${of.id}-4`, of.lastAt, "bram", "The invoice is attached.");
    return [first, answer, { ...failed, state: "failed", reason: "The server said: 550 mailbox full." }];
  }
  const files = withFiles[of.contact.name];
  if (files) {
    const kinds: [string, string][] = [["contract.pdf", "application/pdf"], ["photo-1.jpg", "image/jpeg"], ["photo-2.jpg", "image/jpeg"]];
    last.attachments = kinds.slice(0, files).map(([name, type], index) => ({ id: `${of.id}-f${index}`, name, type, size: 84_000 * (index + 1) }));
    last.html = `<p>${of.preview}</p><img src="https://example.com/logo.png">`;
    last.hasHtml = true;
  }
  return [first, answer, last];
}

export const storyActivity: t.Activity[] = [
  { at: "2026-11-19T10:40:00Z", memberId: "ann", targetId: "carol", kind: "assign", text: "", void: false, reason: "" },
  { at: "2026-11-19T10:41:00Z", memberId: "bram", targetId: "ann", kind: "assign", text: "", void: true, reason: "Ann assigned this to Carol first" },
];

export const storyNotes: t.Note[] = [
  { id: "n1", at: "2026-11-19T10:52:00Z", memberId: "ann", text: "Under warranty, do not charge the pads." },
];
