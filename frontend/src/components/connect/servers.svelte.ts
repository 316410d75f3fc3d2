import type { Backend, OAuth, Server } from "$lib/backend";
import { OAuthForm } from "./oauth.svelte";

export const blank = (port: number): Server => ({ host: "", port, security: "tls", username: "" });

/** A mailbox as somebody types it: its address, its servers, its password. */
export class ServersForm {
  address = $state("");
  password = $state("");
  imap = $state.raw<Server>(blank(993));
  smtp = $state.raw<Server>(blank(465));
  advanced = $state(false);
  /** How it is signed in to, where not by the password. */
  readonly oauth: OAuthForm;
  protected guessed = "";
  protected typed = false;
  protected readonly backend: Backend;

  constructor(backend: Backend, others: OAuth[] = []) {
    this.backend = backend;
    this.oauth = new OAuthForm(backend, { others });
  }

  get addressed(): boolean {
    return /^[^\s@]+@[^\s@]+$/.test(this.address.trim());
  }

  /** Fills the servers in from the address, unless they are known. */
  async guess(): Promise<void> {
    const address = this.address.trim();
    if (this.typed || address === this.guessed || !this.addressed) return;
    this.guessed = address;
    try {
      const { imap, smtp, provider } = await this.backend.channels.guess(address);
      if (this.typed || this.address.trim() !== address) return;
      this.imap = imap;
      this.smtp = smtp;
      this.oauth.suggest(provider ?? "");
    } catch {
      // Guessing is help, not a step: the fields are there to be typed in.
    }
  }

  setServer(which: "imap" | "smtp", server: Server): void {
    this.typed = true;
    this[which] = server;
  }

  /** Whether there is something to sign in with. */
  get keyed(): boolean {
    return this.oauth.provider === "" ? this.password !== "" : this.oauth.ready;
  }

  /** What a call takes: a password, or a sign-in that is made for it. */
  protected async credential(own = false): Promise<{ password: string; grant: string }> {
    if (this.oauth.provider === "") return { password: this.password, grant: "" };
    this.oauth.address = own ? "" : this.address.trim();
    return { password: "", grant: await this.oauth.grant() };
  }

  /** A server with the address as its user name where none was typed. */
  protected named(server: Server): Server {
    return { ...server, username: server.username || this.address.trim() };
  }
}
