import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const folder = new URL("../src/lib/i18n/generated/messages/", import.meta.url);
const runtime = "/src/lib/i18n/generated/runtime.js";
const registry = "/src/lib/i18n/generated/registry.js";
const written = /const en_\w+ = ([\s\S]*?);\n\nconst nl_\w+ = ([\s\S]*?);\n\n\/\*\*[\s\S]*\nexport const (\w+) = /;

/**
 * Makes the window's messages smaller: a window loads one language, which is a
 * list of texts, and a message is a place in that list. The compiler writes both
 * languages, and the choice between them, into each of a thousand functions.
 * What they say stays its work. `virtual:words` loads a language (lib/i18n).
 */
export function compactMessages(): Plugin {
  let whole = false;
  return {
    name: "compact-messages",
    // Tests ask for a message at any time, and a server that reads the sources
    // gains nothing: both have all languages at once.
    configResolved: (config) => void (whole = config.command === "serve"),
    resolveId: (id) => (id.startsWith("virtual:words") ? `\0${id}` : undefined),
    load(id) {
      if (id === "\0virtual:words") return whole ? `${say}${atOnce}` : `${say}${whenWanted}`;
      const [, language] = /^\0virtual:words\/(en|nl)$/.exec(id) ?? [];
      return language && listOf(language as Language);
    },
    transform(code, id) {
      if (!/i18n\/generated\/messages\/(?!_index)\w+\.js$/.test(id)) return undefined;
      const { name } = read(code, id);
      return { code: `import { say } from "virtual:words";\nexport const ${name} = /*#__PURE__*/ say(${placeOf(name)});\n`, map: null };
    },
  };
}

type Language = "en" | "nl";

const say = `import { getLocale } from "${runtime}";
const lists = {};
export const say = (place) => (inputs = {}, { locale = getLocale() } = {}) => {
  const text = (lists[locale] ?? Object.values(lists)[0])[place];
  return typeof text === "string" ? text : text(inputs);
};`;

const whenWanted = `
const sources = { en: () => import("virtual:words/en"), nl: () => import("virtual:words/nl") };
export async function speak(language) { lists[language] ??= (await sources[language]()).default; }`;

const atOnce = `
import en from "virtual:words/en";
import nl from "virtual:words/nl";
Object.assign(lists, { en, nl });
export async function speak() {}`;

const names = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".js") && name !== "_index.js")
    .map((name) => name.replace(/\.js$/, ""))
    .sort();

function placeOf(name: string): number {
  const place = (known ??= names()).indexOf(name);
  if (place < 0) throw new Error(`No file is called as the message ${name} is: change scripts/compactMessages.ts.`);
  return place;
}

let known: string[] | undefined;

function read(code: string, id: string): Record<Language | "name", string> {
  const [, en, nl, name] = written.exec(code) ?? [];
  if (!en || !nl || !name) throw new Error(`${id} is not what the messages' compiler used to write: change scripts/compactMessages.ts.`);
  return { en, nl, name };
}

function listOf(language: Language): string {
  const texts = names().map((name) => {
    const path = fileURLToPath(new URL(`${name}.js`, folder));
    return plain(read(readFileSync(path, "utf8"), path)[language]);
  });
  return `import * as registry from "${registry}";\nexport default [\n${texts.join(",\n")}\n];\n`;
}

/** The text itself where a message is always the same. */
function plain(message: string): string {
  const [, text] = /^\/\*\*[^*]*\*\/ \(\) => \{\s*return \/\*\*[^*]*\*\/ \((`(?:[^`\\$]|\\.)*`)\)\s*\}$/.exec(message) ?? [];
  return text ?? message;
}
