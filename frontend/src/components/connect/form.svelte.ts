import { BackendError, type Backend, type ConnectEmail, type Server, type SignIn } from "$lib/backend";

export type Since = "days" | "date" | "all";

const standardDays = 30;
const dayLength = 86_400_000;

const blank = (port: number): Server => ({ host: "", port, security: "tls", username: "" });

/** What somebody types to connect a mailbox. Nothing of it is lost on an error. */
export class ConnectForm {
  name = $state("");
  address = $state("");
  password = $state("");
  shared = $state(true);
  signIn = $state<SignIn>("shared");
  since = $state<Since>("days");
  date = $state("");
  imap = $state.raw<Server>(blank(993));
  smtp = $state.raw<Server>(blank(465));
  inbox = $state("");
  sent = $state("");
  advanced = $state(false);
  busy = $state(false);
  error = $state.raw<BackendError | undefined>();
  #guessed = "";
  #typed = false;
  readonly #backend: Backend;
  readonly #now: () => Date;

  constructor(backend: Backend, now: () => Date) {
    this.#backend = backend;
    this.#now = now;
    this.date = new Date(now().getTime() - standardDays * dayLength).toISOString().slice(0, 10);
  }

  get addressed(): boolean {
    return /^[^\s@]+@[^\s@]+$/.test(this.address.trim());
  }

  get ready(): boolean {
    return this.addressed && this.password !== "";
  }

  /** Fills the servers in from the address, unless somebody typed them. */
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

  /** Connects; gives the channel's id, or nothing when the form shows why not. */
  async submit(): Promise<string | undefined> {
    this.busy = true;
    this.error = undefined;
    try {
      await this.guess();
      if (!this.imap.host || !this.smtp.host) this.advanced = true;
      return await this.#backend.channels.connectEmail(this.#order());
    } catch (thrown) {
      this.error = BackendError.from(thrown);
      if (["unavailable", "invalid"].includes(this.error.code)) this.advanced = true;
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  get openSince(): string {
    if (this.since === "all") return "";
    if (this.since === "date" && this.date) return new Date(`${this.date}T00:00:00`).toISOString();
    return new Date(this.#now().getTime() - standardDays * dayLength).toISOString();
  }

  #order(): ConnectEmail {
    const address = this.address.trim();
    const named = (server: Server) => ({ ...server, username: server.username || address });
    return {
      name: this.name.trim() || address,
      address,
      shared: this.shared,
      openSince: this.openSince,
      signIn: this.shared ? this.signIn : "shared",
      folders: { inbox: this.inbox.trim(), sent: this.sent.trim() },
      imap: named(this.imap),
      smtp: named(this.smtp),
      password: this.password,
    };
  }
}
