import type { Reporter, TestCase } from "vitest/node";

/**
 * Prints a line a test, as the test runner reads them: `ok NAME MS`, and before
 * it what the test counted: `# COUNTS`.
 */
export default class Lines implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const name = test.fullName.replaceAll(/\s+/g, "_");
    const took = Math.round(test.diagnostic()?.duration ?? 0);
    const { state, errors } = test.result();
    const { counts } = test.meta() as { counts?: string };
    if (counts) process.stdout.write(`# ${counts}\n`);
    if (state === "passed") process.stdout.write(`ok ${name} ${took}\n`);
    if (state === "skipped") process.stdout.write(`skip ${name}\n`);
    if (state !== "failed") return;
    process.stdout.write(`not ok ${name} ${took}\n`);
    for (const error of errors ?? []) process.stdout.write(`  ${error.stack ?? error.message}\n${error.diff ?? ""}\n`);
  }
}
