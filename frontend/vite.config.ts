import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { bundledPackages } from "./scripts/bundledPackages.ts";
import { compactIcons } from "./scripts/compactIcons.ts";
import { compactMessages } from "./scripts/compactMessages.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  plugins: [compactIcons(), svelte(), compactMessages(), bundledPackages()],
  // Relative addresses: the same bundle is served by the window's asset
  // server and by the headless host.
  base: "./",
  build: {
    target: ["chrome120", "safari17"],
    // Nothing is inlined: the page's policy allows scripts and fonts from
    // itself only, and a data: font would not load.
    assetsInlineLimit: 0,
    // public/.gitkeep comes along: Go embeds this folder, so it has to exist.
    emptyOutDir: true,
    reportCompressedSize: false,
  },
  server: { port: 5273, strictPort: true, host: "127.0.0.1" },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/test/setup.ts"],
    include: ["src/**/*.test.ts"],
    restoreMocks: true,
    // Finding by role asks jsdom for the style of everything; on a busy
    // machine that alone takes seconds.
    testTimeout: 30_000,
  },
  resolve: {
    alias: { $lib: path("./src/lib"), $components: path("./src/components") },
    // Under vitest Svelte has to resolve to its browser build.
    ...(process.env["VITEST"] ? { conditions: ["browser"] } : {}),
  },
});
