import type { Backend, MailboxRequest, Server, TeamMailbox } from "$lib/backend";

const blank = (port: number): Server => ({ host: "", port, security: "tls", username: "" });

/** The team mailbox as somebody types it: to make a team in it, or to join one. */
export class MailboxForm {
  address = $state("");
  password = $state("");
  folder = $state("");
  imap = $state.raw<Server>(blank(993));
  smtp = $state.raw<Server>(blank(465));
  advanced = $state(false);
  #guessed = "";
  #typed = false;
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get addressed(): boolean {
    return /^[^\s@]+@[^\s@]+$/.test(this.address.trim());
  }

  get ready(): boolean {
    return (this.addressed || this.imap.host !== "") && this.password !== "";
  }

  /** Fills the servers in from the address, unless they are known. */
  async guess(): Promise<void> {
    const address = this.address.trim();
    if (this.#typed || address === this.#guessed || !this.addressed) return;
    this.#guessed = address;
    try {
      const { imap, smtp } = await this.#backend.channels.guess(address);
      if (this.#typed || this.address.trim() !== address) return;
      this.imap = imap;
      this.smtp = smtp;
    } catch {
      // Guessing is help, not a step: the fields are there to be typed in.
    }
  }

  setServer(which: "imap" | "smtp", server: Server): void {
    this.#typed = true;
    this[which] = server;
  }

  /** Begins with a mailbox whose servers are known; another address is guessed anew. */
  suggest(address: string, imap: Server, smtp: Server): void {
    this.address = address;
    this.#guessed = address;
    this.imap = imap;
    this.smtp = smtp;
  }

  /** Takes over what an invitation says. */
  known({ host, port, security, username, folder }: TeamMailbox): void {
    this.#typed = true;
    this.imap = { host, port, security, username };
    this.smtp = blank(465);
    this.folder = folder;
    this.address = username;
  }

  /** What is in the fields; without a server it says so by opening them. */
  async request(): Promise<MailboxRequest | undefined> {
    await this.guess();
    if (!this.imap.host) {
      this.advanced = true;
      return undefined;
    }
    const named = (server: Server) => ({ ...server, username: server.username || this.address.trim() });
    const smtp = this.smtp.host ? named(this.smtp) : this.smtp;
    return { ...named(this.imap), password: this.password, folder: this.folder.trim(), smtp };
  }
}
