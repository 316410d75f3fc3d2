import type * as t from "./crmTypes";

// The contact book of the bicycle shop: whom they know, what is asked for,
// what is being sold.

const blank = {
  subtitle: "", emails: [], phones: [], organization: "", personId: "", person: "", value: "", currency: "",
  stage: "", status: "", label: "", owner: "", ownerId: "", url: "", notes: [], conversations: [], duplicates: [], records: [],
  pending: false, changedAt: "2026-11-12T09:00:00Z",
};

export function record(kind: t.RecordKind, id: string, title: string, more: Partial<t.CrmRecord> = {}): t.CrmRecord {
  const made = { ...structuredClone(blank), kind, id, title, ...more };
  return { ...made, subtitle: more.subtitle ?? subtitle(made) };
}

/** What tells a record from another of the same name. */
export function subtitle(of: t.CrmRecord): string {
  const parts = of.kind === "person" ? [of.organization, of.emails[0] ?? of.phones[0] ?? ""] : [of.person, of.organization];
  return parts.filter(Boolean).join(" · ");
}

const by = { owner: "Carol Meijer", ownerId: "carol" };

export const records: t.CrmRecord[] = [
  record("person", "p1", "Sanne Hoekstra", {
    emails: ["sanne.hoekstra@example.nl"], phones: ["+31 6 1534 8820"], ...by,
    notes: [{ id: "b1", at: "2026-11-12T10:00:00Z", changedAt: "2026-11-12T10:00:00Z", memberId: "carol", text: "Prefers WhatsApp, works nights on Thursday.", pending: false }],
    conversations: [{ id: "c0", subject: "Front brake squeals", contact: "Sanne Hoekstra", at: "2026-11-20T09:57:00Z" }],
  }),
  record("person", "p2", "Peter van Loon", { emails: ["inkoop@vanloon.example"], phones: ["+31 23 555 0142"], organization: "Van Loon Logistiek" }),
  record("person", "p3", "Lotte Janssen", { emails: ["lotte.j@example.nl"], phones: ["06-2481 0937"] }),
  record("person", "p4", "L. Janssen", {
    emails: ["lotte@werk.example"], phones: ["+31624810937"],
    duplicates: [{ kind: "person", id: "p3", title: "Lotte Janssen", why: "phone" }],
  }),
  record("person", "p5", "Mehmet Yıldız", { emails: ["mehmet@example.com"] }),
  record("person", "p6", "Jolanda Prins", { phones: ["+31 6 2200 1144"], organization: "Prins & Zonen" }),
  record("person", "p7", "Hendrikus Bartholomeus van Wassenaer-Obdam tot Duivenvoorde", { emails: ["hendrikus.bartholomeus.van.wassenaer@gemeente-kaag-en-braassem.example"] }),
  record("lead", "l1", "E-bike trade-in", { label: "warm", status: "open", personId: "p1", person: "Sanne Hoekstra", ...by }),
  record("lead", "l2", "Twelve cargo bikes", { label: "hot", status: "open", personId: "p2", person: "Peter van Loon", value: "48000.00", currency: "EUR" }),
  record("deal", "d1", "Family bike, spring 2027", { stage: "quote_sent", status: "open", value: "3250.00", currency: "EUR", personId: "p1", person: "Sanne Hoekstra", ...by }),
  record("deal", "d2", "Rental fleet De Duinen", { stage: "negotiating", status: "open", value: "27600.00", currency: "EUR", organization: "Hotel De Duinen" }),
  record("deal", "d3", "Service contract Zonnig", { stage: "contacted", status: "won", value: "890.50", currency: "EUR", organization: "Bakkerij Zonnig" }),
];

const linked = (id: string, kind: t.RecordKind, targetId: string, more: Partial<t.Link>): t.Link => {
  const target = records.find((each) => each.id === targetId);
  return { id, kind, targetId, title: target?.title ?? "", url: "", pending: false, ...more };
};

/** What the first conversation is linked to. */
export const storyLinks: t.Link[] = [
  linked("k1", "person", "p1", {}),
  linked("k2", "lead", "l1", { label: "warm" }),
  linked("k3", "deal", "d1", { stage: "quote_sent", value: "3250.00", currency: "EUR" }),
];

const text = "Sanne Hoekstra <sanne.hoekstra@example.nl> · E-mail\nAssigned to Carol Meijer\n\n11:32 Sanne Hoekstra\nMy front brake squeals since the last service.\n[receipt-4471.pdf, 184 kB]";

export const storyNotes: t.CrmNote[] = [
  { id: "w1", linkId: "k3", kind: "deal", targetId: "d1", from: "2026-11-18T10:00:00Z", until: "2026-11-19T10:00:00Z", state: "edited", text },
  { id: "w2", linkId: "k3", kind: "deal", targetId: "d1", from: "2026-11-19T10:46:00Z", until: "2026-11-20T10:46:00Z", state: "current", text },
];

export const storyEarlier: t.EarlierConversation[] = [
  { id: "x3", subject: "Invoice 2026-0912", kind: "email", channelId: "info", at: "2026-11-02T10:00:00Z", closed: true },
  { id: "x4", subject: "When is my service due?", kind: "whatsapp", channelId: "info", at: "2026-10-14T10:00:00Z", closed: true },
  { id: "x5", subject: "Opening hours in August", kind: "messenger", channelId: "info", at: "2026-08-03T10:00:00Z", closed: true },
];
