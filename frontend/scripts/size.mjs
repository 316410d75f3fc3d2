// Prints what the window has to load, compressed: what a start waits for, as
// the page itself names it, with the language, and everything there is, which
// comes later or when it is wanted. A window speaks one language at a time: the
// larger one counts. Fails over the limits for scripts and styles.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const limits = { start: 180 * 1024, whole: 250 * 1024 };
const dist = new URL("../dist/", import.meta.url);
const page = readFileSync(new URL("index.html", dist), "utf8");
const files = readdirSync(new URL("assets/", dist))
  .filter((name) => /\.(js|css)$/.test(name))
  .sort()
  .map((name) => ({
    name,
    when: page.includes(`assets/${name}"`) ? "start" : "later",
    size: gzipSync(readFileSync(new URL(`assets/${name}`, dist)), { level: 9 }).length,
  }));

const isLanguage = ({ name }) => /^(en|nl)-/.test(name);
const languages = files.filter(isLanguage).sort((a, b) => b.size - a.size);
languages.forEach((one, i) => (one.when = i === 0 ? "start" : "other"));

const total = (some) => some.reduce((sum, { size }) => sum + size, 0);
const kB = (size) => `${(size / 1024).toFixed(1).padStart(8)} kB`;
const sums = { start: total(files.filter(({ when }) => when === "start")), whole: total(files.filter(({ when }) => when !== "other")) };

for (const { name, when, size } of files) console.log(`${kB(size)}  ${when}  ${name}`);
console.log(`${kB(sums.start)}  scripts and styles that a start waits for, gzip (limit ${limits.start / 1024} kB)`);
console.log(`${kB(sums.whole)}  scripts and styles together, gzip (limit ${limits.whole / 1024} kB)`);
if (sums.start === 0 || languages.length !== 2 || Object.keys(limits).some((name) => sums[name] > limits[name])) {
  console.error("The window has become too heavy: find out what came in and why.");
  process.exit(1);
}
