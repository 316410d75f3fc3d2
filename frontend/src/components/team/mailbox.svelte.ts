import { blank, ServersForm } from "$components/connect/servers.svelte";
import type { MailboxRequest, Server, TeamMailbox } from "$lib/backend";

/** The team mailbox as somebody types it: to make a team in it, or to join one. */
export class MailboxForm extends ServersForm {
  folder = $state("");

  get ready(): boolean {
    return (this.addressed || this.imap.host !== "") && this.keyed;
  }

  /** Begins with a mailbox whose servers are known; another address is guessed anew. */
  suggest(address: string, imap: Server, smtp: Server): void {
    this.address = address;
    this.guessed = address;
    this.imap = imap;
    this.smtp = smtp;
  }

  /** Takes over what an invitation says. */
  known({ host, port, security, username, folder, oauth }: TeamMailbox): void {
    this.typed = true;
    this.imap = { host, port, security, username };
    this.smtp = blank(465);
    this.folder = folder;
    this.address = username;
    if (oauth?.provider) this.oauth.follow(oauth);
  }

  /** What is in the fields; without a server it says so by opening them. */
  async request(): Promise<MailboxRequest | undefined> {
    await this.guess();
    if (!this.imap.host) {
      this.advanced = true;
      return undefined;
    }
    if (this.oauth.provider && !this.oauth.ready) return undefined; // the address led to a provider only now
    const smtp = this.smtp.host ? this.named(this.smtp) : this.smtp;
    return { ...this.named(this.imap), ...(await this.credential()), folder: this.folder.trim(), smtp };
  }
}
