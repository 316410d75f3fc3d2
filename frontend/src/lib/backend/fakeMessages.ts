import type { ComposerState, Conversation, Limits, Message, ReplyMode, Row, Template } from "./types";

// What was said in the chats of fakeChat.ts, and what may be answered there.

/** Three templates: one without variables, one with, one that is not approved yet. */
export const templates: Template[] = [
  { id: "HX1", name: "appointment_ready", language: "en", body: "Hello {{1}}, your bike is ready at Noordzee Fietsen. We are open until {{2}}.", variables: ["1", "2"], approved: true, state: "approved", category: "utility" },
  { id: "HX2", name: "ask_to_write_again", language: "en", body: "We have an answer for you. Reply with YES to read it.", variables: [], approved: true, state: "approved", category: "utility" },
  { id: "HX3", name: "winter_offer", language: "en", body: "Winter check for {{price}}?", variables: ["price"], approved: false, state: "pending", category: "marketing" },
];

const MB = 1_000_000;
const limits: Record<Row["kind"], Limits> = {
  email: { text: 0, imageBytes: 0, fileBytes: 25 * MB, templates: false, subject: true },
  whatsapp: { text: 1600, imageBytes: 5 * MB, fileBytes: 16 * MB, templates: true, subject: false },
  messenger: { text: 2000, imageBytes: 25 * MB, fileBytes: 25 * MB, templates: false, subject: false },
};

const reasons: Record<Row["kind"], Partial<Record<ReplyMode, string>>> = {
  email: {},
  whatsapp: { template_only: "The reply window has ended: until the contact writes again, WhatsApp takes only an approved template." },
  messenger: {
    human_agent: "The 24 hours for free answers have ended. Until 7 days after the contact's last message you may still answer in your own words, without advertising.",
    blocked: "The reply window has ended: Messenger takes nothing until the contact writes again.",
  },
};

function next(kind: Row["kind"], window: ReplyMode): ReplyMode | "" {
  if (kind === "email" || window === "blocked" || window === "template_only") return "";
  if (kind === "whatsapp") return "template_only";
  return window === "free" ? "human_agent" : "blocked";
}

export function composerOf(row: Row, offline: boolean): ComposerState {
  const { kind, window = "free", replyBy } = row;
  const state = { mode: window, reason: reasons[kind][window] ?? "", replyBy, next: next(kind, window), limits: limits[kind] };
  if (!offline || (window !== "free" && window !== "human_agent") || kind === "email") return state;
  return { ...state, mode: "queue_only", reason: "WhatsApp cannot be reached: what you send waits, and goes if the reply window is still open then." };
}

const blank = { recipients: [], cc: [], subject: "", html: "", hasHtml: false, attachments: [], reason: "", warnings: [] };

function said(row: Row, id: string, at: string, text: string, extra: Partial<Message> = {}): Message {
  return { ...blank, id: `${row.id}-${id}`, direction: "in", author: { ...row.contact, memberId: "" }, to: [], at, text, state: "received", ...extra };
}

function answered(row: Row, id: string, at: string, memberId: string, text: string, extra: Partial<Message> = {}): Message {
  return said(row, id, at, text, { direction: "out", author: { name: "", address: "", memberId }, to: [row.contact.address], state: "read", ...extra });
}

const picture = (id: string) => ({ id, name: "IMG-20261119-WA0004.jpg", type: "image/jpeg", size: 412_000 });

/** A story with every state of a message in it, and a short one for the others. */
export function chatMessages(row: Row): Message[] {
  if (row.id === "w0") return story(row);
  const asked = said(row, "1", new Date(new Date(row.lastAt).getTime() - 600_000).toISOString(), row.preview.replace(/^You: /, ""));
  if (row.attention) {
    return [
      asked,
      answered(row, "2", row.lastAt, "bram", "The invoice is attached.", { state: "failed", reason: "WhatsApp does not know this number.", detail: "Twilio 63024" }),
    ];
  }
  return [asked];
}

function story(row: Row): Message[] {
  return [
    answered(row, "1", "2026-11-18T09:30:00Z", "ann", "Hello Sanne, your bike is ready at Noordzee Fietsen. We are open until six.", { template: "appointment_ready" }),
    said(row, "2", "2026-11-19T10:32:00Z", "My front brake squeals since the last service.", { attachments: [{ id: "wf1", name: "receipt-4471.pdf", type: "application/pdf", size: 184_320 }] }),
    answered(row, "3", "2026-11-19T10:46:00Z", "carol", "Sorry about that. Leave it with us today and we will fit new pads, free of charge."),
    said(row, "4", "2026-11-19T11:02:00Z", "", { attachments: [picture("wf2")] }),
    said(row, "5", "2026-11-19T11:04:00Z", "", { attachments: [{ ...picture("wf3"), missing: "pending" }, { ...picture("wf4"), name: "video.mp4", type: "video/mp4", missing: "too_large" }] }),
    said(row, "6", "2026-11-19T11:06:00Z", ""),
    said(row, "7", "2026-11-19T11:10:00Z", "Great. I will collect it tomorrow at four."),
    answered(row, "8", "2026-11-19T11:12:00Z", "carol", "Until tomorrow!", { state: "delivered" }),
    answered(row, "9", "2026-11-20T09:50:00Z", "bram", "It is on the stand now.", { state: "sent" }),
    answered(row, "10", "2026-11-20T09:57:30Z", "bram", "It is ready, see you at four.", { state: "queued" }),
  ];
}

/** What opening a chat gives beside its row. */
export function chatParts(row: Row, offline: boolean): Partial<Conversation> {
  if (row.kind === "email") return {};
  return { messages: chatMessages(row), composer: composerOf(row, offline), earlier: [] };
}
