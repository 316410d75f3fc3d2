import type { Backend } from "$lib/backend";
import { m } from "$lib/i18n";
import { caps } from "$lib/keys/keymap";
import type { Toasts } from "./toasts.svelte";

/** What closing the window means: asked once, where there is a tray. */
export class Closing {
  asked = $state(false);
  readonly #backend: Backend;
  readonly #toasts: Toasts;
  #told = false;

  constructor(backend: Backend, toasts: Toasts) {
    this.#backend = backend;
    this.#toasts = toasts;
  }

  ask(): void {
    this.asked = true;
  }

  cancel(): void {
    this.asked = false;
  }

  async answer(keep: boolean): Promise<void> {
    this.asked = false;
    await this.#toasts.attempt(() => this.#backend.window.closing(keep));
  }

  async quit(): Promise<void> {
    await this.#toasts.attempt(() => this.#backend.window.quit());
  }

  /** Says, once and when somebody looks again, that the window was not lost. */
  minimised(): void {
    if (this.#told) return;
    this.#told = true;
    const tell = () => this.#toasts.info(m.minimised_title(), m.minimised_text({ keys: caps("mod+q").flat().join("+") }));
    if (document.hasFocus()) tell();
    else addEventListener("focus", tell, { once: true });
  }
}
