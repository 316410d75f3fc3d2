import { BackendError, type Backend, type ConnectEmail, type SignIn } from "$lib/backend";
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

  constructor(backend: Backend, now: () => Date) {
    super(backend);
    this.since = new OpenSince(now);
  }

  get ready(): boolean {
    return this.addressed && this.password !== "";
  }

  /** Connects; gives the channel's id, or nothing when the form shows why not. */
  async submit(): Promise<string | undefined> {
    this.busy = true;
    this.error = undefined;
    try {
      await this.guess();
      if (!this.imap.host || !this.smtp.host) this.advanced = true;
      return await this.backend.channels.connectEmail(this.#order());
    } catch (thrown) {
      this.error = BackendError.from(thrown);
      if (["unavailable", "invalid"].includes(this.error.code)) this.advanced = true;
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  #order(): ConnectEmail {
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
      password: this.password,
    };
  }
}
