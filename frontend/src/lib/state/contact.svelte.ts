import { BackendError, type Backend, type CrmChanged, type CrmContact, type CrmMatch, type CrmNote } from "$lib/backend";
import { Latest } from "./latest";

/**
 * Who writes in the open conversation, as far as the CRM knows them, and the
 * notes that the conversation's links keep there.
 */
export class ContactState {
  id = $state("");
  value = $state.raw<CrmContact | undefined>();
  notes = $state.raw<CrmNote[]>([]);
  /** Why the CRM did not say who it is. */
  error = $state.raw<BackendError | undefined>();
  loading = $state(false);
  readonly #backend: Backend;
  readonly #people = new Latest();
  readonly #written = new Latest();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async open(id: string): Promise<void> {
    if (id === this.id && !this.unanswered) return;
    this.id = id;
    this.value = undefined;
    this.notes = [];
    this.error = undefined;
    await this.refresh();
  }

  /** Who it is was asked, and could not be said then. */
  get unanswered(): boolean {
    return this.error !== undefined || Boolean(this.value?.reason);
  }

  async refresh(): Promise<void> {
    if (this.id) await Promise.all([this.#loadContact(), this.loadNotes()]);
  }

  /** Asks anew when an event is about this conversation, or about somebody who may be in it. */
  async changed(event: CrmChanged): Promise<void> {
    const ids = event.conversationIds ?? [];
    if (ids.length === 0 || ids.includes(this.id)) await this.refresh();
  }

  async loadNotes(): Promise<void> {
    const { id } = this;
    if (!id) return;
    const news = this.#written.ask();
    try {
      const notes = await this.#backend.crm.notes(id);
      if (this.id === id && news()) this.notes = notes;
    } catch {
      // What is known of them stays; the links say for themselves how they are.
    }
  }

  /** The person whom the CRM is sure of. */
  get sure(): CrmMatch | undefined {
    return this.value?.matches.find((match) => match.confidence === "sure");
  }

  async #loadContact(): Promise<void> {
    const { id } = this;
    const news = this.#people.ask();
    this.loading = true;
    try {
      const value = await this.#backend.crm.contact(id);
      if (this.id !== id || !news()) return;
      this.value = { ...value, matches: value.matches ?? [], earlier: value.earlier ?? [] };
      this.error = undefined;
    } catch (thrown) {
      if (this.id === id && news()) this.error = BackendError.from(thrown);
    } finally {
      if (this.id === id) this.loading = false;
    }
  }
}
