import { BackendError, type Backend, type InvitationInfo } from "$lib/backend";
import { MailboxForm } from "./mailbox.svelte";

/** Asking to be let into a team, with an invitation or by the mailbox alone. */
export class JoinForm {
  /** "invitation" until somebody says that they have none. */
  way = $state<"invitation" | "mailbox">("invitation");
  text = $state("");
  info = $state.raw<InvitationInfo | undefined>();
  /** What is wrong with the text. */
  problem = $state.raw<BackendError | undefined>();
  name = $state("");
  email = $state("");
  busy = $state(false);
  error = $state.raw<BackendError | undefined>();
  mailbox: MailboxForm;
  readonly #backend: Backend;

  constructor(backend: Backend, name: string) {
    this.#backend = backend;
    this.name = name;
    this.mailbox = new MailboxForm(backend);
  }

  get ready(): boolean {
    const known = this.way === "mailbox" || this.info !== undefined;
    return known && this.name.trim() !== "" && /^[^\s@]+@[^\s@]+$/.test(this.email.trim()) && this.mailbox.ready;
  }

  /** Reads what was pasted; line breaks of a mail do not matter. */
  async read(text: string): Promise<void> {
    this.text = text;
    const word = text.replace(/\s+/g, "");
    this.info = undefined;
    this.problem = undefined;
    if (!word) return;
    try {
      const info = await this.#backend.team.invitation(word);
      if (this.text !== text) return;
      this.info = info;
      this.mailbox.known(info.mailbox);
    } catch (thrown) {
      if (this.text === text) this.problem = BackendError.from(thrown);
    }
  }

  choose(way: JoinForm["way"]): void {
    this.way = way;
    this.error = undefined;
    this.mailbox.oauth.forget();
    this.mailbox = new MailboxForm(this.#backend);
    if (way === "invitation" && this.info) this.mailbox.known(this.info.mailbox);
  }

  /** Asks; says whether the team has been asked now. */
  async submit(): Promise<boolean> {
    this.busy = true;
    this.error = undefined;
    try {
      const mailbox = await this.mailbox.request();
      if (!mailbox) return false;
      const invitation = this.way === "invitation" ? this.text.replace(/\s+/g, "") : "";
      await this.#backend.team.join({ invitation, name: this.name.trim(), email: this.email.trim(), mailbox });
      this.mailbox.oauth.used();
      return true;
    } catch (thrown) {
      this.error = BackendError.from(thrown);
      if (["auth", "not_found"].includes(this.error.code)) this.mailbox.oauth.forget();
      if (this.error.code === "unavailable") this.mailbox.advanced = true;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
