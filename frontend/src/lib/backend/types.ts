// The shapes that cross between the window and the program, as the outer
// contract words them. Times are RFC 3339 in UTC; an empty string means "none".
import type { CrmChanged, Link } from "./crmTypes";

export type * from "./crmTypes";

export type SectionId = "unassigned" | "mine" | "others" | "closed";
export type ChannelKind = "email" | "whatsapp" | "messenger";
export type Sort = "newest" | "oldest" | "window";
/** What a channel lets one write, network or not (R27). */
export type ReplyMode = "free" | "template_only" | "human_agent" | "blocked";

export interface SectionCount {
  id: SectionId;
  total: number;
  unread: number;
}

export interface Filter {
  unread: boolean;
  assigneeId: string;
  text: string;
  /** Of channels of one kind; "" of all. */
  kind: ChannelKind | "";
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
  /** Which member wrote a chat's last message; "" or absent: the contact, or nobody knows. */
  lastBy?: string;
  lastAt: string;
  unread: number;
  closed: boolean;
  /** When window ends; "" when it does not. */
  replyBy: string;
  /** Absent means free. */
  window?: ReplyMode;
  pending: boolean;
  /** Absent means no. */
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
  /** Why a message's file is not here; absent or "" when it is. */
  missing?: Missing | "";
}

/** A chat's file that is on its way, or that will not come. */
export type Missing = "pending" | "gone" | "too_large" | "refused";

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
  /** The provider's own code of a failure. */
  detail?: string;
  /** The name of the template that it was sent as. */
  template?: string;
}

export interface Activity {
  id?: string;
  at: string;
  memberId: string;
  kind: string;
  text: string;
  void: boolean;
  reason: string;
  /** Whom it was assigned to, or the record that it was linked to or unlinked from. */
  targetId?: string;
  /** What that record is called. */
  title?: string;
  /** It is not in the team log yet. */
  pending?: boolean;
}

export interface Note {
  id: string;
  at: string;
  memberId: string;
  text: string;
  /** The members whom its text names as @Name. */
  mentions?: string[];
  /** It is not in the team log yet. */
  pending?: boolean;
}

/** A colleague who is writing an answer now. */
export interface Drafter {
  memberId: string;
  since: string;
}

/** An answer of somebody else, given while a draft was written here. */
export interface Answered {
  /** "" while the team told of it and the message is not here yet. */
  messageId: string;
  /** "" when it was sent with another program. */
  memberId: string;
  name: string;
  at: string;
}

/** An own decision that had no effect (R7), until its author has seen it. */
export interface Voided {
  id: string;
  /** "" when it was about none, or about one that is not known here. */
  conversationId: string;
  subject: string;
  kind: string;
  text: string;
  /** What was written and stands nowhere else: of a canned reply. */
  wrote: string;
  at: string;
  /** What would decide it anew; a memberId of "" takes the assignment away. */
  again: { memberId: string } | null;
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
  /** "Written by me, no advertising": the tick of a human agent's answer (R27). */
  humanAgent?: boolean;
}

export type ComposerMode = ReplyMode | "queue_only";

export interface ComposerState {
  mode: ComposerMode;
  /** Why it is not simply free, as a sentence. */
  reason: string;
  /** When the mode ends; "" when it does not. */
  replyBy: string;
  /** What comes then. */
  next?: ReplyMode | "";
  limits?: Limits;
}

/** What a channel takes; 0 is no limit. */
export interface Limits {
  /** Characters, as JavaScript counts them. */
  text: number;
  imageBytes: number;
  fileBytes: number;
  /** There are templates to choose from. */
  templates: boolean;
  subject: boolean;
}

/** A message that WhatsApp approved for writing outside of the window. */
export interface Template {
  id: string;
  name: string;
  language: string;
  /** With {{1}} or {{name}} where variables go. */
  body: string;
  variables: string[];
  approved: boolean;
  /** The provider's word for how far its approval is, and why it was refused. */
  state?: string;
  reason?: string;
  category?: string;
  hasMedia?: boolean;
  /** Beside the body: header, footer, buttons, line by line, with variables as in the body. */
  extra?: string[];
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
  links: Link[];
  draft: Draft;
  /** Names and sizes of the draft's attachments. */
  draftFiles?: FileRef[];
  /** Who else is writing an answer, the latest first. */
  drafting?: Drafter[];
  answered?: Answered | null;
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
  /** It is unknown whether it arrived; absent: so it is, where it needs attention. */
  doubt?: boolean;
  /** Its reply window is over: trying it again only looks whether it was sent. */
  over?: boolean;
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
  /** One password for the team, or each member signs in as themself. */
  signIn?: SignIn;
  imap?: Server;
  smtp?: Server;
  /** Why its settings cannot be changed here; "" when they can (R30). */
  readOnly?: string;
  /** Its installer left the team: an admin chooses the next (R11). */
  needsInstaller?: boolean;
  /** A WhatsApp channel's account and key at Twilio. */
  accountSid?: string;
  apiKey?: string;
  /** A Messenger page may answer as a human agent, until seven days. */
  humanAgent?: boolean;
  /** Stands under e-mails from here, in place of one's own; may hold variables. */
  signature?: string;
  /** A mailbox that is signed in to at a provider. */
  oauth?: OAuth;
}

/** One of the team's canned replies; its text may hold variables. */
export interface CannedReply {
  id: string;
  name: string;
  text: string;
  /** Who wrote it so. */
  memberId: string;
  at: string;
  version: string;
  /** It waits for the team's log. */
  pending: boolean;
}

/** A new canned reply has no id; was is the version that somebody saw. */
export interface CannedChange {
  id: string;
  name: string;
  text: string;
  was: string;
}

export type SignIn = "shared" | "own";

export type Security = "tls" | "starttls" | "none";

export interface Server {
  host: string;
  port: number;
  security: Security;
  username: string;
}


/** Who signs people in instead of a password of the mailbox. */
export type Provider = "google" | "microsoft";

/** As which program a mailbox is signed in to; a provider of "" is a password. */
export interface OAuth {
  provider: "" | Provider;
  clientId: string;
  tenant: string;
  baseUrl: string;
}

export interface AuthorizeRequest {
  provider: Provider;
  clientId: string;
  /** Google's; "" is the one that is kept here for the client. */
  clientSecret: string;
  tenant: string;
  /** Who is expected to sign in. */
  address: string;
  /** With a code, in whatever browser. */
  device: boolean;
  /** For tests. */
  baseUrl: string;
  /** A channel that signs in again, or "team". */
  channelId: string;
}

/** A sign-in that waits for its person; the grant goes where a password would. */
export interface Authorization {
  grant: string;
  /** To open in a browser on this computer, unless it was opened. */
  url: string;
  opened: boolean;
  /** To type on the page, in whatever browser. */
  code: string;
  page: string;
}

export interface AuthorizationState {
  state: "waiting" | "done" | "failed";
  reason: string;
  address: string;
}

export interface Servers {
  imap: Server;
  smtp: Server;
}

export interface Guess extends Servers {
  provider?: "" | Provider;
}

export interface ConnectEmail extends Servers {
  name: string;
  address: string;
  shared: boolean;
  /** Older threads start closed; empty: all start open (R36). */
  openSince: string;
  signIn: SignIn;
  folders: { inbox: string; sent: string };
  password: string;
  /** Of Authorization, in place of a password. */
  grant: string;
}

/** A WhatsApp sender at Twilio. */
export interface ConnectWhatsApp {
  name: string;
  shared: boolean;
  accountSid: string;
  apiKey: string;
  apiSecret: string;
  /** Its number, "+…". */
  sender: string;
  /** As of ConnectEmail; "" is 30 days ago. */
  openSince: string;
  /** For tests. */
  baseUrl: string;
}

/** A Facebook page, by its token. */
export interface ConnectMessenger {
  /** "": the page's own. */
  name: string;
  shared: boolean;
  pageToken: string;
  humanAgent: boolean;
  /** As of ConnectEmail; "" is 30 days ago. */
  openSince: string;
  /** For tests. */
  baseUrl: string;
}

/** What a channel is signed in to with: of its kind, the rest is left out. */
export interface Secrets {
  /** One's own, where each member signs in as themself; "" keeps the present one. */
  username: string;
  password: string;
  /** Of Authorization, in place of a password. */
  grant?: string;
  /** WhatsApp; a key of "" keeps the present one. */
  apiKey?: string;
  apiSecret?: string;
  /** Messenger. */
  pageToken?: string;
}

export interface Step {
  step: string;
  ok: boolean;
  message: string;
}

export type Role = "admin" | "member";

export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
  state: "pending" | "active" | "removed";
  available: boolean;
  /** Since when the availability is as it is, where that is known. */
  since?: string;
  /** Four words to compare, while pending. */
  words?: string[];
  /** The member whose address a pending request has: a new computer of theirs. */
  samePerson?: string;
}

/** A computer that speaks for a member. */
export interface Device {
  id: string;
  memberId: string;
  /** This very computer. */
  current: boolean;
  added: string;
  revoked: boolean;
}

export type LogPhase =
  | "ok"
  | "offline"
  | "needs_sign_in"
  | "behind"
  | "moving"
  | "repairing"
  | "waiting"
  | "paused"
  | "read_only";

/** How far the team log was read here. */
export interface LogStatus {
  position: string;
  pending: number;
  alarms: string[];
  phase: LogPhase;
  /** Of behind, moving and repairing; a total of 0 is not known. */
  done: number;
  total: number;
  reason: string;
  /** Every record up to here was checked on this computer. */
  checked: boolean;
}

export interface TeamMailbox {
  host: string;
  port: number;
  security: Security;
  username: string;
  folder: string;
  oauth?: OAuth;
}

/** One thing that somebody's leaving makes necessary and only a person can do. */
export interface TeamTodo {
  id: string;
  kind: string;
  memberId: string;
  channelId: string;
  text: string;
}

export interface TeamStatus {
  team: string;
  me: string;
  role: Role;
  state: "solo" | "pending" | "member" | "removed";
  log: LogStatus;
  /** Its host is "" in a team of one. */
  mailbox: TeamMailbox;
  /** What this computer and the admin compare, while it is pending. */
  words: string[];
  /** Why a request waits no more, while it is pending; "" while it does. */
  refused: string;
  /** Why the team's settings cannot be changed here; "" when they can (R30). */
  readOnly: string;
  todo: TeamTodo[];
}

export interface MailboxRequest extends Server {
  password: string;
  /** Of Authorization, in place of a password. */
  grant: string;
  /** "": found, or made, by Postvak. */
  folder: string;
  /** May be left empty: a host of "" is none. */
  smtp: Server;
}

export interface CreateTeam {
  team: string;
  name: string;
  email: string;
  mailbox: MailboxRequest;
}

export interface JoinTeam {
  invitation: string;
  name: string;
  email: string;
  mailbox: MailboxRequest;
}

export interface Invitation {
  invitation: string;
  expires: string;
}

/** What an invitation says of its team. */
export interface InvitationInfo {
  team: string;
  expires: string;
  mailbox: TeamMailbox;
}

export interface Finding {
  kind: string;
  at: string;
  count: number;
  text: string;
  meaning: string;
  todo: string;
}

export interface LogReport {
  engine: "local" | "mailbox";
  id: string;
  position: string;
  records: number;
  pending: number;
  phase: LogPhase;
  done: number;
  total: number;
  reason: string;
  checked: boolean;
}

export interface Diagnostics {
  /** All of it as plain text, without secrets. */
  text: string;
  /** The newest first. */
  findings: Finding[];
  log: LogReport;
}

/** Which Postvak this is; the commit and its date are "" when the build did not say. */
export interface About {
  version: string;
  commit: string;
  date: string;
  /** What others wrote and is in it. */
  licences: { name: string; version: string; licence: string }[];
}

export interface Settings {
  language: "" | "en" | "nl";
  /** What language "" stands for; "" when only the window can tell. */
  systemLanguage: "" | "en" | "nl";
  theme: "" | "light" | "dark";
  sendKey: "enter" | "mod+enter";
  undoSendSeconds: number;
  name: string;
  /** One's own: e-mail alerts go there. */
  email: string;
  signature: string;
  startAtLogin: boolean;
  /** What closing the window does where there is a tray. */
  keepInTray: boolean;
  /** The team's: names and subjects stay out of the team log's own mails. */
  neutralSubjects?: boolean;
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
  version?: string;
  /** The program's clock, which the demo team can move. */
  now?: string;
  rebuilding?: { done: number; total: number } | null;
  /** How the team log is, and what this computer is to the team. */
  team?: LogStatus;
  state?: TeamStatus["state"];
}

export interface InboxChanged {
  conversationIds: string[];
  sections: string[];
}

/** The four events of the bell (R14), in its order, and that a reply window is about to end. */
export type Occasion = "mine" | "others" | "unassigned" | "assignedToMe" | "windowClosing";

export type Bell = Record<Occasion, boolean>;

export type Medium = "desktop" | "email";

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** From and to are local, as in "18:00"; both "": there are none. No days: every day. */
export interface QuietHours {
  from: string;
  to: string;
  days: Weekday[];
}

export type Tone = "tick" | "chime" | "low";

/** What stands behind the bell. */
export interface NotificationChoices {
  desktop: Bell;
  email: Bell;
  quietHours: QuietHours;
  sound: boolean;
  tone: Tone;
  /** A notification shows the start of the text. */
  preview: boolean;
  /** The channels that nothing is heard of. */
  muted: string[];
}

export interface NotificationSettings extends NotificationChoices {
  /** "": it is not quiet for a while. */
  pausedUntil: string;
}

export type Outcome = "shown" | "sent" | "suppressed" | "failed" | "unknown";

/** Where there is something to press against what kept a notification away. */
export type Fix = "" | "bell" | "channels" | "team" | "you" | "system" | "availability";

/** One event, for one member by one medium, and what became of it (R19). */
export interface NotificationRow {
  /** The event's time; decidedAt is that of the outcome. */
  at: string;
  event: Occasion;
  memberId: string;
  conversationId: string;
  medium: Medium;
  outcome: Outcome;
  /** Why, as a sentence; "" where the outcome says it all. */
  reason: string;
  code: string;
  fix: Fix;
  channelId: string;
  contact: string;
  subject: string;
  decidedAt: string;
}

export interface NotificationQuery {
  after: string;
  limit: number;
  /** Also what teammates were, or were not, told. */
  everyone: boolean;
}

export interface NotificationPage {
  rows: NotificationRow[];
  next: string;
}

export interface SelfTestStep extends Step {
  fix: Fix;
}

/** What somebody is told of at once. */
export interface Notice extends Partial<NotificationRow> {
  conversationId: string;
  title: string;
  body: string;
}

export interface Events {
  "inbox.changed": InboxChanged;
  "status.changed": Status;
  "outbox.changed": unknown;
  "team.changed": unknown;
  "crm.changed": CrmChanged;
  "inbox.void": { voids: Voided[] };
  notification: Notice;
  /** The choices behind the bell, or the history. */
  "notifications.changed": unknown;
  /** The window was closed and nobody said yet what that means. */
  "window.closing": { tray: boolean };
  /** The window was closed where there is no tray, and is kept minimised. */
  "window.minimised": unknown;
  /** The program asks the window to show an address: a deep link, a click. */
  navigate: { to: string; focus?: string };
}
