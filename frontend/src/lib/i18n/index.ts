import { overwriteGetLocale } from "./generated/runtime.js";

export { m } from "./generated/messages.js";
/** Fetches a language; until then what is said in it comes in another one. */
export { speak } from "virtual:words";

export type Locale = "en" | "nl";
export const locales: readonly Locale[] = ["en", "nl"];

let read: () => Locale = () => "en";
let instead: Locale | undefined;
overwriteGetLocale(() => instead ?? read());

/** What something is called in another language, once that is there. */
export function inLocale<T>(locale: Locale, say: () => T): T {
  instead = locale;
  try {
    return say();
  } finally {
    instead = undefined;
  }
}

/** Says where the language comes from; what reads it there stays reactive. */
export function localeFrom(source: () => Locale): void {
  read = source;
}

/** The first of the system's languages that the window speaks. */
export function systemLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    const base = language.toLowerCase().split("-")[0];
    if (base === "nl" || base === "en") return base;
  }
  return "en";
}
