import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const binary =
  process.env["POSTVAK_BINARY"] ??
  fileURLToPath(new URL("../../../build/bin/postvak", import.meta.url));

/** A running `postvak --headless`, on a folder of its own. */
export class Postvak {
  private constructor(
    readonly url: string,
    readonly folder: string,
    private readonly process: ChildProcess,
  ) {}

  /** Starts the program; ready when it has printed its address. */
  static async start(options: { sandbox?: boolean; folder?: string } = {}): Promise<Postvak> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "postvak-e2e-")));
    const args = ["--headless", "--data", folder, ...(options.sandbox ? ["--sandbox"] : [])];
    const child = spawn(binary, args, {
      stdio: ["ignore", "pipe", "inherit"],
      // Secrets in the folder: a test must not touch a person's keyring.
      env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: "disabled:", HOME: folder },
    });
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      const { url } = JSON.parse(line) as { url: string };
      return new Postvak(url, folder, child);
    }
    throw new Error("postvak ended before it was ready");
  }

  /** Calls a service as any program does. */
  async call<T>(method: string, ...args: unknown[]): Promise<T> {
    const { origin, searchParams } = new URL(this.url);
    const response = await fetch(`${origin}/call/${method}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${searchParams.get("token")}` },
      body: JSON.stringify(args),
    });
    const answer = (await response.json()) as { result?: T; error?: { message: string } };
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result as T;
  }

  /** Ends the program as a person would; its folder stays when keep is set. */
  async stop(keep = false): Promise<void> {
    await this.end("SIGTERM");
    if (!keep) await rm(this.folder, { recursive: true, force: true });
  }

  /** Ends the program as a power cut would. */
  kill(): Promise<void> {
    return this.end("SIGKILL");
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill(signal);
    await ended;
  }
}
