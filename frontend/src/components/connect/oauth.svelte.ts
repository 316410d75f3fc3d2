import { BackendError, type Authorization, type AuthorizeRequest, type Backend, type OAuth, type Provider } from "$lib/backend";
import { m } from "$lib/i18n";

/** The firms as people call them. */
export const firms: Record<Provider, string> = { google: "Google", microsoft: "Microsoft" };

/** How a mailbox is signed in to: by a password, or at a provider in a browser. */
export class OAuthForm {
  /** "": by a password. */
  provider = $state<"" | Provider>("");
  clientId = $state("");
  clientSecret = $state("");
  tenant = $state("");
  device = $state(false);
  /** What the person is to do in a browser now. */
  waiting = $state.raw<Authorization | undefined>();
  /** Whose account it is, as far as that is known. */
  address = $state("");
  /** How it is signed in to now: what is left out above stays as it is. */
  now = $state.raw<OAuth | undefined>();
  /** The provider's stand-in, in tests. */
  baseUrl = "";
  /** Which channel signs in again; "team" is the team mailbox. */
  readonly #channelId: string;
  readonly #backend: Backend;
  #others: OAuth[];
  #chosen = false;
  #grant = "";
  #for = "";
  #round = 0;

  constructor(backend: Backend, { channelId = "", now, others = [] }: { channelId?: string; now?: OAuth | undefined; others?: OAuth[] } = {}) {
    this.#backend = backend;
    this.#channelId = channelId;
    this.#others = others;
    if (now?.provider) this.follow(now);
  }

  /** The firm's name, "" with a password. */
  get firm(): string {
    return this.provider ? firms[this.provider] : "";
  }

  /** Whether this very program was signed in with before on this computer: its secret is here. */
  get known(): boolean {
    const before = this.now ? [this.now, ...this.#others] : this.#others;
    return before.some((each) => each.provider === this.provider && each.clientId === this.clientId.trim());
  }

  get missesClient(): boolean {
    return this.provider !== "" && this.clientId.trim() === "";
  }

  get missesSecret(): boolean {
    return this.provider === "google" && this.clientSecret.trim() === "" && !this.known;
  }

  get ready(): boolean {
    return this.provider !== "" && !this.missesClient && !this.missesSecret;
  }

  /** Takes over how something is signed in to already. */
  follow(now: OAuth): void {
    this.now = now;
    this.provider = now.provider;
    this.clientId = now.clientId;
    this.tenant = now.tenant;
    this.baseUrl = now.baseUrl;
  }

  /** What an address suggests, unless the person chose. */
  suggest(provider: "" | Provider): void {
    if (!this.#chosen) this.#take(provider);
  }

  choose(provider: "" | Provider): void {
    this.#chosen = true;
    this.#take(provider);
  }

  #take(provider: "" | Provider): void {
    if (provider === this.provider) return;
    this.provider = provider;
    this.device = false;
    const before = [...(this.now ? [this.now] : []), ...this.#others].find((each) => each.provider === provider);
    this.clientId = before?.clientId ?? "";
    this.tenant = before?.tenant ?? "";
    if (before) this.baseUrl = before.baseUrl;
    this.clientSecret = "";
  }

  #request(): AuthorizeRequest {
    return {
      provider: this.provider || "google",
      clientId: this.clientId.trim(),
      clientSecret: this.clientSecret.trim(),
      tenant: this.provider === "microsoft" ? this.tenant.trim() : "",
      address: this.address.trim(),
      device: this.device && this.provider === "microsoft",
      baseUrl: this.baseUrl,
      channelId: this.#channelId,
    };
  }

  /** Has the person sign in, and gives what stands for it; the same again while nothing changed. */
  async grant(): Promise<string> {
    const request = this.#request();
    const key = JSON.stringify(request);
    if (this.#grant && this.#for === key) return this.#grant;
    this.forget();
    const round = this.#round;
    const begun = await this.#backend.channels.authorize(request);
    if (round !== this.#round) {
      void this.#backend.channels.unauthorize(begun.grant);
      throw this.#stopped();
    }
    [this.#grant, this.#for, this.waiting] = [begun.grant, key, begun];
    if (begun.url && !begun.opened) void this.#backend.channels.openAuthorization(begun).catch(() => undefined);
    try {
      await this.#done(begun.grant, round);
    } catch (thrown) {
      if (round === this.#round) this.forget();
      throw thrown;
    }
    this.waiting = undefined;
    return begun.grant;
  }

  async #done(grant: string, round: number): Promise<void> {
    for (;;) {
      const { state, reason } = await this.#backend.channels.authorized(grant);
      if (round !== this.#round) throw this.#stopped();
      if (state === "failed") throw new BackendError("auth", reason);
      if (state === "done") return;
    }
  }

  #stopped(): BackendError {
    return new BackendError("conflict", m.oauth_stopped());
  }

  /** Opens the page once more. */
  async open(): Promise<void> {
    if (this.waiting) await this.#backend.channels.openAuthorization(this.waiting);
  }

  /** Gives a sign-in up: one that waits, or that a server did not take. */
  forget(): void {
    this.#round++;
    const grant = this.#grant;
    [this.#grant, this.#for, this.waiting] = ["", "", undefined];
    if (grant) void this.#backend.channels.unauthorize(grant).catch(() => undefined);
  }

  /** The sign-in is in use now: there is nothing to give up. */
  used(): void {
    [this.#grant, this.#for] = ["", ""];
  }
}
