import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

// What only one file may import, and what everybody else uses instead.
const wailsOnly = {
  patterns: [
    {
      group: ["**/wailsjs/**"],
      message: "Only lib/backend/wails.ts talks to Wails; use the Backend interface.",
    },
  ],
};

export default ts.config(
  { ignores: ["dist/", "wailsjs/", "src/lib/i18n/generated/", "node_modules/"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      "no-restricted-imports": ["error", wailsOnly],
      // Mail is other people's markup: it goes into a script-less frame and
      // never into our own document.
      "svelte/no-at-html-tags": "error",
      // Addresses here are hashes that our own router reads.
      "svelte/no-navigation-without-resolve": "off",
      // TypeScript reports unknown names itself, with better knowledge.
      "no-undef": "off",
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // Sets and maps that are not on the screen need no reactivity.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { extraFileExtensions: [".svelte"], parser: ts.parser, svelteConfig },
    },
  },
  {
    // The second reads types only.
    files: ["src/lib/backend/wails.ts", "src/test/drift.ts"],
    rules: { "no-restricted-imports": "off" },
  },
  {
    files: ["scripts/**"],
    rules: { "no-console": "off" },
  },
);
