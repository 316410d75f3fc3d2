// The shapes that cross between the window and the program, as the outer
// contract words them. Times are RFC 3339 in UTC; an empty string means "none".

export type SectionId = "unassigned" | "mine" | "others" | "closed";
export type ChannelKind = "email" | "whatsapp" | "messenger";
export type Sort = "newest" | "oldest" | "window";

export interface SectionCount {
  id: SectionId;
  total: number;
  unread: number;
}

export interface Filter {
  unread: boolean;
  assigneeId: string;
  text: string;
}

export interface ListQuery {
  section: SectionId;
  channelId: string;
  sort: Sort;
  filter: Filter;
  after: string;
  offset: number;
  limit: number;
}

export interface Person {
  name: string;
  address: string;
}

export interface Row {
  id: string;
  contact: Person;
  subject: string;
  channelId: string;
  kind: ChannelKind;
  section: SectionId;
  assigneeId: string;
  preview: string;
  lastAt: string;
  unread: number;
  closed: boolean;
  replyBy: string;
  pending: boolean;
  /** Newer programs say these too; absent means no. */
  attachments?: number;
  draftPending?: boolean;
  attention?: boolean;
}

export interface ListPage {
  rows: Row[];
  next: string;
  total: number;
}

export interface SearchHit {
  conversationId: string;
  messageId: string;
  /** The name, or the address where there is none. */
  contact: string;
  subject: string;
  /** Matches stand between U+0002 and U+0003. */
  snippet: string;
  at: string;
}

export interface SearchPage {
  rows: SearchHit[];
  next: string;
}

export interface FileRef {
  id: string;
  name: string;
  type: string;
  size: number;
}

export type MessageState =
  | "received"
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "needs_attention";

export interface Author extends Person {
  memberId: string;
}

export interface Recipient extends Person {
  kind: "to" | "cc" | "bcc";
}

export interface Message {
  id: string;
  direction: "in" | "out";
  author: Author;
  /** Bare addresses; recipients has the names too. */
  to: string[];
  cc: string[];
  recipients: Recipient[];
  subject: string;
  at: string;
  text: string;
  html: string;
  hasHtml: boolean;
  attachments: FileRef[];
  state: MessageState;
  reason: string;
  warnings: string[];
  /** Set when the message could not be read and is kept as it came. */
  setAside?: string;
  /** This sender's remote images are always shown. */
  remote?: boolean;
}

export interface Activity {
  at: string;
  memberId: string;
  kind: string;
  text: string;
  void: boolean;
  reason: string;
  /** Whom it was assigned to, where that is what happened. */
  targetId?: string;
}

export interface Note {
  id: string;
  at: string;
  memberId: string;
  text: string;
}

export interface Draft {
  to: string[];
  cc: string[];
  bcc: string[];
  replyAll: boolean;
  subject: string;
  text: string;
  attachments: string[];
  templateId: string;
  variables: Record<string, string>;
}

export interface ComposerState {
  mode: "free" | "template_only" | "human_agent" | "blocked" | "queue_only";
  reason: string;
  replyBy: string;
}

export interface Earlier {
  id: string;
  subject: string;
  at: string;
}

export interface Conversation extends Row {
  messages: Message[];
  activity: Activity[];
  notes: Note[];
  draft: Draft;
  /** Names and sizes of the draft's attachments. */
  draftFiles?: FileRef[];
  composer: ComposerState;
  next: string;
  earlier: Earlier[];
  related: { id: string; subject: string }[];
}

export interface OpenQuery {
  before: string;
  around: string;
  limit: number;
}

export interface OutboxEntry {
  messageId: string;
  conversationId: string;
  state: "queued" | "sending" | "sent" | "failed" | "needs_attention";
  reason: string;
  nextTry: string;
}

export type BulkDo = "close" | "reopen" | "assign" | "unassign" | "read" | "unread";

export interface Undoable {
  undoId: string;
}

export type ChannelState = "ok" | "syncing" | "offline" | "error" | "needs_sign_in";

export interface Channel {
  id: string;
  kind: ChannelKind;
  name: string;
  address: string;
  shared: boolean;
  installer: string;
  state: ChannelState;
  reason: string;
}

export type Security = "tls" | "starttls" | "none";

export interface Server {
  host: string;
  port: number;
  security: Security;
  username: string;
}

export interface Servers {
  imap: Server;
  smtp: Server;
}

export interface ConnectEmail extends Servers {
  name: string;
  address: string;
  shared: boolean;
  /** Older threads start closed; empty: all start open (R36). */
  openSince: string;
  signIn: "shared" | "own";
  folders: { inbox: string; sent: string };
  password: string;
}

export interface Step {
  step: string;
  ok: boolean;
  message: string;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  role: "admin" | "member";
  state: "pending" | "active" | "removed";
  available: boolean;
  /** Since when the availability is as it is, where that is known. */
  since?: string;
}

export interface TeamStatus {
  team: string;
  me: string;
  role: "admin" | "member";
  state: "solo" | "pending" | "member" | "removed";
}

export interface Settings {
  language: "" | "en" | "nl";
  theme: "" | "light" | "dark";
  sendKey: "enter" | "mod+enter";
  undoSendSeconds: number;
  name: string;
  signature: string;
}

export interface ChannelStatus {
  id: string;
  state: ChannelState;
  done: number;
  total: number;
  setAside: number;
  lastSync: string;
  reason: string;
  since?: string;
  retryAt?: string;
}

export interface Status {
  online: boolean;
  text: string;
  secrets: "keyring" | "passphrase" | "file";
  channels: ChannelStatus[];
  /** A demo team can be opened from here. */
  demo: boolean;
  /** This is the demo team. */
  sandbox: boolean;
  /** No channel was connected yet. */
  firstRun: boolean;
  version?: string;
  rebuilding?: { done: number; total: number } | null;
}

export interface InboxChanged {
  conversationIds: string[];
  sections: string[];
}

export interface Notice {
  conversationId: string;
  title: string;
  body: string;
}

export interface Events {
  "inbox.changed": InboxChanged;
  "status.changed": Status;
  "outbox.changed": unknown;
  "team.changed": unknown;
  notification: Notice;
  /** The program asks the window to show an address: a deep link, a click. */
  navigate: { to: string };
}
