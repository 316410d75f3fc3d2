import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const reference =
  process.env["POSTVAK_REFERENCE"] ?? fileURLToPath(new URL("../../../../shared", import.meta.url));
const corpus = join(reference, "corpus", "html-xss", "manifest.jsonl");

/** Whether the reference payloads are here (POSTVAK_REFERENCE). */
export const hasCorpus = existsSync(corpus);

/** Payloads that try to run script or to reach the network from a mail's HTML. */
export function corpusPayloads(): string[] {
  const lines = readFileSync(corpus, "utf8").trim().split("\n");
  return lines.map((line) => {
    const { file } = JSON.parse(line) as { file: string };
    return readFileSync(join(dirname(corpus), file), "utf8");
  });
}
