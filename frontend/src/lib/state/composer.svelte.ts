import { BackendError, type Answered, type Backend, type Conversation, type Draft, type FileRef } from "$lib/backend";

/** A draft is stored this long after the last key. */
export const saveAfter = 600;

export type SaveState = "" | "saving" | "saved" | "failed";

export const blankDraft = (): Draft => ({
  to: [],
  cc: [],
  bcc: [],
  replyAll: false,
  subject: "",
  text: "",
  attachments: [],
  templateId: "",
  variables: {},
  humanAgent: false,
});

/** Which answer it is: one may be known of before it is here. */
export const nameOf = ({ messageId, memberId, at }: Answered): string => `${messageId} ${memberId} ${at}`;

/** Somebody else answered while this was written. */
export const isAnswered = (error: BackendError): boolean => error.code === "conflict" && error.detail === "answered";

/** The draft of the conversation that is open: typed here, stored by itself. */
export class Composer {
  conversationId = $state("");
  draft = $state<Draft>(blankDraft());
  files = $state.raw<FileRef[]>([]);
  tab = $state<"reply" | "note">("reply");
  note = $state("");
  saved = $state<SaveState>("");
  sending = $state(false);
  uploading = $state(0);
  /** The original goes along, quoted under the answer. */
  withQuote = $state(true);
  /** The signature stays out of this one. */
  unsigned = $state(false);
  error = $state.raw<BackendError | undefined>();
  /** The answer of somebody else that was looked at before sending. */
  looked = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dirty = false;
  #notes = new Map<string, string>();
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Takes up a conversation's draft; the one before is stored first. */
  open(conversation: Conversation): void {
    if (conversation.id === this.conversationId) return;
    this.leave();
    this.conversationId = conversation.id;
    this.draft = { ...blankDraft(), ...conversation.draft };
    this.files = (conversation.draftFiles ?? []).slice();
    this.tab = "reply";
    this.note = this.#notes.get(conversation.id) ?? "";
    this.withQuote = true;
    this.unsigned = false;
  }

  /** Stores what was not stored yet and lets go of the conversation. */
  leave(): void {
    if (this.conversationId && this.note) this.#notes.set(this.conversationId, this.note);
    void this.flush();
    this.conversationId = "";
    this.draft = blankDraft();
    this.files = [];
    this.note = "";
    this.saved = "";
    this.error = undefined;
    this.looked = "";
    this.#dirty = false;
  }

  change(changes: Partial<Draft>): void {
    this.draft = { ...this.draft, ...changes };
    this.#later();
  }

  async attach(work: Promise<FileRef[]>): Promise<void> {
    const { conversationId } = this;
    this.uploading++;
    try {
      const added = await work;
      if (conversationId !== this.conversationId || added.length === 0) return;
      this.#setFiles([...this.files, ...added]);
    } finally {
      this.uploading--;
    }
  }

  /** Takes out one file, by its place: the same one may be there twice. */
  detach(at: number): void {
    this.#setFiles(this.files.filter((_, place) => place !== at));
  }

  get empty(): boolean {
    return this.draft.templateId === "" && this.draft.text.trim() === "" && this.files.length === 0;
  }

  /** Stores the draft now, if it is not stored. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#dirty || !this.conversationId) return;
    this.#dirty = false;
    const { conversationId } = this;
    this.saved = "saving";
    try {
      await this.#backend.composer.saveDraft(conversationId, $state.snapshot(this.draft));
      if (conversationId === this.conversationId && !this.#dirty) this.saved = "saved";
    } catch {
      if (conversationId !== this.conversationId) return;
      this.#dirty = true;
      this.saved = "failed";
    }
  }

  /**
   * Sends what was written, or the template that was chosen instead: what was
   * written then stays for when it may be sent. Gives the message's id and the draft as it was,
   * for the one who takes it back. Rejects with everything still in place.
   */
  async send(text: string, reopen: boolean, anyway = false, signature = ""): Promise<{ messageId: string; draft: Draft; files: FileRef[]; unsigned: boolean }> {
    clearTimeout(this.#timer);
    const { conversationId, files, unsigned } = this;
    const draft = $state.snapshot(this.draft);
    const template = draft.templateId !== "";
    const goes = template ? { text: "", attachments: [] } : { text };
    this.sending = true;
    this.error = undefined;
    try {
      const messageId = await this.#backend.composer.send(conversationId, { ...draft, ...goes, reopen, anyway, signature: template ? "" : signature });
      this.#dirty = false;
      if (conversationId === this.conversationId) this.#clear();
      if (template && (draft.text.trim() !== "" || files.length > 0)) await this.restore(conversationId, { ...blankDraft(), text: draft.text, attachments: draft.attachments }, files);
      return { messageId, draft, files, unsigned };
    } catch (thrown) {
      const error = BackendError.from(thrown);
      // That somebody answered meanwhile is asked about, not complained of.
      if (!isAnswered(error)) this.error = error;
      this.#later();
      throw error;
    } finally {
      this.sending = false;
    }
  }

  /** Puts a message that was taken back into the draft again, under what was written since. */
  async restore(conversationId: string, draft: Draft, files: FileRef[], unsigned = false): Promise<void> {
    if (conversationId !== this.conversationId) {
      await this.#backend.composer.saveDraft(conversationId, draft);
      return;
    }
    const [written, back] = [this.draft.text.trim(), draft.text.trim()];
    this.draft = { ...draft, text: written && written !== back ? [this.draft.text.trimEnd(), ...(back ? [draft.text] : [])].join("\n\n") : draft.text };
    this.unsigned ||= unsigned;
    this.tab = "reply";
    this.#setFiles([...this.files, ...files]);
    await this.flush();
  }

  /** Stores the note with the conversation; the text stays when that fails. */
  async addNote(): Promise<void> {
    const { conversationId, note } = this;
    await this.#backend.inbox.addNote(conversationId, note.trim());
    this.#notes.delete(conversationId);
    if (conversationId === this.conversationId) this.note = "";
  }

  #clear(): void {
    this.draft = blankDraft();
    this.files = [];
    this.saved = "";
    this.unsigned = false;
  }

  #setFiles(files: FileRef[]): void {
    this.files = files;
    this.change({ attachments: files.map((file) => file.id) });
  }

  #later(): void {
    this.#dirty = true;
    this.saved = "";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), saveAfter);
  }
}
