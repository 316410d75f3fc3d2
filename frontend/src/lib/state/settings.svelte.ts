import type { Backend, Settings } from "$lib/backend";
import { localeFrom, speak, systemLocale, type Locale } from "$lib/i18n";

const standard: Settings = {
  language: "",
  systemLanguage: "",
  theme: "",
  sendKey: "mod+enter",
  undoSendSeconds: 5,
  name: "",
  email: "",
  signature: "",
  startAtLogin: false,
  keepInTray: true,
};

/** What a person chose: language, theme, how to send. */
export class SettingsState {
  values = $state<Settings>({ ...standard });
  loaded = $state(false);
  #systemDark = $state(false);
  readonly #query = matchMedia("(prefers-color-scheme: dark)");
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#systemDark = this.#query.matches;
    this.#query.addEventListener("change", this.#follow);
    localeFrom(() => this.locale);
  }

  /** What the program speaks too: half a page in each language helps nobody. */
  get locale(): Locale {
    return localeOf(this.values);
  }

  /** The person's name; "" while the program, not knowing it, says "Me". */
  get ownName(): string {
    return this.values.name === "Me" ? "" : this.values.name;
  }

  get theme(): "light" | "dark" {
    return this.values.theme || (this.#systemDark ? "dark" : "light");
  }

  async load(): Promise<void> {
    const values = { ...standard, ...(await this.#backend.settings.get()) };
    await speak(localeOf(values));
    this.values = values;
    this.loaded = true;
  }

  /** Shows the change at once and takes it back when it could not be stored. */
  async save(changes: Partial<Settings>): Promise<void> {
    if (changes.language !== undefined) await speak(localeOf({ ...this.values, ...changes }));
    const before = { ...this.values };
    this.values = { ...this.values, ...changes };
    try {
      await this.#backend.settings.save(changes);
    } catch (thrown) {
      this.values = before;
      throw thrown;
    }
  }

  destroy(): void {
    this.#query.removeEventListener("change", this.#follow);
  }

  readonly #follow = (event: MediaQueryListEvent) => (this.#systemDark = event.matches);
}

const localeOf = (values: Settings): Locale => values.language || values.systemLanguage || systemLocale(navigator.languages);
