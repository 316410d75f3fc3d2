import { BackendError, type ExportFormat, type FileRef } from "$lib/backend";
import { m } from "$lib/i18n";
import { printPage } from "$lib/print";
import type { App } from "./app.svelte";

export type MovingWork = "backup" | "restore" | "export" | "print" | "remove";

const second = 1000;

/** A passphrase is long enough, as the program asks it. */
export const shortestPhrase = 8;

/** What moves the inbox: backup, restore, export, print, and removing it all. One at a time. */
export class MovingHouse {
  busy = $state<MovingWork | undefined>();
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Makes a backup and asks where to save it; false when it was not saved. */
  async backup(passphrase: string): Promise<boolean> {
    const { backend } = this.#app;
    return this.#work("backup", async () => backend.files.save(await backend.moving.backup(passphrase)));
  }

  /** False when it was not saved. */
  async export(conversationId: string, format: ExportFormat): Promise<boolean> {
    const { backend } = this.#app;
    return this.#work("export", async () => backend.files.save(await backend.moving.export(conversationId, format)));
  }

  async print(conversationId: string): Promise<void> {
    const { backend } = this.#app;
    await this.#work("print", async () => printPage(await backend.moving.printable(conversationId)));
  }

  /** Takes a backup in; the program starts again, and this window with it. Rejects with what stands against it. */
  async restore(file: FileRef, passphrase: string): Promise<void> {
    const { backend } = this.#app;
    if (this.busy) return;
    this.busy = "restore";
    try {
      await backend.moving.restore(file.id, passphrase);
    } catch (error) {
      this.busy = undefined;
      throw error;
    }
    if (!backend.window.native) await this.#backAgain();
  }

  /** Waits for the program that starts again, and asks it for everything. */
  async #backAgain(): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      await new Promise((resolve) => setTimeout(resolve, second));
      try {
        await this.#app.backend.settings.get();
        this.#app.backend.moving.reload();
        return;
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
      }
    }
  }

  async #work(what: MovingWork, run: () => Promise<unknown>): Promise<boolean> {
    const { toasts } = this.#app;
    if (this.busy) return false;
    this.busy = what;
    let done: unknown = false;
    await toasts.attempt(async () => (done = await run()));
    this.busy = undefined;
    return done === true;
  }
}

/** How each format is called. */
export const formatName = (format: ExportFormat): string => ({ mbox: m.moving_mbox(), json: m.moving_json(), html: m.moving_html() })[format];
