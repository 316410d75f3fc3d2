import type { Backend, Server } from "$lib/backend";

export const blank = (port: number): Server => ({ host: "", port, security: "tls", username: "" });

/** A mailbox as somebody types it: its address, its servers, its password. */
export class ServersForm {
  address = $state("");
  password = $state("");
  imap = $state.raw<Server>(blank(993));
  smtp = $state.raw<Server>(blank(465));
  advanced = $state(false);
  protected guessed = "";
  protected typed = false;
  protected readonly backend: Backend;

  constructor(backend: Backend) {
    this.backend = backend;
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
      const { imap, smtp } = await this.backend.channels.guess(address);
      if (this.typed || this.address.trim() !== address) return;
      this.imap = imap;
      this.smtp = smtp;
    } catch {
      // Guessing is help, not a step: the fields are there to be typed in.
    }
  }

  setServer(which: "imap" | "smtp", server: Server): void {
    this.typed = true;
    this[which] = server;
  }

  /** A server with the address as its user name where none was typed. */
  protected named(server: Server): Server {
    return { ...server, username: server.username || this.address.trim() };
  }
}
