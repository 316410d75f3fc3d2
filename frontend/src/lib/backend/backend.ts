import type { ExportFormat, Removal } from "./movingTypes";
import type * as t from "./types";

/**
 * Everything the window asks of the program, and all it knows of it. Calls
 * reject with a BackendError. What is changed is announced by an event also
 * to the one who changed it; lists are fetched anew then.
 */
export interface Backend {
  inbox: {
    sections(): Promise<t.SectionCount[]>;
    list(query: t.ListQuery): Promise<t.ListPage>;
    search(query: { text: string; after: string; limit: number }): Promise<t.SearchPage>;
    open(conversationId: string, query: t.OpenQuery): Promise<t.Conversation>;
    /** always: keep showing this sender's remote images from now on. */
    html(messageId: string, opt: { remote: boolean; always: boolean }): Promise<string>;
    source(messageId: string): Promise<string>;
    remove(conversationId: string): Promise<void>;
    markRead(conversationId: string): Promise<t.Undoable>;
    bulk(order: {
      do: t.BulkDo;
      conversationIds: string[];
      memberId: string;
    }): Promise<t.Undoable>;
    undo(undoId: string): Promise<void>;
    /** Names who a chat is with, for the whole team; "" takes the name away. */
    nameContact(conversationId: string, name: string): Promise<t.Undoable>;
    addNote(conversationId: string, text: string): Promise<string>;
    /** Own decisions that had no effect and that nobody dismissed, the newest first. */
    voids(): Promise<t.Voided[]>;
    dismissVoid(id: string): Promise<void>;
    /** Opens an address of a message in the system's browser. */
    openLink(messageId: string, url: string): Promise<void>;
  };
  composer: {
    saveDraft(conversationId: string, draft: t.Draft): Promise<void>;
    /** A conflict with the detail "answered": somebody answered meanwhile, and anyway was not said. */
    send(conversationId: string, draft: t.Draft & { reopen: boolean; anyway: boolean; signature?: string }): Promise<string>;
    start(
      draft: t.Draft & { channelId: string; signature?: string },
    ): Promise<{ conversationId: string; messageId: string }>;
    cancel(messageId: string): Promise<void>;
    /** Cancel, of what nobody knows was sent. */
    giveUp(messageId: string): Promise<void>;
    retry(messageId: string): Promise<void>;
    markSent(messageId: string): Promise<void>;
    outbox(): Promise<t.OutboxEntry[]>;
    /** What a channel has to write outside of the window with; those of before, offline. */
    templates(channelId: string): Promise<t.Template[]>;
  };
  /** What the team answers often. */
  replies: {
    list(): Promise<t.CannedReply[]>;
    /** A conflict with the detail "was": somebody changed it since. */
    save(change: t.CannedChange): Promise<t.Undoable & { id: string }>;
    remove(id: string, version: string): Promise<t.Undoable>;
  };
  availability: {
    get(): Promise<boolean>;
    set(on: boolean): Promise<void>;
  };
  channels: {
    list(): Promise<t.Channel[]>;
    guess(address: string): Promise<t.Guess>;
    /** Begins to sign a person in at Google or Microsoft; stores nothing. */
    authorize(request: t.AuthorizeRequest): Promise<t.Authorization>;
    /** How far a sign-in got; waits a while for it. */
    authorized(grant: string): Promise<t.AuthorizationState>;
    /** Opens the page of a sign-in in a browser. */
    openAuthorization(authorization: t.Authorization): Promise<void>;
    unauthorize(grant: string): Promise<void>;
    connectEmail(order: t.ConnectEmail): Promise<string>;
    connectWhatsApp(order: t.ConnectWhatsApp): Promise<string>;
    connectMessenger(order: t.ConnectMessenger): Promise<string>;
    /** Looks whether it would work, step by step; stores nothing. */
    checkWhatsApp(order: t.ConnectWhatsApp): Promise<t.Step[]>;
    checkMessenger(order: t.ConnectMessenger): Promise<t.Step[]>;
    update(channelId: string, changes: { name?: string; shared?: boolean; humanAgent?: boolean; signature?: string }): Promise<void>;
    signIn(channelId: string, secrets: t.Secrets): Promise<void>;
    /** Chooses who takes on a channel whose installer left (R11). */
    setInstaller(channelId: string, memberId: string): Promise<void>;
    check(channelId: string): Promise<t.Step[]>;
    disconnect(channelId: string): Promise<void>;
  };
  team: {
    status(): Promise<t.TeamStatus>;
    members(): Promise<t.Member[]>;
    /** Looks whether a mailbox can hold a team, step by step; changes nothing. */
    check(mailbox: t.MailboxRequest): Promise<t.Step[]>;
    create(order: t.CreateTeam): Promise<void>;
    /** Reads an invitation without using it. */
    invitation(text: string): Promise<t.InvitationInfo>;
    join(order: t.JoinTeam): Promise<{ words: string[] }>;
    invite(): Promise<t.Invitation>;
    approve(memberId: string, role: t.Role): Promise<void>;
    /** Refuses one that waits. */
    remove(memberId: string): Promise<{ todo: t.TeamTodo[] }>;
    setRole(memberId: string, role: t.Role): Promise<void>;
    leave(): Promise<void>;
    devices(): Promise<t.Device[]>;
    revokeDevice(deviceId: string): Promise<void>;
    rename(name: string): Promise<void>;
    signIn(secrets: { username: string; password: string }): Promise<void>;
    /** Takes one thing off the list of what is left to do. */
    tick(todoId: string): Promise<void>;
    /** Writes the team's folder again where it was lost; fresh: beside the damaged one. */
    repair(fresh: boolean): Promise<void>;
    /** Sends decisions that waited so long that sending them was asked about. */
    resume(): Promise<void>;
  };
  crm: Crm;
  notifications: {
    get(): Promise<t.NotificationSettings>;
    save(choices: t.NotificationChoices): Promise<void>;
    /** Holds desktop notifications back for that long; 0 ends it. */
    pause(minutes: number): Promise<void>;
    /** The newest first. */
    history(query: t.NotificationQuery): Promise<t.NotificationPage>;
    /** Shows a notification and sends an e-mail, for trial; in the order a person would check. */
    selfTest(): Promise<t.SelfTestStep[]>;
  };
  settings: {
    get(): Promise<t.Settings>;
    save(changes: Partial<t.Settings>): Promise<void>;
    status(): Promise<t.Status>;
    rebuild(): Promise<void>;
    openDemo(): Promise<void>;
    diagnostics(): Promise<t.Diagnostics>;
    about(): Promise<t.About>;
    /** The text of the licences of one of those. */
    licence(name: string): Promise<string>;
  };
  /** Backup, restore, export, print, and removing everything: each takes as long as it takes. */
  moving: {
    /** A file to be saved. */
    backup(passphrase: string): Promise<t.FileRef>;
    /** Asks for a backup; nothing when cancelled. */
    pick(): Promise<t.FileRef | undefined>;
    /** Answers when the backup was found sound; the program then starts again on it. */
    restore(fileId: string, passphrase: string): Promise<void>;
    /** "" is all that this member sees. */
    export(conversationId: string, format: ExportFormat): Promise<t.FileRef>;
    /** A page of text. */
    printable(conversationId: string): Promise<string>;
    /** Why the last restore was undone; "" when it was not. */
    state(): Promise<{ notRestored: string }>;
    removal(): Promise<Removal>;
    /** What was told must still hold, else it is a conflict; the program then ends. */
    remove(told: Removal): Promise<void>;
    /** Begins this page anew, on what the program has now. */
    reload(): void;
  };
  files: {
    /** Asks for files with the system's dialog; empty when cancelled. */
    pick(): Promise<t.FileRef[]>;
    /** Takes files that were dropped or pasted. */
    put(file: File): Promise<t.FileRef>;
    /** Asks where to, and saves there; false when the person changed their mind. */
    save(file: t.FileRef): Promise<boolean>;
    /** An address that an img element can show. */
    preview(file: t.FileRef): string;
  };
  window: {
    /** Tells which conversation somebody has before them: nothing notifies of it (R16). */
    focus(conversationId: string, focused: boolean): Promise<void>;
    /** A window of the system, not a page in a browser: the system shows notifications. */
    readonly native: boolean;
    /** Says that events are listened to: a deep link of this start waits for it. */
    listens(): void;
    /** Answers window.closing, once and for all: go on in the tray, or quit. */
    closing(keep: boolean): Promise<void>;
    quit(): Promise<void>;
  };
  /** Calls back for every event of that name until the answer is called. */
  on<Name extends keyof t.Events>(name: Name, call: (data: t.Events[Name]) => void): () => void;
}

/** The CRM of the team, and what ties conversations to it. */
export interface Crm {
  provider(): Promise<t.CrmProvider>;
  connect(order: t.CrmConnect): Promise<void>;
  disconnect(): Promise<void>;
  /** As you type, from two characters on: by name, title, e-mail, phone in any format. */
  search(kind: t.RecordKind, text: string): Promise<t.RecordHit[]>;
  get(kind: t.RecordKind, id: string): Promise<t.CrmRecord>;
  list(kind: t.RecordKind, query: t.RecordQuery): Promise<t.CrmRecord[]>;
  /** Makes a record and links it; offline it waits, and its link says so. */
  create(conversationId: string, kind: t.RecordKind, fields: t.RecordFields): Promise<t.Link>;
  /** A conflict when it is linked already. */
  link(conversationId: string, kind: t.RecordKind, id: string): Promise<t.Link>;
  unlink(conversationId: string, linkId: string): Promise<t.Undoable>;
  notes(conversationId: string): Promise<t.CrmNote[]>;
  contact(conversationId: string): Promise<t.CrmContact>;
  /** Where a new deal can stand; an outside CRM has stages of its own. */
  stages(): Promise<t.CrmStage[]>;
  /** Makes a record of the built-in contact book, with no conversation. */
  add(kind: t.RecordKind, fields: t.RecordFields): Promise<t.CrmRecord>;
  /** was: what the fields were when somebody began to change them; a conflict when they are not any more. */
  save(kind: t.RecordKind, id: string, changes: t.RecordFields & { was?: t.RecordFields }): Promise<t.Undoable>;
  remove(kind: t.RecordKind, id: string): Promise<t.Undoable>;
  addNote(kind: t.RecordKind, id: string, text: string): Promise<string>;
  saveNote(noteId: string, text: string, was: string): Promise<void>;
  removeNote(noteId: string): Promise<t.Undoable>;
  /** Reads a file of contacts without taking anything in. */
  preview(fileId: string): Promise<t.ImportPreview>;
  import(fileId: string, order: { columns: string[] }): Promise<t.ImportResult>;
  /** A file of all persons, to be saved. */
  export(): Promise<string>;
  duplicates(): Promise<t.DuplicateGroup[]>;
  /** Shows a record in the system's browser; url is what the record says of itself. */
  open(kind: t.RecordKind, id: string, url: string): Promise<void>;
}
