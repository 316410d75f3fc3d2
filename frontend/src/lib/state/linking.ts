import { type Link, type RecordFields, type RecordHit, type RecordKind, type RecordRef } from "$lib/backend";
import { m } from "$lib/i18n";
import type { App } from "./app.svelte";
import { to } from "./router.svelte";

/** What is to be linked: found and chosen, still to be found, or to be made. */
export interface LinkOrder {
  kind: RecordKind;
  make: boolean;
  target?: RecordHit;
}

/** What a person can do about links to the CRM, from wherever they ask for it. */
export class Linking {
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Others do not see this conversation: what is linked would show them of it (R31). */
  get asks(): boolean {
    const { channels, conversation } = this.#app;
    return channels.get(conversation.data?.channelId ?? "")?.shared === false;
  }

  /** Links may be made in the conversation that is open. */
  get possible(): boolean {
    const { conversation, router, team } = this.#app;
    return router.route.view === "conversation" && conversation.data !== undefined && team.status.state !== "removed";
  }

  begin(order: LinkOrder): void {
    if (this.asks) this.#app.dialogs.show({ name: "linkPrivate", order });
    else this.go(order);
  }

  /** As begin, where nothing is left to be asked. */
  go(order: LinkOrder): void {
    const { dialogs, toasts } = this.#app;
    if (order.target) {
      const { target } = order;
      dialogs.close();
      void toasts.attempt(() => this.link(target));
    } else {
      dialogs.show({ name: "linkRecord", kind: order.kind, make: order.make });
    }
  }

  /** Rejects with what stood against it. */
  async link(target: RecordHit): Promise<void> {
    const id = this.#conversation;
    const link = await this.#app.backend.crm.link(id, target.kind, target.id);
    await this.#linked(id, link);
  }

  /** Makes a record and links it; a lead makes or takes its person in the same step. */
  async create(kind: RecordKind, fields: RecordFields): Promise<void> {
    const id = this.#conversation;
    const link = await this.#app.backend.crm.create(id, kind, fields);
    await this.#linked(id, link);
  }

  async unlink(link: Link): Promise<void> {
    const { backend, toasts } = this.#app;
    const id = this.#conversation;
    let undoId = "";
    const went = await toasts.attempt(async () => ({ undoId } = await backend.crm.unlink(id, link.id)));
    // A record that was only to be made is given up for good.
    if (went && undoId) toasts.undoable(m.crm_unlinked(), link.title, () => this.#undo(undoId));
    else if (went) toasts.done(m.crm_unlinked(), link.title);
    await this.#refresh();
  }

  /** Shows a record: where it lives on the web, or on its own page here. */
  open(of: RecordRef & { url: string }): void {
    const { backend, router, toasts } = this.#app;
    if (of.url) void toasts.attempt(() => backend.crm.open(of.kind, of.id, of.url));
    else router.go(to.record(of.kind, of.id));
  }

  get #conversation(): string {
    const { conversation } = this.#app;
    return conversation.data?.id ?? conversation.id;
  }

  async #linked(id: string, link: Link): Promise<void> {
    const { backend, toasts } = this.#app;
    const title = link.pending && link.targetId === "" ? m.crm_made_later() : m.crm_linked();
    toasts.undoable(title, link.title, async () => {
      await backend.crm.unlink(id, link.id);
      await this.#refresh();
    });
    await this.#refresh();
  }

  async #undo(undoId: string): Promise<void> {
    await this.#app.backend.inbox.undo(undoId);
    await this.#refresh();
  }

  async #refresh(): Promise<void> {
    const { contact, conversation } = this.#app;
    await Promise.all([conversation.refresh(), contact.refresh()]);
  }
}
