import { BackendError, type Backend, type CrmConnect, type CrmProvider } from "$lib/backend";
import { Latest } from "./latest";

const unknown: CrmProvider = {
  kind: "builtin",
  account: "",
  connected: true,
  admin: false,
  company: "",
  reason: "",
  budget: { left: 0, limit: 0, known: false },
};

/** Which CRM the team uses, and whether it can be asked from here. */
export class CrmProviderState {
  value = $state.raw<CrmProvider>(unknown);
  loaded = $state(false);
  error = $state.raw<BackendError | undefined>();
  readonly #backend: Backend;
  readonly #order = new Latest();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Records are somebody else's: they are read here, and changed over there. */
  get outside(): boolean {
    return this.value.kind !== "builtin";
  }

  /** Whose records are shown: other ones when this changes. */
  get place(): string {
    const { kind, company, connected } = this.value;
    return [kind, company, String(connected)].join(" ");
  }

  /** What people call it; "" for the built-in contact book. */
  get name(): string {
    return this.outside ? "Pipedrive" : "";
  }

  async load(): Promise<void> {
    const news = this.#order.ask();
    try {
      const value = await this.#backend.crm.provider();
      if (!news()) return;
      this.value = { ...unknown, ...value, budget: { ...unknown.budget, ...value.budget } };
      this.error = undefined;
      this.loaded = true;
    } catch (thrown) {
      if (news()) this.error = BackendError.from(thrown);
    }
  }

  /** Rejects with what the CRM said; nothing has changed then. */
  async connect(order: CrmConnect): Promise<void> {
    await this.#backend.crm.connect(order);
    await this.load();
  }

  async disconnect(): Promise<void> {
    await this.#backend.crm.disconnect();
    await this.load();
  }
}
