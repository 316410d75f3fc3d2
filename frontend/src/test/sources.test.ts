import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import en from "../../messages/en.json";
import nl from "../../messages/nl.json";

// Rules about the sources themselves.

const root = join(import.meta.dirname, "..");
const skipped = /generated|node_modules/;

const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((path) => !skipped.test(path) && /\.(svelte|ts|css)$/.test(path))
  .map((path) => ({ path: relative(root, path), text: readFileSync(path, "utf8") }));
const product = files.filter(({ path }) => !path.endsWith(".test.ts") && !path.startsWith("test/"));

describe("messages", () => {
  const keys = Object.keys(en);

  test("exist in both languages", () => {
    expect(Object.keys(nl)).toEqual(keys);
  });

  test("take the same inputs in both languages", () => {
    const inputs = (value: unknown) => [...new Set(JSON.stringify(value).match(/\{\w+\}/g) ?? [])].sort();
    for (const key of keys) {
      expect([key, inputs(nl[key as keyof typeof nl])]).toEqual([key, inputs(en[key as keyof typeof en])]);
    }
  });

  test("are all used, and no other is", () => {
    const used = new Set(product.flatMap(({ text }) => [...text.matchAll(/\bm\.(\w+)\(/g)].map((match) => match[1])));
    expect(keys.filter((key) => !used.has(key))).toEqual([]);
    expect([...used].filter((key) => !keys.includes(key ?? ""))).toEqual([]);
  });

  test("say nothing empty, and nothing twice the same where Dutch has a word", () => {
    const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    expect(keys.filter((key) => text(nl[key as keyof typeof nl]).trim() === "")).toEqual([]);
    const long = keys.filter((key) => text(en[key as keyof typeof en]).split(" ").length > 3);
    expect(long.filter((key) => text(en[key as keyof typeof en]) === text(nl[key as keyof typeof nl]))).toEqual([]);
  });
});

test("colours stand in tokens.css and nowhere else", () => {
  const raw = /#[0-9a-f]{3,8}\b(?=[\s;,)"'])|\b(?:rgb|hsl|oklch|lab)a?\(/i;
  const style = (text: string) => text.match(/<style>[\s\S]*<\/style>/)?.[0] ?? "";
  const found = product
    .filter(({ path }) => path !== "styles/tokens.css" && !path.endsWith(".ts"))
    .filter(({ path, text }) => raw.test(path.endsWith(".css") ? text : style(text)));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test("every token that is used exists, and every other is gone", () => {
  const tokens = files.find(({ path }) => path === "styles/tokens.css")?.text ?? "";
  const local = /^--(dialog-width|bits-)/;
  const used = product.flatMap(({ path, text }) => [...text.matchAll(/var\((--[\w-]+)/g)].map((match) => [match[1] ?? "", path]));
  const missing = used.filter(([name]) => !local.test(name ?? "") && !tokens.includes(`${name}:`));
  expect(missing).toEqual([]);
  const all = [...tokens.matchAll(/^ +(--[\w-]+):/gm)].map(([, name]) => name);
  expect(all.filter((name) => !used.some(([each]) => each === name))).toEqual([]);
});

test("components reach the program only through the backend interface", () => {
  const guilty = product.filter(({ path, text }) => path !== "lib/backend/wails.ts" && /wailsjs|window\.(go|runtime)\b/.test(text));
  expect(guilty.map(({ path }) => path)).toEqual([]);
});

test("the three tiers import downwards only", () => {
  const shared = product.filter(({ path }) => path.startsWith("components/shared/"));
  const upward = shared.filter(({ text }) => /from "(\$components\/(?!shared)|\.\.\/|.*views\/)/.test(text));
  const views = product.filter(({ path }) => path.startsWith("components/") || path.startsWith("lib/"));
  expect(upward.map(({ path }) => path)).toEqual([]);
  expect(views.filter(({ text }) => /views\//.test(text)).map(({ path }) => path)).toEqual([]);
});
