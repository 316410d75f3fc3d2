import type * as t from "./types";

// What became of a morning's events in the bicycle shop, the newest first.

type Line = [at: string, event: t.Occasion, conversation: number, contact: string, subject: string, medium: t.Medium, outcome: t.Outcome, reason?: string, fix?: t.Fix, memberId?: string];

const lines: Line[] = [
  ["2026-11-20T09:50:00Z", "unassigned", 9, "Jolanda Prins", "Dynamo flickers", "desktop", "shown"],
  ["2026-11-20T09:50:00Z", "unassigned", 9, "Jolanda Prins", "Dynamo flickers", "email", "suppressed", "E-mail is switched off for this behind the bell.", "bell"],
  ["2026-11-20T09:31:00Z", "others", 1, "Van Loon Logistiek", "Re: Quote for 12 cargo bikes", "desktop", "suppressed", "Desktop notifications are switched off for this behind the bell.", "bell"],
  ["2026-11-20T09:31:00Z", "mine", 1, "Van Loon Logistiek", "Re: Quote for 12 cargo bikes", "email", "sent", "", "", "ann"],
  ["2026-11-20T09:05:00Z", "mine", 13, "Bakkerij Zonnig", "Bakfiets in onderhoud", "desktop", "suppressed", "It was open in front of you."],
  ["2026-11-20T09:05:00Z", "mine", 13, "Bakkerij Zonnig", "Bakfiets in onderhoud", "email", "suppressed", "You had read it before the e-mail was due."],
  ["2026-11-20T08:20:00Z", "assignedToMe", 14, "Thomas Weir", "Frame warranty claim", "desktop", "failed", "The system does not let Postvak show notifications. Allow it in the system’s settings.", "system"],
  ["2026-11-20T08:20:00Z", "assignedToMe", 14, "Thomas Weir", "Frame warranty claim", "email", "unknown", "The connection broke before the mail server had answered: it was possibly sent."],
  ["2026-11-20T07:45:00Z", "unassigned", 11, "Müller Radhandel GmbH", "Händleranfrage", "desktop", "shown", "It came in quiet hours, and stood in the digest after them."],
  ["2026-11-19T19:31:00Z", "unassigned", 12, "Fatima El Amrani", "Afspraak verzetten", "desktop", "shown", "It came in quiet hours, and stood in the digest after them."],
  ["2026-11-19T15:20:00Z", "others", 5, "Mehmet Yıldız", "Is the battery back in stock yet?", "email", "failed", "There is no mail server to send by. Give the team mailbox one.", "team"],
  ["2026-11-19T11:00:00Z", "mine", 15, "Cycling Monthly", "Interview request", "desktop", "shown"],
];

export const history: t.NotificationRow[] = lines.map(([at, event, conversation, contact, subject, medium, outcome, reason = "", fix = "", memberId = "bram"]) => ({
  at,
  event,
  memberId,
  conversationId: `c${conversation}`,
  medium,
  outcome,
  reason,
  code: reason.includes("switched off") ? "off" : "",
  fix,
  channelId: "info",
  contact,
  subject,
  decidedAt: at,
}));

const step = (id: string, ok: boolean, message: string, fix: t.Fix = ""): t.SelfTestStep => ({ step: id, ok, message, fix });

export const selfTest: t.SelfTestStep[] = [
  step("bell", true, "The bell rings for 3 of 4 events on this desktop."),
  step("focus", true, "No conversation is open in front of you."),
  step("running", true, "Postvak runs and hears of new messages."),
  step("tray", true, "Closed, Postvak goes on in the tray."),
  step("permission", false, "The system does not let Postvak show notifications. Allow it in the system’s settings.", "system"),
  step("do_not_disturb", true, "The system’s do-not-disturb is off."),
  step("desktop", true, "A test notification was shown. Did you see it?"),
  step("email", true, "A test e-mail went to bram@noordzeefietsen.nl."),
];
