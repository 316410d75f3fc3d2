import { BackendError, type Backend, type ConnectEmail, type OAuth, type SignIn } from "$lib/backend";
import { ServersForm } from "./servers.svelte";
import { OpenSince } from "./since.svelte";

/** What somebody types to connect a mailbox. Nothing of it is lost on an error. */
export class ConnectForm extends ServersForm {
  name = $state("");
  shared = $state(true);
  signIn = $state<SignIn>("shared");
  inbox = $state("");
  sent = $state("");
  busy = $state(false);
  error = $state.raw<BackendError | undefined>();
  readonly since: OpenSince;

  constructor(backend: Backend, now: () => Date, others: OAuth[] = []) {
    super(backend, others);
    this.since = new OpenSince(now);
  }

  get ready(): boolean {
    return this.addressed && this.keyed;
  }

  /** Connects; gives the channel's id, or nothing when the form shows why not. */
  async submit(): Promise<string | undefined> {
    this.busy = true;
    this.error = undefined;
    try {
      await this.guess();
      if (!this.imap.host || !this.smtp.host) this.advanced = true;
      if (this.oauth.provider && !this.oauth.ready) return undefined; // the address led to a provider only now
      const id = await this.backend.channels.connectEmail(await this.#order());
      this.oauth.used();
      return id;
    } catch (thrown) {
      this.error = BackendError.from(thrown);
      // Another account may have signed in than the mailbox's: it is asked again.
      if (["auth", "not_found"].includes(this.error.code)) this.oauth.forget();
      if (["unavailable", "invalid"].includes(this.error.code)) this.advanced = true;
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  async #order(): Promise<ConnectEmail> {
    const own = this.shared && this.signIn === "own";
    const credential = await this.credential(own);
    const address = this.address.trim();
    return {
      name: this.name.trim() || address,
      address,
      shared: this.shared,
      openSince: this.since.value,
      signIn: this.shared ? this.signIn : "shared",
      folders: { inbox: this.inbox.trim(), sent: this.sent.trim() },
      imap: this.named(this.imap),
      smtp: this.named(this.smtp),
      ...credential,
    };
  }
}
