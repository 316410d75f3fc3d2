import type { BookNote, CrmRecord, FileRef, RecordKind, Undoable } from "$lib/backend";
import { m } from "$lib/i18n";
import type { App } from "./app.svelte";
import { newFields, type RecordDraft } from "./recordDraft";
import { to } from "./router.svelte";

/**
 * What a person can do with the built-in contact book, from wherever they ask
 * for it. Each shows how it went and how to undo it.
 */
export class Book {
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Records are made and changed here: the CRM is the team's own book, and we are of the team. */
  get writable(): boolean {
    const { provider, team } = this.#app;
    return provider.loaded && !provider.outside && team.status.state !== "removed";
  }

  /** Makes a record and goes to it; undoing that goes back. Rejects with what stood against it. */
  async add(kind: RecordKind, draft: RecordDraft, back = to.contacts(kind)): Promise<void> {
    const { backend, contacts, router, toasts } = this.#app;
    const made = await backend.crm.add(kind, newFields(kind, draft));
    router.go(to.record(kind, made.id));
    this.#offerUndo(m.contacts_added(), made.title, this.#wayBack(made, back));
    if (contacts.loaded) await toasts.attempt(() => contacts.refresh());
  }

  /** Stores the form that is open. */
  async save(): Promise<void> {
    const { contacts, record } = this.#app;
    const undo = await record.save();
    if (!undo) return;
    this.#offerUndo(m.contacts_saved(), record.data?.title ?? "", undo);
    await contacts.refresh();
  }

  async remove(kind: RecordKind, id: string, title: string): Promise<void> {
    const { backend, contacts, router, toasts } = this.#app;
    const index = contacts.indexOf(id);
    let undo: Undoable | undefined;
    if (!(await toasts.attempt(async () => (undo = await backend.crm.remove(kind, id))))) return;
    router.go(to.contacts(kind));
    if (undo) this.#offerUndo(m.contacts_removed(), title, undo, () => router.go(to.record(kind, id)));
    await contacts.refresh();
    contacts.moveTo(index);
  }

  async addNote(kind: RecordKind, id: string, text: string): Promise<boolean> {
    const { backend } = this.#app;
    return this.#change(() => backend.crm.addNote(kind, id, text));
  }

  async saveNote(note: BookNote, text: string, was: string): Promise<boolean> {
    const { backend } = this.#app;
    return this.#change(() => backend.crm.saveNote(note.id, text, was));
  }

  async removeNote(note: BookNote): Promise<void> {
    const { backend } = this.#app;
    let undo: Undoable | undefined;
    const went = await this.#change(async () => (undo = await backend.crm.removeNote(note.id)));
    if (went && undo) this.#offerUndo(m.contacts_note_removed(), note.text, undo);
  }

  /** Writes all persons into a file and asks where to keep it. */
  async exportAll(): Promise<void> {
    const { backend, toasts } = this.#app;
    await toasts.attempt(async () => backend.files.save(asFile(await backend.crm.export())));
  }

  async #change(work: () => Promise<unknown>): Promise<boolean> {
    const { record, toasts } = this.#app;
    const went = await toasts.attempt(work);
    if (went) await record.refresh();
    return went;
  }

  // Making a record is undone by taking it away, as long as nobody went on with it.
  #wayBack({ kind, id }: CrmRecord, back: string): () => Promise<void> {
    const { backend, contacts, router } = this.#app;
    return async () => {
      await backend.crm.remove(kind, id);
      router.go(back);
      await contacts.refresh();
    };
  }

  #offerUndo(title: string, text: string, undo: Undoable | (() => Promise<void>), after?: () => void): void {
    const { backend, contacts, record, toasts } = this.#app;
    toasts.undoable(title, text, async () => {
      if (typeof undo === "function") return undo();
      await backend.inbox.undo(undo.undoId);
      after?.();
      await Promise.all([record.refresh(), contacts.refresh()]);
    });
  }
}

const asFile = (file: string | FileRef): FileRef =>
  typeof file === "string" ? { id: file, name: "postvak-contacts.csv", type: "text/csv", size: 0 } : file;
