import type { Channel, ReplyMode, Row } from "./types";

// What the bicycle shop's customers write by WhatsApp and Messenger, on the
// same Friday 20 November 2026, 10:58 (09:58 UTC).

export const service: Channel = {
  id: "service", kind: "whatsapp", name: "Service line", address: "+31201234567", shared: true, installer: "bram", state: "ok", reason: "",
  accountSid: `AC${"0f".repeat(16)}`, apiKey: `SK${"a1".repeat(16)}`,
};

export const page: Channel = {
  id: "page", kind: "messenger", name: "Noordzee Fietsen", address: "104211887362051", shared: true, installer: "ann", state: "ok", reason: "",
  humanAgent: true,
};

export const chatChannels: Channel[] = [service, page];

function chat(id: string, channel: Channel, name: string, address: string, preview: string, lastAt: string, window: ReplyMode, replyBy: string, extra: Partial<Row> = {}): Row {
  return {
    id, contact: { name, address }, subject: "", channelId: channel.id, kind: channel.kind, section: "others", assigneeId: "carol",
    preview, lastAt, unread: 0, closed: false, replyBy, window, pending: false, ...extra,
  };
}

const mine = { section: "mine", assigneeId: "bram" } as const;

/** One of every state of a reply window (R27). */
export const chatRows: Row[] = [
  chat("w0", service, "Sanne Hoekstra", "+31615348820", "It is ready, see you at four.", "2026-11-20T09:57:30Z", "free", "2026-11-20T11:10:00Z", { pending: true, lastBy: "bram" }),
  chat("w1", service, "Mehmet Yıldız", "+31687654321", "Is the battery back in stock yet?", "2026-11-19T10:09:30Z", "free", "2026-11-20T10:09:30Z", { unread: 1 }),
  chat("w2", service, "", "+31624810937", "Could you send me the invoice?", "2026-11-17T10:20:00Z", "template_only", ""),
  chat("w3", page, "Lotte Janssen", "7312440198", "Here is the size chart for the Noordzee 7", "2026-11-20T08:58:00Z", "free", "2026-11-21T08:30:00Z", { lastBy: "eva" }),
  chat("w4", page, "Pieter de Groot", "7312440199", "Thanks, the helmet fits", "2026-11-18T13:00:00Z", "human_agent", "2026-11-25T13:00:00Z", { assigneeId: "eva" }),
  chat("w5", page, "Hanna Berg", "7312440200", "We do, from € 25", "2026-11-18T14:00:00Z", "blocked", "", { lastBy: "bram" }),
  chat("w6", service, "Joost Mulder", "+32470123456", "The invoice is attached", "2026-11-20T09:12:00Z", "free", "2026-11-21T07:00:00Z", { attention: true, lastBy: "bram", ...mine }),
  chat("w7", service, "Ria Post", "+31611223344", "", "2026-11-20T09:30:00Z", "free", "2026-11-21T09:30:00Z", { unread: 1, draftPending: true, ...mine }),
];
