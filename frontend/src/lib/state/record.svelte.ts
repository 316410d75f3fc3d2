import { BackendError, type Backend, type CrmRecord, type RecordKind, type Undoable } from "$lib/backend";
import { Latest } from "./latest";
import { asBefore, asFields, changedFields, draftOf, formOf, merge, problemsOf, same, type DraftField, type RecordDraft } from "./recordDraft";

/** One person, lead or deal: shown, and changed where the team's own book has it. */
export class RecordState {
  kind = $state<RecordKind>("person");
  id = $state("");
  data = $state.raw<CrmRecord | undefined>();
  error = $state.raw<BackendError | undefined>();
  /** The form, while somebody changes it. */
  draft = $state<RecordDraft | undefined>();
  /** Fields that a colleague changed while they were being changed here. */
  clashes = $state.raw<DraftField[]>([]);
  /** A colleague took it away while it was shown. */
  gone = $state(false);
  saving = $state(false);
  /** What is wrong is said once somebody tried to go on. */
  tried = $state(false);
  saveError = $state.raw<BackendError | undefined>();
  /** What the form was when it began, or when the colleague's was last taken in. */
  #base: RecordDraft | undefined;
  /** Forms that were left with something in them, by record: nothing typed is lost. */
  readonly #kept = new Map<string, { draft: RecordDraft; base: RecordDraft }>();
  readonly #order = new Latest();
  readonly #backend: Backend;

  readonly #locale: () => string;

  /** locale: how amounts are written. */
  constructor(backend: Backend, locale: () => string = () => "en") {
    this.#backend = backend;
    this.#locale = locale;
  }

  get dirty(): boolean {
    return this.draft !== undefined && this.#base !== undefined && changedFields(this.kind, $state.snapshot(this.draft), this.#base).length > 0;
  }

  get problems(): DraftField[] {
    return this.tried && this.draft ? problemsOf(this.kind, this.draft) : [];
  }

  /** What a colleague has made of a field that clashes. */
  get theirs(): RecordDraft | undefined {
    return this.data && draftOf(this.data);
  }

  async open(kind: RecordKind, id: string): Promise<void> {
    if (kind === this.kind && id === this.id && (this.data || !id)) return;
    this.close();
    this.kind = kind;
    this.id = id;
    if (id) await this.refresh();
  }

  close(): void {
    if (this.dirty && this.draft && this.#base) this.#kept.set(this.#key, { draft: $state.snapshot(this.draft), base: this.#base });
    this.id = "";
    this.data = undefined;
    this.error = undefined;
    this.gone = false;
    this.cancel();
  }

  async refresh(): Promise<void> {
    const { kind, id } = this;
    if (!id) return;
    const news = this.#order.ask();
    try {
      const data = await this.#backend.crm.get(kind, id);
      if (!news() || this.id !== id || this.kind !== kind) return;
      this.data = data;
      this.error = undefined;
      this.gone = false;
      this.#restore();
      this.#takeIn(data);
    } catch (thrown) {
      if (!news() || this.id !== id || this.kind !== kind) return;
      const error = BackendError.from(thrown);
      this.gone = this.data !== undefined && error.code === "not_found";
      // What is on the screen stays readable; only nothing at all is an error.
      if (!this.data || this.gone) this.error = error;
    }
  }

  edit(): void {
    if (!this.data) return;
    this.draft = formOf(this.data, this.#locale());
    this.#base = draftOf(this.data);
  }

  cancel(): void {
    this.tried = false;
    this.draft = undefined;
    this.#base = undefined;
    this.clashes = [];
    this.saveError = undefined;
  }

  /** Takes a colleague's version of a field in place of one's own. */
  takeTheirs(field: DraftField): void {
    const { draft, theirs } = this;
    if (!draft || !theirs) return;
    this.draft = { ...draft, [field]: theirs[field], ...(field === "personId" ? { person: theirs.person } : {}) };
    this.clashes = this.clashes.filter((each) => each !== field);
  }

  /** Stores what was changed; undefined when nothing was, or when it was not stored. */
  async save(): Promise<Undoable | undefined> {
    const base = this.#base;
    const draft = this.draft && $state.snapshot(this.draft);
    if (!draft || !base || this.saving) return undefined;
    this.tried = true;
    if (this.problems.length > 0) return undefined;
    const changed = changedFields(this.kind, draft, base);
    if (changed.length === 0) {
      this.cancel();
      return undefined;
    }
    this.saving = true;
    this.saveError = undefined;
    try {
      const was = asBefore(this.kind, base, changed);
      const undo = await this.#backend.crm.save(this.kind, this.id, { ...asFields(this.kind, draft, changed), was });
      this.cancel();
      await this.refresh();
      return undo;
    } catch (thrown) {
      const error = BackendError.from(thrown);
      if (error.code === "conflict") await this.refresh();
      // What clashes is shown beside the fields.
      if (error.code !== "conflict" || this.clashes.length === 0) this.saveError = error;
      return undefined;
    } finally {
      this.saving = false;
    }
  }

  get #key(): string {
    return `${this.kind}/${this.id}`;
  }

  #restore(): void {
    const kept = this.#kept.get(this.#key);
    this.#kept.delete(this.#key);
    if (kept && !this.draft) [this.draft, this.#base] = [kept.draft, kept.base];
  }

  #takeIn(data: CrmRecord): void {
    if (!this.draft || !this.#base) return;
    const theirs = draftOf(data);
    const { draft, clashes } = merge(this.kind, $state.snapshot(this.draft), this.#base, theirs);
    this.draft = draft;
    this.clashes = [...new Set([...this.clashes, ...clashes])].filter((field) => !same(draft, theirs, field));
    this.#base = theirs;
  }
}
