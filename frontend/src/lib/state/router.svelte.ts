import type { RecordKind, SectionId } from "$lib/backend";

export type Route =
  | { view: "section"; id: SectionId; channelId: string }
  | { view: "conversation"; id: string; messageId: string }
  | { view: "search"; text: string }
  | { view: "contacts"; kind: RecordKind; id: string }
  | { view: "settings"; page: SettingsPage };

export type SettingsPage = "general" | "replies" | "notifications" | "crm" | "team" | "moving" | "diagnostics" | "about";

export const settingsPages: readonly SettingsPage[] = ["general", "replies", "notifications", "crm", "team", "moving", "diagnostics", "about"];

const shelves: Record<RecordKind, string> = { person: "persons", lead: "leads", deal: "deals" };

const sectionIds: readonly string[] = ["unassigned", "mine", "others", "closed"];

/** Reads the part of an address after "#"; anything unknown is the first section. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const parameters = new URLSearchParams(query);
  const [view, raw = "", third = ""] = path.split("/", 3);
  const id = decode(raw);
  if (view === "conversation" && id) {
    return { view, id, messageId: parameters.get("message") ?? "" };
  }
  if (view === "settings") return { view, page: settingsPages.find((page) => page === id) ?? "general" };
  if (view === "search") return { view, text: parameters.get("q") ?? "" };
  if (view === "contacts") return { view, kind: kindOf(id), id: decode(third) };
  const section = sectionIds.includes(id) ? (id as SectionId) : "unassigned";
  return { view: "section", id: section, channelId: parameters.get("channel") ?? "" };
}

function kindOf(shelf: string): RecordKind {
  if (shelf === "leads" || shelf === "lead") return "lead";
  return shelf === "deals" || shelf === "deal" ? "deal" : "person";
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

export const to = {
  section: (id: SectionId, channelId = "") =>
    `#/section/${id}${channelId ? `?channel=${encodeURIComponent(channelId)}` : ""}`,
  conversation: (id: string, messageId = "") =>
    `#/conversation/${encodeURIComponent(id)}${messageId ? `?message=${encodeURIComponent(messageId)}` : ""}`,
  contacts: (kind: RecordKind = "person") => `#/contacts/${shelves[kind]}`,
  /** One record's page among the contacts. */
  record: (kind: RecordKind, id: string) => `#/contacts/${shelves[kind]}/${encodeURIComponent(id)}`,
  search: (text: string) => `#/search?q=${encodeURIComponent(text)}`,
  settings: (page: SettingsPage = "general") => (page === "general" ? "#/settings" : `#/settings/${page}`),
};

/** Where the window is: the address's hash, so that links and history work. */
export class Router {
  route = $state.raw<Route>(parseRoute(location.hash));
  /** Where the person was before settings, a search or the contacts, to go back to. */
  back = "#/section/unassigned";

  constructor() {
    addEventListener("hashchange", this.#read);
  }

  go(hash: string): void {
    location.hash = hash;
    this.#read();
  }

  /** As go, without a new step in the history. */
  replace(hash: string): void {
    history.replaceState(null, "", hash);
    this.#read();
  }

  leave(): void {
    this.go(this.back);
  }

  destroy(): void {
    removeEventListener("hashchange", this.#read);
  }

  readonly #read = () => {
    const view = this.route.view;
    const old = this.#written;
    this.#written = location.hash;
    this.route = parseRoute(location.hash);
    if (this.route.view !== view && (view === "section" || view === "conversation" || view === "contacts")) {
      this.back = old || this.back;
    }
  };

  #written = location.hash;
}
