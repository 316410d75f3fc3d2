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
    assign(conversationId: string, memberId: string): Promise<t.Undoable>;
    unassign(conversationId: string): Promise<t.Undoable>;
    close(conversationId: string): Promise<t.Undoable>;
    reopen(conversationId: string): Promise<t.Undoable>;
    remove(conversationId: string): Promise<void>;
    markRead(conversationId: string): Promise<t.Undoable>;
    markUnread(conversationId: string): Promise<t.Undoable>;
    bulk(order: {
      do: t.BulkDo;
      conversationIds: string[];
      memberId: string;
    }): Promise<t.Undoable>;
    undo(undoId: string): Promise<void>;
    addNote(conversationId: string, text: string): Promise<string>;
    /** Opens an address of a message in the system's browser. */
    openLink(messageId: string, url: string): Promise<void>;
  };
  composer: {
    saveDraft(conversationId: string, draft: t.Draft): Promise<void>;
    send(conversationId: string, draft: t.Draft & { reopen: boolean }): Promise<string>;
    start(
      draft: t.Draft & { channelId: string },
    ): Promise<{ conversationId: string; messageId: string }>;
    cancel(messageId: string): Promise<void>;
    retry(messageId: string): Promise<void>;
    markSent(messageId: string): Promise<void>;
    outbox(): Promise<t.OutboxEntry[]>;
  };
  availability: {
    get(): Promise<boolean>;
    set(on: boolean): Promise<void>;
  };
  channels: {
    list(): Promise<t.Channel[]>;
    guess(address: string): Promise<t.Servers>;
    connectEmail(order: t.ConnectEmail): Promise<string>;
    update(channelId: string, changes: { name?: string; shared?: boolean }): Promise<void>;
    signIn(channelId: string, secrets: { password: string }): Promise<void>;
    check(channelId: string): Promise<t.Step[]>;
    disconnect(channelId: string): Promise<void>;
  };
  team: {
    status(): Promise<t.TeamStatus>;
    members(): Promise<t.Member[]>;
  };
  settings: {
    get(): Promise<t.Settings>;
    save(changes: Partial<t.Settings>): Promise<void>;
    status(): Promise<t.Status>;
    rebuild(): Promise<void>;
    openDemo(): Promise<void>;
  };
  files: {
    /** Asks for files with the system's dialog; empty when cancelled. */
    pick(): Promise<t.FileRef[]>;
    /** Takes files that were dropped or pasted. */
    put(file: File): Promise<t.FileRef>;
    /** Asks where to, and saves there. */
    save(file: t.FileRef): Promise<void>;
    /** An address that an img element can show. */
    preview(file: t.FileRef): string;
  };
  window: {
    /** Tells which conversation somebody has before them: nothing notifies of it (R16). */
    focus(conversationId: string, focused: boolean): Promise<void>;
  };
  /** Calls back for every event of that name until the answer is called. */
  on<Name extends keyof t.Events>(name: Name, call: (data: t.Events[Name]) => void): () => void;
}
