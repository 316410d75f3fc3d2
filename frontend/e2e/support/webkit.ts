import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

const miniBrowser = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/** Whether Debian's WebKitGTK, the window's engine on Linux, can be driven here. */
export const hasWebKit =
  existsSync(miniBrowser) && existsSync("/usr/bin/WebKitWebDriver") && existsSync("/usr/bin/Xvfb");

/** A page in WebKitGTK, driven as the WebDriver standard says. */
export interface WebKitPage {
  goto(url: string): Promise<void>;
  /** Runs the body of a function; with `done` as its last argument it waits for that. */
  run<T>(body: string, ...args: unknown[]): Promise<T>;
  /** The text of a dialog that stands open, which is closed; undefined where none does. */
  dialog(): Promise<string | undefined>;
  url(): Promise<string>;
  windows(): Promise<string[]>;
  close(): Promise<void>;
}

/** WebKitGTK on a display of its own; all that it asks of other hosts is told and refused. */
export interface WebKit {
  open(): Promise<WebKitPage>;
  reached: string[];
  close(): Promise<void>;
}

export async function startWebKit(home: string): Promise<WebKit> {
  const folder = await mkdtemp(join(tmpdir(), "postvak-webkit-"));
  const reached: string[] = [];
  const proxy = await startProxy(home, reached);
  const display = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const screen = await firstLine(display.stdio[3] as Readable);
  const port = await freePort();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
    stdio: "ignore",
    env: {
      ...process.env,
      DISPLAY: `:${screen}`,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      LIBGL_ALWAYS_SOFTWARE: "1",
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
    },
  });
  const address = `http://127.0.0.1:${port}`;
  await until(() => ask(address, "GET", "/status").then(() => true, () => false));
  return {
    reached,
    open: () => openPage(address, proxy.port),
    async close() {
      await ended(driver);
      await ended(display);
      proxy.server.closeAllConnections();
      proxy.server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openPage(address: string, proxyPort: number): Promise<WebKitPage> {
  const proxy = `127.0.0.1:${proxyPort}`;
  const { sessionId } = await ask<{ sessionId: string }>(address, "POST", "/session", {
    capabilities: {
      alwaysMatch: {
        unhandledPromptBehavior: "ignore",
        "webkitgtk:browserOptions": { binary: miniBrowser, args: ["--automation", `--proxy=http://${proxy}`] },
      },
    },
  });
  const at = `/session/${sessionId}`;
  const say = <T>(method: string, path: string, body?: object) => ask<T>(address, method, at + path, body);
  await say("POST", "/timeouts", { script: 30_000 });
  return {
    goto: (url) => say("POST", "/url", { url }),
    run: (body, ...args) => say("POST", "/execute/async", { script: body, args }),
    async dialog() {
      const text = await say<string>("GET", "/alert/text").catch(() => undefined);
      if (text !== undefined) await say("POST", "/alert/dismiss", {}).catch(() => undefined);
      return text;
    },
    url: () => say("GET", "/url"),
    windows: () => say("GET", "/window/handles"),
    close: () => say("DELETE", ""),
  };
}

async function ask<T>(address: string, method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(address + path, { method, body: body ? JSON.stringify(body) : undefined });
  const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } };
  if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** A proxy that passes nothing on but what the harness's own site is asked. */
async function startProxy(home: string, reached: string[]): Promise<{ server: Server; port: number }> {
  const server = createServer((asked, answer) => {
    const target = asked.url ?? "";
    if (!target.startsWith(home)) {
      reached.push(target);
      answer.writeHead(403).end();
      return;
    }
    const passed = request(target, { method: asked.method, headers: asked.headers }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  server.on("connect", (asked, socket) => {
    reached.push(asked.url ?? "");
    socket.destroy();
  });
  return { server, port: await listen(server) };
}

function listen(server: Server | TcpServer): Promise<number> {
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port));
  });
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((done) => server.close(done));
  return port;
}

function firstLine(from: Readable): Promise<string> {
  return new Promise((done) => from.once("data", (text: Buffer) => done(text.toString().trim())));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let left = 200; left > 0; left--) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("WebKitWebDriver does not answer");
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null) return done();
    child.once("exit", () => done());
    child.kill();
  });
}
