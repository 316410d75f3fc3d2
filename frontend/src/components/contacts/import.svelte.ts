import { BackendError, type Backend, type FileRef, type ImportPreview, type ImportResult } from "$lib/backend";
import { m } from "$lib/i18n";

const names: Record<string, () => string> = {
  name: () => m.import_field_name(),
  firstName: () => m.import_field_first(),
  lastName: () => m.import_field_last(),
  email: () => m.email(),
  phone: () => m.record_phone(),
  organization: () => m.record_organization(),
  note: () => m.note(),
};

/** What a column of a file can be taken for; "" leaves it out. */
export const importFields: readonly string[] = Object.keys(names);

export const importFieldName = (field: string): string => (field === "" ? m.import_field_none() : Object.hasOwn(names, field) ? (names[field]?.() ?? field) : field);

/** Takes a file of contacts in, in three steps: choose it, say what its columns are, see what came of it. */
export class ContactImport {
  file = $state.raw<FileRef | undefined>();
  preview = $state.raw<ImportPreview | undefined>();
  /** What each column is taken for. */
  columns = $state<string[]>([]);
  result = $state.raw<ImportResult | undefined>();
  busy = $state(false);
  error = $state.raw<BackendError | undefined>();
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get step(): "choose" | "map" | "done" {
    if (this.result) return "done";
    return this.preview ? "map" : "choose";
  }

  /** Nobody can be told from another without one of these. */
  get enough(): boolean {
    return this.columns.some((field) => ["name", "firstName", "lastName", "email", "phone"].includes(field));
  }

  /** The first rows of a column that say something. */
  samples(column: number): string[] {
    return (this.preview?.rows ?? []).map((row) => row[column] ?? "").filter(Boolean).slice(0, 2);
  }

  pick(): Promise<void> {
    return this.#read(async () => (await this.#backend.files.pick())[0]);
  }

  drop(files: File[]): Promise<void> {
    const [file] = files;
    return this.#read(async () => file && this.#backend.files.put(file));
  }

  async run(): Promise<void> {
    const { file } = this;
    if (!file || !this.enough || this.busy) return;
    await this.#attempt(async () => {
      const result = await this.#backend.crm.import(file.id, { columns: $state.snapshot(this.columns) });
      this.result = { ...result, problems: result.problems ?? [] };
    });
  }

  again(): void {
    [this.file, this.preview, this.result, this.error] = [undefined, undefined, undefined, undefined];
  }

  // One that was thought better of leaves everything as it is.
  #read(get: () => Promise<FileRef | undefined>): Promise<void> {
    return this.#attempt(async () => {
      const file = await get();
      if (!file) return;
      const preview = await this.#backend.crm.preview(file.id);
      this.file = file;
      this.preview = preview;
      this.columns = preview.columns.map(({ field }) => field);
    });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.error = undefined;
    try {
      await work();
    } catch (thrown) {
      this.error = BackendError.from(thrown);
    } finally {
      this.busy = false;
    }
  }
}
