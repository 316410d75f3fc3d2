import { BackendError, type Backend, type OAuth, type Step } from "$lib/backend";
import { MailboxForm } from "./mailbox.svelte";

/** Making a team: the mailbox is tried first, and nothing is lost on an error. */
export class CreateForm {
  team = $state("");
  name = $state("");
  email = $state("");
  readonly mailbox: MailboxForm;
  /** What the check of the mailbox said, once it was made. */
  steps = $state.raw<Step[] | undefined>();
  busy = $state<"" | "checking" | "creating">("");
  error = $state.raw<BackendError | undefined>();
  readonly #backend: Backend;

  constructor(backend: Backend, known: { team: string; name: string; email: string }, others: OAuth[] = []) {
    this.#backend = backend;
    this.mailbox = new MailboxForm(backend, others);
    Object.assign(this, known);
  }

  get ready(): boolean {
    return this.team.trim() !== "" && this.name.trim() !== "" && this.mailbox.ready;
  }

  /** Checks and creates; says whether there is a team now. */
  async submit(): Promise<boolean> {
    this.error = undefined;
    this.steps = undefined;
    try {
      this.busy = "checking";
      const mailbox = await this.mailbox.request();
      if (!mailbox) return false;
      this.steps = await this.#backend.team.check(mailbox);
      if (this.steps.some((step) => !step.ok)) return false;
      this.busy = "creating";
      await this.#backend.team.create({ team: this.team.trim(), name: this.name.trim(), email: this.email.trim() || this.mailbox.address.trim(), mailbox });
      this.mailbox.oauth.used();
      return true;
    } catch (thrown) {
      this.error = BackendError.from(thrown);
      if (["auth", "not_found"].includes(this.error.code)) this.mailbox.oauth.forget();
      return false;
    } finally {
      this.busy = "";
    }
  }
}
