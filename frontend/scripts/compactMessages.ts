import type { Plugin } from "vite";

const helper = "\0compact-message";
const runtime = "/src/lib/i18n/generated/runtime.js";
const written = /const en_\w+ = ([\s\S]*?);\n\nconst nl_\w+ = ([\s\S]*?);\n\n\/\*\*[\s\S]*\nexport const (\w+) = /;

/**
 * Makes the window's messages smaller. The compiler writes the choice of the
 * language into each of them, a thousand times the same code; here they share
 * one. What they say stays the compiler's work.
 */
export function compactMessages(): Plugin {
  return {
    name: "compact-messages",
    resolveId: (id) => (id === helper ? id : undefined),
    load: (id) => (id === helper ? choose : undefined),
    transform(code, id) {
      if (!/i18n\/generated\/messages\/(?!_index)\w+\.js$/.test(id)) return undefined;
      return { code: compact(code, id), map: null };
    },
  };
}

const choose = `import { getLocale } from "${runtime}";
export const choose = (en, nl) => (inputs = {}, { locale = getLocale() } = {}) => (locale === "nl" ? nl : en)(inputs);`;

function compact(code: string, id: string): string {
  const [, en, nl, name] = written.exec(code) ?? [];
  if (!name) throw new Error(`${id} is not what the messages' compiler used to write: change scripts/compactMessages.ts.`);
  const registry = code.includes("registry.") ? 'import * as registry from "../registry.js";\n' : "";
  return `${registry}import { choose } from ${JSON.stringify(helper)};\nexport const ${name} = /*#__PURE__*/ choose(${en}, ${nl});\n`;
}
