import type { Crm } from "./backend";
import { BackendError } from "./error";
import { now } from "./fakeData";
import { record, records, storyEarlier, storyLinks, storyNotes, subtitle } from "./fakeRecords";
import type * as t from "./types";

type Called = (name: string, ...args: unknown[]) => void;

export interface FakeCrmOptions {
  /** The CRM in use, beside the built-in contact book of a connected admin. */
  provider?: Partial<t.CrmProvider>;
  records?: t.CrmRecord[];
  /** By conversation. */
  links?: Record<string, t.Link[]>;
  notes?: Record<string, t.CrmNote[]>;
  contacts?: Record<string, Partial<t.CrmContact>>;
  preview?: t.ImportPreview;
}

/** What the CRM of a program in memory needs of the rest of it. */
export interface FakeHost {
  called: Called;
  row: (conversationId: string) => t.Row;
  /** Keeps the way back, and says how it is called. */
  undoable: (back: () => void) => t.Undoable;
  changed: (event: t.CrmChanged) => void;
  did: (conversationId: string, kind: string, title: string) => void;
  offline: boolean;
}

const builtin: t.CrmProvider = {
  kind: "builtin", account: "", connected: true, admin: true, company: "", reason: "", budget: { left: 0, limit: 0, known: false },
};

export const pipedrive: t.CrmProvider = {
  ...builtin, kind: "pipedrive", account: "Bram Kuiper", company: "Noordzee Fietsen", budget: { left: 28_400, limit: 30_000, known: true },
};

const preview: t.ImportPreview = {
  columns: [{ name: "Name", field: "name" }, { name: "E-mail", field: "email" }, { name: "Phone", field: "phone" }, { name: "Shoe size", field: "" }],
  rows: [["Joris Bakker", "joris@example.nl", "06-12345678", "44"], ["Sanne Hoekstra", "sanne.hoekstra@example.nl", "", "39"]],
  total: 212,
  duplicates: 3,
};

const day = 86_400_000;
const digits = (text: string) => text.replace(/\D/g, "").slice(-8);

/** The contact book of a program in memory, and what is linked to it. */
export class FakeCrm {
  provider: t.CrmProvider;
  records: t.CrmRecord[];
  links: Map<string, t.Link[]>;
  notes: Map<string, t.CrmNote[]>;
  readonly #options: FakeCrmOptions;
  readonly #host: FakeHost;
  #serial = 0;

  constructor(options: FakeCrmOptions, host: FakeHost) {
    this.#options = options;
    this.#host = host;
    this.provider = { ...builtin, ...options.provider };
    this.records = structuredClone(options.records ?? records);
    this.links = new Map(Object.entries(structuredClone(options.links ?? { c0: this.#asProvider(storyLinks) })));
    this.notes = new Map(Object.entries(structuredClone(options.notes ?? { c0: storyNotes })));
  }

  get service(): Crm {
    const { called } = this.#host;
    return {
      provider: async () => (called("crm.provider"), structuredClone(this.provider)),
      connect: async (order) => {
        called("crm.connect", order);
        if (order.token === "wrong") throw new BackendError("auth", "Pipedrive refused this token. Copy it again from your personal settings there.", "401");
        this.provider = order.kind === "pipedrive" ? { ...pipedrive } : { ...builtin };
        this.#changed();
      },
      disconnect: async () => {
        called("crm.disconnect");
        this.provider = { ...builtin };
        this.#changed();
      },
      search: async (kind, text) => (called("crm.search", kind, text), this.#find(kind, text).slice(0, 20).map(hit)),
      get: async (kind, id) => {
        called("crm.get", kind, id);
        return structuredClone({ ...this.#record(kind, id), records: kind === "person" ? this.#about(id) : [] });
      },
      list: async (kind, { after, limit, text }) => {
        called("crm.list", kind, { after, limit, text });
        const found = this.#find(kind, text).sort((a, b) => a.title.localeCompare(b.title));
        const from = after ? found.findIndex((each) => each.id === after) + 1 : 0;
        return structuredClone(found.slice(from, from + (limit || 50)));
      },
      create: async (conversationId, kind, fields) => {
        called("crm.create", conversationId, kind, fields);
        this.#usable();
        if (this.#host.offline && this.provider.kind !== "builtin") return this.#wait(conversationId, kind, fields);
        return this.#link(conversationId, this.#add(kind, fields));
      },
      link: async (conversationId, kind, id) => {
        called("crm.link", conversationId, kind, id);
        this.#usable();
        const target = this.#record(kind, id);
        if (this.of(conversationId).some((link) => link.kind === kind && link.targetId === id)) {
          throw new BackendError("conflict", `This conversation is linked to ${target.title} already.`);
        }
        return this.#link(conversationId, target);
      },
      unlink: async (conversationId, linkId) => (called("crm.unlink", conversationId, linkId), this.#unlink(conversationId, linkId)),
      notes: async (conversationId) => (called("crm.notes", conversationId), structuredClone(this.notes.get(conversationId) ?? [])),
      contact: async (conversationId) => (called("crm.contact", conversationId), this.#contact(conversationId)),
      stages: async () => {
        called("crm.stages");
        const names = this.provider.kind === "builtin" ? ["qualified", "contacted", "quote_sent", "negotiating"] : ["Lead In", "Proposal Made"];
        return names.map((name) => ({ id: name, name }));
      },
      add: async (kind, fields) => (called("crm.add", kind, fields), structuredClone(this.#add(kind, fields))),
      save: async (kind, id, changes) => {
        called("crm.save", kind, id, changes);
        const target = this.#record(kind, id);
        const before = structuredClone(target);
        if (outdated(target, changes.was)) throw new BackendError("conflict", "Somebody changed this meanwhile. Look at it and save again.");
        Object.assign(target, fieldsOf(kind, changes, target), { changedAt: now.toISOString() });
        return this.#undoable(() => Object.assign(target, before), id);
      },
      remove: async (kind, id) => {
        called("crm.remove", kind, id);
        const before = this.records;
        this.records = before.filter((each) => each.id !== id);
        return this.#undoable(() => (this.records = before), id);
      },
      addNote: async (kind, id, text) => {
        called("crm.addNote", kind, id, text);
        const at = now.toISOString();
        const note = { id: `b${++this.#serial + 10}`, at, changedAt: at, memberId: "bram", text, pending: false };
        this.#record(kind, id).notes.unshift(note);
        this.#changed(id);
        return note.id;
      },
      saveNote: async (noteId, text, was) => {
        called("crm.saveNote", noteId, text, was);
        for (const { notes } of this.records) for (const note of notes) if (note.id === noteId) Object.assign(note, { text, changedAt: now.toISOString() });
        this.#changed();
      },
      removeNote: async (noteId) => {
        called("crm.removeNote", noteId);
        const before = this.records.map((each) => [each, each.notes] as const);
        for (const each of this.records) each.notes = each.notes.filter((note) => note.id !== noteId);
        return this.#undoable(() => before.forEach(([each, notes]) => (each.notes = notes)));
      },
      preview: async (fileId) => (called("crm.preview", fileId), structuredClone(this.#options.preview ?? preview)),
      import: async (fileId, order) => {
        called("crm.import", fileId, order);
        this.#add("person", { name: "Joris Bakker", email: "joris@example.nl", phone: "06-12345678" });
        return { added: 208, updated: 3, skipped: 1, leftOut: 1, problems: [{ line: 17, message: "There is neither a name nor an e-mail address." }] };
      },
      export: async () => (called("crm.export"), "contacts"),
      duplicates: async () => {
        called("crm.duplicates");
        const twice = this.records.flatMap((each) => each.duplicates.map(({ why, id }) => ({ why, records: this.records.filter((one) => one.id === id || one === each), more: 0 })));
        return structuredClone(twice);
      },
      open: async (kind, id, url) => called("crm.open", kind, id, url),
    };
  }

  of(conversationId: string): t.Link[] {
    return this.links.get(conversationId) ?? [];
  }

  /** What happens when a person changes a note in the CRM. */
  setNote(conversationId: string, noteId: string, state: t.CrmNoteState): void {
    this.notes.set(conversationId, (this.notes.get(conversationId) ?? []).map((note) => (note.id === noteId ? { ...note, state } : note)));
    this.#host.changed({ conversationIds: [conversationId], records: [] });
  }

  #changed(...ids: string[]) {
    this.#host.changed({ conversationIds: [], records: ids });
  }

  #usable() {
    if (!this.provider.connected) throw new BackendError("forbidden", this.provider.reason || "Connect Pipedrive with your own token first.");
  }

  #record(kind: t.RecordKind, id: string): t.CrmRecord {
    const found = this.records.find((each) => each.kind === kind && each.id === id);
    if (!found) throw new BackendError("not_found", "This is not in the CRM any more.");
    return found;
  }

  // An outside CRM is not asked for them.
  #about(personId: string): t.RelatedRecord[] {
    if (this.provider.kind !== "builtin") return [];
    const closed = ({ status }: t.CrmRecord) => Number(status !== "open");
    return this.records.filter((each) => each.kind !== "person" && each.personId === personId).sort((a, b) => closed(a) - closed(b));
  }

  #find(kind: t.RecordKind, text: string): t.CrmRecord[] {
    const word = text.trim().toLowerCase();
    const number = digits(word);
    const words = (each: t.CrmRecord) => `${each.title} ${each.person} ${each.organization} ${each.emails.join(" ")}`.toLowerCase();
    const called = (each: t.CrmRecord) => number.length >= 4 && each.phones.some((phone) => digits(phone).includes(number));
    return this.records.filter((each) => each.kind === kind && (words(each).includes(word) || called(each)));
  }

  #add(kind: t.RecordKind, fields: t.RecordFields): t.CrmRecord {
    const id = `${kind}${++this.#serial}`;
    const target = record(kind, id, "", { changedAt: now.toISOString() });
    if (kind !== "person" && !fields.personId && fields.name) fields = { ...fields, personId: this.#add("person", { ...fields, title: "" }).id };
    Object.assign(target, fieldsOf(kind, fields, target));
    target.person = this.records.find((each) => each.id === target.personId)?.title ?? "";
    target.subtitle = subtitle(target);
    this.records = [...this.records, target];
    this.#changed(id);
    return target;
  }

  #link(conversationId: string, target: t.CrmRecord): t.Link {
    const link: t.Link = { id: `k${++this.#serial + 10}`, kind: target.kind, targetId: target.id, title: target.title, url: "", pending: false, subtitle: target.subtitle, stage: target.stage, value: target.value, currency: target.currency, label: target.label };
    const [made = link] = this.#asProvider([link]);
    this.#put(conversationId, made);
    const until = new Date(now.getTime() + day).toISOString();
    const note: t.CrmNote = { id: `w${++this.#serial + 10}`, linkId: made.id, kind: made.kind, targetId: made.targetId, from: now.toISOString(), until, state: this.#host.offline ? "pending" : "current", text: "" };
    this.notes.set(conversationId, [...(this.notes.get(conversationId) ?? []), note]);
    return made;
  }

  #wait(conversationId: string, kind: t.RecordKind, fields: t.RecordFields): t.Link {
    const link: t.Link = { id: `k${++this.#serial + 10}`, kind, targetId: "", title: fields.title || fields.name || "", url: "", pending: true, reason: "It is made as soon as this computer is online." };
    this.#put(conversationId, link);
    return link;
  }

  #put(conversationId: string, link: t.Link) {
    this.links.set(conversationId, [...this.of(conversationId), link]);
    this.#host.did(conversationId, "crm.link", link.title);
    this.#host.changed({ conversationIds: [conversationId], records: [link.targetId] });
  }

  #unlink(conversationId: string, linkId: string): t.Undoable {
    const link = this.of(conversationId).find((each) => each.id === linkId);
    if (!link) throw new BackendError("not_found", "This link is gone already.");
    const [links, notes] = [this.of(conversationId), this.notes.get(conversationId) ?? []];
    this.links.set(conversationId, links.filter((each) => each !== link));
    this.notes.set(conversationId, notes.filter((each) => each.linkId !== linkId));
    this.#host.did(conversationId, "crm.unlink", link.title);
    this.#host.changed({ conversationIds: [conversationId], records: [] });
    return this.#host.undoable(() => {
      this.links.set(conversationId, links);
      this.notes.set(conversationId, notes);
      this.#host.did(conversationId, "crm.link", link.title);
      this.#host.changed({ conversationIds: [conversationId], records: [] });
    });
  }

  #undoable(back: () => void, ...ids: string[]): t.Undoable {
    this.#changed(...ids);
    return this.#host.undoable(() => {
      back();
      this.#changed(...ids);
    });
  }

  #contact(conversationId: string): t.CrmContact {
    const { contact, subject } = this.#host.row(conversationId);
    const same = (each: t.CrmRecord) => each.emails.includes(contact.address);
    const named = (each: t.CrmRecord) => contact.name !== "" && each.title === contact.name;
    const persons = this.records.filter((each) => each.kind === "person");
    const sure = persons.filter(same).map((each): t.CrmMatch => ({ ...each, confidence: "sure", why: "email" }));
    const maybe = persons.filter((each) => named(each) && !same(each)).map((each): t.CrmMatch => ({ ...each, confidence: "maybe", why: "name" }));
    return {
      matches: structuredClone([...sure, ...maybe]),
      asOf: now.toISOString(),
      prefill: { name: contact.name, email: contact.address, phone: "", title: subject },
      earlier: conversationId === "c0" ? storyEarlier : [],
      ...this.#options.contacts?.[conversationId],
    };
  }

  // An outside CRM has its records on the web.
  #asProvider(links: t.Link[]): t.Link[] {
    if (this.provider.kind === "builtin") return links;
    return links.map((link) => ({ ...link, url: `https://noordzee.pipedrive.com/${link.kind}/${link.targetId}` }));
  }
}

const hit = ({ kind, id, title, subtitle }: t.CrmRecord): t.RecordHit => ({ kind, id, title, subtitle });

// A field that is not any more what somebody began with.
function outdated(target: t.CrmRecord, was: t.RecordFields | undefined): boolean {
  const present: Record<string, unknown> = { ...target, name: target.title, owner: target.ownerId };
  return Object.entries(was ?? {}).some(([field, value]) => JSON.stringify(present[field]) !== JSON.stringify(value));
}

const plain = ["organization", "personId", "value", "currency", "stage", "status", "label"] as const;

function fieldsOf(kind: t.RecordKind, fields: t.RecordFields & { was?: unknown }, old: t.CrmRecord): Partial<t.CrmRecord> {
  const { name, title, email, phone, owner } = fields;
  const own = kind === "person";
  return {
    ...Object.fromEntries(plain.filter((key) => fields[key] !== undefined).map((key) => [key, fields[key]])),
    title: (own ? name : title) ?? old.title,
    emails: fields.emails ?? (own && email ? [email] : old.emails),
    phones: fields.phones ?? (own && phone ? [phone] : old.phones),
    ownerId: owner ?? old.ownerId,
  };
}
