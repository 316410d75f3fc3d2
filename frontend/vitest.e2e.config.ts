import { defineConfig } from "vitest/config";

// The browser tests: Debian's Chromium against the real program and the real
// message view. `make test` starts them; they need the built program.
export default defineConfig({
  test: {
    include: ["e2e/**/*.spec.ts"],
    // build/proof runs this one, with the servers that it needs.
    exclude: process.env["MAILBOX_CONTROL"] ? [] : ["e2e/mailbox.spec.ts", "e2e/signin.spec.ts", "e2e/team.spec.ts"],
    environment: "node",
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    reporters: ["./e2e/support/lines.ts"],
  },
});
