import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build } from "vite";

// The policy that both hosts send with the window's page.
const windowPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'";

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface Site {
  url: string;
  /** Takes the window's own policy away, to see what the other layers hold. */
  withoutPolicy: string;
  close(): Promise<void>;
}

/** Builds the message view as the program builds it and serves it under the window's policy. */
export async function serveHarness(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), "postvak-html-"));
  await build({
    root: here("."),
    configFile: false,
    logLevel: "error",
    plugins: [svelte({ configFile: here("../../svelte.config.js") })],
    resolve: { alias: { $lib: here("../../src/lib"), $components: here("../../src/components") } },
    build: { outDir: folder, emptyOutDir: true },
  });
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const file = url.pathname === "/" ? "/index.html" : url.pathname;
    const body = await readFile(join(folder, file)).catch(() => undefined);
    if (!body) return response.writeHead(404).end();
    const headers: Record<string, string> = {
      "Content-Type": types[extname(file)] ?? "application/octet-stream",
    };
    if (!url.searchParams.has("unprotected")) headers["Content-Security-Policy"] = windowPolicy;
    response.writeHead(200, headers).end(body);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    withoutPolicy: `http://127.0.0.1:${port}/?unprotected`,
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      done(typeof address === "object" && address ? address.port : 0);
    });
  });
}
