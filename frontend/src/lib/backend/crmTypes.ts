// What the window and the program say to each other about the CRM: the built-in
// contact book, or an outside one such as Pipedrive. Amounts are decimal
// strings, as JSON numbers would round them.

export type RecordKind = "person" | "lead" | "deal";

export interface RecordRef {
  kind: RecordKind;
  id: string;
}

/** One answer of a search as you type. */
export interface RecordHit extends RecordRef {
  title: string;
  subtitle: string;
}

/** Where a deal can stand; id is what a deal's fields take. */
export interface CrmStage {
  id: string;
  name: string;
}

/** Ties a conversation to a record (R21). */
export interface Link {
  id: string;
  kind: RecordKind;
  /** "" while the record waits to be made. */
  targetId: string;
  title: string;
  /** Where a browser shows the record; "" for the built-in contact book. */
  url: string;
  /** It is only on this computer yet. */
  pending: boolean;
  subtitle?: string;
  /** Of a deal. */
  stage?: string;
  value?: string;
  currency?: string;
  /** Of a lead. */
  label?: string;
  /** Another CRM's than the one in use: nothing is written there. */
  inert?: boolean;
  /** Why it is pending or inert, as a sentence. */
  reason?: string;
}

export type CrmNoteState = "current" | "past" | "edited" | "deleted" | "pending";

/** A note that a link keeps in the CRM (R22). */
export interface CrmNote {
  id: string;
  linkId: string;
  kind: RecordKind;
  targetId: string;
  from: string;
  /** It takes in messages until then (R23). */
  until: string;
  state: CrmNoteState;
  /** "" where it is not known here. */
  text: string;
  /** Why it is as it is, or is not written yet, as a sentence. */
  reason?: string;
}

/** A note that a member wrote at a record of the built-in contact book. */
export interface BookNote {
  id: string;
  at: string;
  changedAt: string;
  memberId: string;
  text: string;
  pending: boolean;
  /** Postvak writes it for a linked conversation, until a person changes it (R24). */
  kept?: boolean;
}

export interface LinkedConversation {
  id: string;
  subject: string;
  contact: string;
  at: string;
}

export interface CrmRecord extends RecordHit {
  emails: string[];
  phones: string[];
  organization: string;
  /** Whom a lead or deal is about. */
  personId: string;
  person: string;
  value: string;
  currency: string;
  stage: string;
  status: string;
  label: string;
  /** The name; ownerId is a member where it is known which. */
  owner: string;
  ownerId: string;
  url: string;
  notes: BookNote[];
  conversations: LinkedConversation[];
  duplicates: DuplicateHint[];
  /** Of a person: the leads and deals about them, open ones first, at most 50. */
  records: RelatedRecord[];
  pending: boolean;
  changedAt: string;
}

/** A lead or deal that is about a person. */
export interface RelatedRecord extends RecordHit {
  stage: string;
  status: string;
  label: string;
  value: string;
  currency: string;
}

export interface DuplicateHint extends RecordRef {
  title: string;
  why: MatchReason;
}

export interface DuplicateGroup {
  why: MatchReason;
  records: CrmRecord[];
  /** How many are alike beside those. */
  more: number;
}

export type MatchReason = "email" | "phone" | "name";

/** What a record is made of; what is left out stays empty, or as it is. */
export interface RecordFields {
  /** Of a person, also of the one whom a lead brings along. */
  name?: string;
  title?: string;
  email?: string;
  phone?: string;
  emails?: string[];
  phones?: string[];
  organization?: string;
  /** A person who is there already. */
  personId?: string;
  value?: string;
  currency?: string;
  stage?: string;
  status?: string;
  label?: string;
  /** A member. */
  owner?: string;
}

export interface RecordQuery {
  /** The id of the last record of the page before. */
  after: string;
  limit: number;
  text: string;
}

export interface CrmProvider {
  kind: "builtin" | "pipedrive";
  account: string;
  /** It can be asked from this computer. */
  connected: boolean;
  /** Who uses this computer may change which CRM the team uses (R30). */
  admin: boolean;
  company: string;
  /** Why it cannot be asked, or not changed; "" when it can. */
  reason: string;
  budget: { left: number; limit: number; known: boolean };
}

export interface CrmConnect {
  kind: "builtin" | "pipedrive";
  token: string;
  baseUrl: string;
}

/** A person of the CRM who may be the contact. */
export interface CrmMatch extends CrmRecord {
  confidence: "sure" | "maybe";
  why: MatchReason;
}

export interface EarlierConversation {
  id: string;
  subject: string;
  kind: string;
  channelId: string;
  at: string;
  closed: boolean;
}

/** Who somebody is who writes to us. */
export interface CrmContact {
  matches: CrmMatch[];
  /** When the CRM said so; "" when it has not been asked yet. */
  asOf: string;
  /** Why the CRM could not be asked; "" when it could. */
  reason?: string;
  /** What a new record of the contact begins with. */
  prefill: { name: string; email: string; phone: string; title: string };
  /** On every channel, the newest first. */
  earlier: EarlierConversation[];
}

/** What a file of contacts holds, before it is taken in. */
export interface ImportPreview {
  /** A field of "" is left out. */
  columns: { name: string; field: string }[];
  rows: string[][];
  total: number;
  duplicates: number;
}

export interface ImportResult {
  added: number;
  updated: number;
  skipped: number;
  /** Rows of which nothing was taken in. */
  leftOut: number;
  /** What was left out, of rows or of parts of them; at most 100. */
  problems: { line: number; message: string }[];
}

/** An empty list means that anything may have changed. */
export interface CrmChanged {
  conversationIds: string[];
  records: string[];
}
