import type { Backend } from "./backend";
import { BackendError } from "./error";
import type * as t from "./types";

// The one file that knows how the program is reached, and that there are two
// ways: inside the window Wails gives window.go and window.runtime; in a
// browser a bridge script of the headless host gives the same two.

type Method = (...args: unknown[]) => Promise<unknown>;
type Bound = { app: Record<string, Record<string, Method>> };

interface Runtime {
  EventsOn(name: string, call: (...data: unknown[]) => void): () => void;
  EventsEmit?(name: string): void;
}

declare global {
  interface Window {
    go?: Bound;
    runtime?: Runtime;
  }
}

// Connecting a mailbox may take the program 30 seconds. A call that panicked,
// or one that does not exist, would never answer at all.
const patience = 45_000;

const inWindow = () =>
  location.protocol === "wails:" || location.hostname === "wails.localhost";

function found(service: string, method: string): Method {
  const bound = window.go?.app[service]?.[method];
  if (!bound) throw new BackendError("not_found", "", `${service}.${method}`);
  return bound;
}

// For what reads or writes everything there is.
async function slow<Result>(service: string, method: string, ...args: unknown[]): Promise<Result> {
  try {
    return (await found(service, method)(...args)) as Result;
  } catch (thrown) {
    throw BackendError.from(thrown);
  }
}

async function call<Result>(service: string, method: string, ...args: unknown[]): Promise<Result> {
  const bound = found(service, method);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    const late = () => reject(new BackendError("unavailable", "", `${service}.${method}: no answer`));
    timer = setTimeout(late, patience);
  });
  try {
    return (await Promise.race([bound(...args), silence])) as Result;
  } catch (thrown) {
    throw BackendError.from(thrown);
  } finally {
    clearTimeout(timer);
  }
}

async function list<Item>(service: string, method: string, ...args: unknown[]): Promise<Item[]> {
  return (await call<Item[] | null>(service, method, ...args)) ?? [];
}

async function upload(file: File): Promise<t.FileRef> {
  // RFC 8187 has these encoded too: "offer (1).pdf" would lose its name.
  const name = encodeURIComponent(file.name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  const answer = await fetch("/file", {
    method: "POST",
    headers: {
      "Content-Type": file.type || "application/octet-stream",
      "Content-Disposition": `attachment; filename*=UTF-8''${name}`,
    },
    body: file,
  });
  if (!answer.ok) throw BackendError.from(await answer.text());
  return (await answer.json()) as t.FileRef;
}

// Handing a File to the window's own address crashes the process on Linux, so
// there the bytes go as text through a call.
async function put(file: File): Promise<t.FileRef> {
  if (!inWindow()) return upload(file);
  return call("Files", "Put", file.name, base64(new Uint8Array(await file.arrayBuffer())));
}

function base64(bytes: Uint8Array): string {
  const step = 0x8000;
  let text = "";
  for (let at = 0; at < bytes.length; at += step) {
    text += String.fromCharCode(...bytes.subarray(at, at + step));
  }
  return btoa(text);
}

async function pick(multiple = true): Promise<t.FileRef[]> {
  if (inWindow()) return list("Files", "Pick");
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = multiple;
  const chosen = await new Promise<File[]>((resolve) => {
    input.onchange = () => resolve([...(input.files ?? [])]);
    input.oncancel = () => resolve([]);
    input.click();
  });
  return Promise.all(chosen.map(upload));
}

async function pickBackup(): Promise<t.FileRef | undefined> {
  if (!inWindow()) return (await pick(false))[0];
  const file = await slow<t.FileRef>("Settings", "PickBackup");
  return file.id ? file : undefined;
}

// The program names its files by the day too; the type is no one's business.
function made(id: string, ending: string): t.FileRef {
  const day = new Date().toISOString().slice(0, 10);
  return { id, name: `postvak-${day}.${ending}`, type: "application/octet-stream", size: 0 };
}

const address = (file: t.FileRef) => `/file/${encodeURIComponent(file.id)}`;

async function save(file: t.FileRef): Promise<boolean> {
  if (inWindow()) return slow("Files", "Save", file.id);
  const link = document.createElement("a");
  link.href = address(file);
  link.download = file.name;
  link.click();
  return true; // a browser does not say what became of it
}

async function openLink(messageId: string, url: string): Promise<void> {
  if (inWindow()) return call("Inbox", "OpenLink", messageId, url);
  window.open(url, "_blank", "noopener,noreferrer");
}

async function openAuthorization({ grant, url, page }: t.Authorization): Promise<void> {
  if (inWindow()) return call("Channels", "OpenAuthorization", grant);
  const address = url || page;
  if (/^https?:/.test(address)) window.open(address, "_blank", "noopener,noreferrer");
}

async function openRecord(kind: string, id: string, url: string): Promise<void> {
  if (inWindow()) return call("Crm", "Open", kind, id);
  if (/^https?:/.test(url)) window.open(url, "_blank", "noopener,noreferrer");
}

/** The program behind this page, or nothing when the page stands alone. */
export function connect(): Backend | undefined {
  if (!window.go?.app) return undefined;
  return {
    inbox: {
      sections: () => list("Inbox", "Sections"),
      list: (query) => call("Inbox", "List", query),
      search: (query) => call("Inbox", "Search", query),
      open: (id, query) => call("Inbox", "Open", id, query),
      html: async (id, opt) => (await call<{ html: string }>("Inbox", "Html", id, opt)).html,
      source: (id) => call("Inbox", "Source", id),
      remove: (id) => call("Inbox", "Delete", id),
      markRead: (id) => call("Inbox", "MarkRead", id),
      bulk: (order) => call("Inbox", "Bulk", order),
      undo: (id) => call("Inbox", "Undo", id),
      nameContact: (id, name) => call("Inbox", "NameContact", id, name),
      addNote: (id, text) => call("Inbox", "AddNote", id, text),
      voids: () => list("Inbox", "Voids"),
      dismissVoid: (id) => call("Inbox", "DismissVoid", id),
      openLink,
    },
    composer: {
      saveDraft: (id, draft) => call("Composer", "SaveDraft", id, draft),
      send: (id, draft) => call("Composer", "Send", id, draft),
      start: (draft) => call("Composer", "Start", draft),
      cancel: (id) => call("Composer", "Cancel", id),
      giveUp: (id) => call("Composer", "GiveUp", id),
      retry: (id) => call("Composer", "Retry", id),
      markSent: (id) => call("Composer", "MarkSent", id),
      outbox: () => list("Composer", "Outbox"),
      templates: (channelId) => list("Composer", "Templates", channelId),
    },
    replies: {
      list: () => list("Replies", "List"),
      save: (change) => call("Replies", "Save", change),
      remove: (id, version) => call("Replies", "Delete", id, version),
    },
    availability: {
      get: () => call("Availability", "Get"),
      set: (on) => call("Availability", "Set", on),
    },
    channels: {
      list: () => list("Channels", "List"),
      guess: (address) => call("Channels", "Guess", address),
      authorize: (request) => call("Channels", "Authorize", request),
      authorized: (grant) => call("Channels", "Authorized", grant),
      openAuthorization,
      unauthorize: (grant) => call("Channels", "Unauthorize", grant),
      connectEmail: (order) => call("Channels", "ConnectEmail", order),
      connectWhatsApp: (order) => call("Channels", "ConnectWhatsApp", order),
      connectMessenger: (order) => call("Channels", "ConnectMessenger", order),
      checkWhatsApp: (order) => list("Channels", "CheckWhatsApp", order),
      checkMessenger: (order) => list("Channels", "CheckMessenger", order),
      update: (id, changes) => call("Channels", "Update", id, changes),
      signIn: (id, secrets) => call("Channels", "SignIn", id, secrets),
      setInstaller: (id, memberId) => call("Channels", "SetInstaller", id, memberId),
      check: (id) => list("Channels", "Check", id),
      disconnect: (id) => call("Channels", "Disconnect", id),
    },
    team: {
      status: () => call("Team", "Status"),
      members: () => list("Team", "Members"),
      check: (mailbox) => list("Team", "Check", mailbox),
      create: (order) => call("Team", "Create", order),
      invitation: (text) => call("Team", "ReadInvitation", text),
      join: (order) => call("Team", "Join", order),
      invite: () => call("Team", "Invite"),
      approve: (id, role) => call("Team", "Approve", id, role),
      remove: (id) => call("Team", "Remove", id),
      setRole: (id, role) => call("Team", "SetRole", id, role),
      leave: () => call("Team", "Leave"),
      devices: () => list("Team", "Devices"),
      revokeDevice: (id) => call("Team", "RevokeDevice", id),
      rename: (name) => call("Team", "Rename", name),
      signIn: (secrets) => call("Team", "SignIn", secrets),
      tick: (id) => call("Team", "Tick", id),
      repair: (fresh) => call("Team", "Repair", fresh),
      resume: () => call("Team", "Resume"),
    },
    crm: {
      provider: () => call("Crm", "Provider"),
      connect: (order) => call("Crm", "Connect", order),
      disconnect: () => call("Crm", "Disconnect"),
      search: (kind, text) => list("Crm", "Search", kind, text),
      get: (kind, id) => call("Crm", "Get", kind, id),
      list: (kind, query) => list("Crm", "List", kind, query),
      create: (id, kind, fields) => call("Crm", "Create", id, kind, fields),
      link: (id, kind, targetId) => call("Crm", "Link", id, kind, targetId),
      unlink: (id, linkId) => call("Crm", "Unlink", id, linkId),
      notes: (id) => list("Crm", "Notes", id),
      contact: (id) => call("Crm", "Contact", id),
      stages: () => list("Crm", "Stages"),
      add: (kind, fields) => call("Crm", "Add", kind, fields),
      save: (kind, id, changes) => call("Crm", "Save", kind, id, changes),
      remove: (kind, id) => call("Crm", "Remove", kind, id),
      addNote: (kind, id, text) => call("Crm", "AddNote", kind, id, text),
      saveNote: (id, text, was) => call("Crm", "SaveNote", id, text, was),
      removeNote: (id) => call("Crm", "RemoveNote", id),
      preview: (id) => call("Crm", "Preview", id),
      import: (id, order) => call("Crm", "Import", id, order),
      export: () => call("Crm", "Export"),
      duplicates: () => list("Crm", "Duplicates"),
      open: openRecord,
    },
    notifications: {
      get: () => call("Notifications", "Get"),
      save: (choices) => call("Notifications", "Save", choices),
      pause: (minutes) => call("Notifications", "Pause", minutes),
      history: (query) => call("Notifications", "History", query),
      selfTest: () => list("Notifications", "SelfTest"),
    },
    settings: {
      get: () => call("Settings", "Get"),
      save: (changes) => call("Settings", "Save", changes),
      status: () => call("Settings", "Status"),
      rebuild: () => call("Settings", "Rebuild"),
      openDemo: () => call("Settings", "OpenDemo"),
      diagnostics: () => call("Settings", "Diagnostics"),
      about: () => call("Settings", "About"),
      licence: (name) => call("Settings", "Licence", name),
    },
    moving: {
      backup: async (passphrase) => made(await slow("Settings", "Backup", passphrase), "postvak-backup"),
      pick: pickBackup,
      restore: (fileId, passphrase) => slow("Settings", "Restore", fileId, passphrase),
      export: async (conversationId, format) => made(await slow("Settings", "Export", { conversationId, format }), format),
      printable: async (id) => (await slow<{ html: string }>("Inbox", "Printable", id)).html,
      state: () => call("Settings", "Moving"),
      removal: () => call("Settings", "Removal"),
      remove: (told) => call("Settings", "Remove", told),
      reload: () => location.reload(),
    },
    files: { pick: () => pick(), put, save, preview: address },
    window: {
      native: inWindow(),
      listens: () => window.runtime?.EventsEmit?.("listening"),
      focus: (id, focused) => call("Window", "Focus", id, focused),
      closing: (keep) => call("Window", "Closing", keep),
      quit: () => call("Window", "Quit"),
    },
    on: (name, callback) => {
      const stop = window.runtime?.EventsOn(name, (data) => callback(data as never));
      return () => stop?.();
    },
  };
}
