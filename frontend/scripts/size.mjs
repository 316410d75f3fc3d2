// Prints what the window has to load, compressed, and fails over the limit of
// 250 kB for scripts and styles.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const limit = 250 * 1024;
const folder = new URL("../dist/assets/", import.meta.url);
const files = readdirSync(folder).filter((name) => /\.(js|css)$/.test(name));
let total = 0;
for (const name of files.sort()) {
  const size = gzipSync(readFileSync(new URL(name, folder)), { level: 9 }).length;
  total += size;
  console.log(`${(size / 1024).toFixed(1).padStart(8)} kB  ${name}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(8)} kB  scripts and styles together, gzip (limit ${limit / 1024} kB)`);
if (total > limit) {
  console.error("The window has become too heavy: find out what came in and why.");
  process.exit(1);
}
