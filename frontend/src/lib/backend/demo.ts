import { App } from "$lib/state/app.svelte";
import { fake, type Fake, type FakeOptions } from "./fake";
import { pipedrive, type FakeCrmOptions } from "./fakeCrm";
import * as data from "./fakeData";
import { history } from "./fakeHistory";

const asked = new URLSearchParams(location.search);
const one = <Value extends string>(name: string, ...values: Value[]): Value | undefined => values.find((value) => value === asked.get(name));

// What a team is like that has much to tell at once.
const busy: FakeOptions = {
  requests: data.requests,
  voids: data.voids,
  conversations: {
    c0: {
      drafting: [{ memberId: "ann", since: data.now.toISOString() }],
      answered: { messageId: "m3", memberId: "carol", name: "Carol Meijer", at: "2026-11-20T09:40:00Z" },
    },
  },
};

const none = { mine: false, others: false, unassigned: false, assignedToMe: false, windowClosing: false };

// The states of the bell, one by one.
const bells: Record<string, FakeOptions["bell"]> = {
  on: {},
  off: { desktop: none },
  paused: { pausedUntil: "2026-11-20T10:58:00Z" },
  quiet: { quietHours: { from: "10:00", to: "09:00", days: [] } },
};

// Whose contact book is in use, and whether it can be asked.
const crms: Record<string, FakeCrmOptions> = {
  builtin: {},
  pipedrive: { provider: pipedrive },
  token: { provider: { ...pipedrive, connected: false, reason: "The team uses Pipedrive. Connect it with your own token to link conversations." } },
};

const events: Record<"closing" | "minimised" | "news", (backend: Fake) => void> = {
  closing: (backend) => backend.emit("window.closing", { tray: true }),
  minimised: (backend) => backend.emit("window.minimised", null),
  news: (backend) => backend.emit("notification", { conversationId: "c9", medium: "desktop", outcome: "shown", title: "Jolanda Prins · info@noordzeefietsen.nl", body: "Dynamo flickers\nSince yesterday the light flickers when I go downhill" }),
};

/** The window over the fake, for development: ?theme=dark&lang=nl&rows=1000000&team=pending&role=member&phase=moving&busy&bell=off&browser&say=closing&crm=pipedrive&chats */
export function demo(): App {
  const phase = asked.get("phase");
  const team = one("team", "solo", "pending", "member", "removed");
  const role = one("role", "admin", "member");
  const backend = fake({
    ...(asked.has("busy") ? busy : {}),
    ...(team ? { team } : {}),
    ...(role ? { role } : {}),
    ...(phase ? { log: { phase: phase as "ok", done: 1204, total: 8310, pending: 3, alarms: asked.has("alarm") ? ["3 mails disappeared from the team’s folder."] : [] } } : {}),
    bell: bells[one("bell", "off", "paused", "quiet") ?? "on"],
    history: asked.has("nothing") ? [] : history,
    browser: asked.has("browser"),
    chats: asked.has("chats"),
    crm: crms[one("crm", "pipedrive", "token") ?? "builtin"] ?? {},
    firstRun: asked.has("first"),
    offline: asked.has("offline"),
    closed: Number(asked.get("rows") ?? 1284),
    settings: { language: one("lang", "en", "nl") ?? "", theme: one("theme", "dark", "light") ?? "" },
  });
  const say = one("say", "closing", "minimised", "news");
  if (say) setTimeout(() => events[say](backend));
  return new App(backend, () => data.now);
}
