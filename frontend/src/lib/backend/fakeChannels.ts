import type { Backend } from "./backend";
import { BackendError } from "./error";
import type * as t from "./types";

type Called = (name: string, ...args: unknown[]) => void;

/** Twilio's demo webhook still answers customers: a warning, nothing that keeps one from connecting. */
export const demoWebhook: t.Step = {
  step: "webhook",
  ok: false,
  message: "Twilio’s own sample answers every customer by itself. In the Twilio Console, open Messaging, Senders, this number, and empty the webhook address for incoming messages.",
};

const providers: Record<string, t.Provider> = { "gmail.com": "google", "outlook.com": "microsoft" };

const refused = (ok: boolean, message: string, why: string): t.Step[] => (ok ? [{ step: "key", ok, message }] : [{ step: "key", ok, message: why }]);

/** The channels of a program in memory. A secret of "wrong" is refused, one of "demo" finds the demo webhook. */
export class FakeChannels {
  #list: t.Channel[];
  #serial = 0;
  /** What a person does on a provider's page. */
  signsIn: () => Promise<t.AuthorizationState> = async () => ({ state: "done", reason: "", address: "" });
  readonly #called: Called;
  readonly #changed: () => void;

  constructor(list: t.Channel[], called: Called, changed: () => void) {
    this.#list = list.map((channel) => ({ ...channel }));
    this.#called = called;
    this.#changed = changed;
  }

  get list(): t.Channel[] {
    return this.#list;
  }

  #add(channel: Omit<t.Channel, "id" | "installer" | "state" | "reason">): string {
    const id = `ch${++this.#serial}`;
    this.#list = [...this.#list, { ...channel, id, installer: "bram", state: "ok", reason: "" }];
    this.#changed();
    return id;
  }

  #change(id: string, changes: Partial<t.Channel>): void {
    this.#list = this.#list.map((channel) => (channel.id === id ? { ...channel, ...changes } : channel));
  }

  #twilio({ apiSecret, sender }: t.ConnectWhatsApp): t.Step[] {
    if (apiSecret === "wrong") return refused(false, "", "Twilio refused the key. Check the key and its secret, and that they belong to this account.");
    return [
      ...refused(true, "Twilio knows the key.", ""),
      { step: "sender", ok: true, message: `${sender} can send and receive.` },
      apiSecret === "demo" ? demoWebhook : { step: "webhook", ok: true, message: "Nothing answers customers by itself." },
    ];
  }

  #meta({ pageToken }: t.ConnectMessenger): t.Step[] {
    if (pageToken === "wrong") return [{ step: "token", ok: false, message: "Meta refused the token. Generate a new one for this page." }];
    const feature = { step: "feature", ok: false, message: "The page does not have the Human Agent feature: a message can be answered for 24 hours, and not after that." };
    return [{ step: "token", ok: true, message: "Meta knows the token." }, { step: "page", ok: true, message: "It is the page Noordzee Fietsen." }, feature];
  }

  get service(): Backend["channels"] {
    const called = this.#called;
    const refuse = (steps: t.Step[], detail: string) => {
      const bad = steps.find((step) => !step.ok && (step.step === "key" || step.step === "token"));
      if (bad) throw new BackendError("auth", bad.message, detail);
    };
    return {
      list: async () => (called("channels.list"), this.#list.map((channel) => ({ ...channel }))),
      guess: async (address) => {
        called("channels.guess", address);
        const domain = address.split("@")[1] ?? "";
        return {
          imap: { host: `imap.${domain}`, port: 993, security: "tls", username: address },
          smtp: { host: `smtp.${domain}`, port: 465, security: "tls", username: address },
          provider: providers[domain] ?? "",
        };
      },
      authorize: async (request) => {
        called("channels.authorize", request);
        if (request.clientId === "wrong") throw new BackendError("invalid", "This is not a client id.");
        const grant = `grant${++this.#serial}`;
        if (request.device) return { grant, url: "", opened: false, code: "ABCD-1234", page: "https://microsoft.example/device" };
        return { grant, url: `https://${request.provider}.example/sign-in`, opened: true, code: "", page: "" };
      },
      authorized: async (grant) => (called("channels.authorized", grant), this.signsIn()),
      openAuthorization: async ({ grant }) => called("channels.openAuthorization", grant),
      unauthorize: async (grant) => called("channels.unauthorize", grant),
      connectEmail: async (order) => {
        called("channels.connectEmail", order);
        if (order.password === "wrong") {
          const message = "The server refused the password. Type it again, or make an app password at your provider.";
          throw new BackendError("auth", message, "PV-1204 · NO [AUTHENTICATIONFAILED]");
        }
        if (order.grant === "" && order.password === "") throw new BackendError("invalid", "The password is missing.");
        return this.#add({ kind: "email", name: order.name, address: order.address, shared: order.shared });
      },
      connectWhatsApp: async (order) => {
        called("channels.connectWhatsApp", order);
        refuse(this.#twilio(order), "Twilio 20003");
        const { name, shared, accountSid, apiKey } = order;
        return this.#add({ kind: "whatsapp", name, address: order.sender, shared, accountSid, apiKey });
      },
      connectMessenger: async (order) => {
        called("channels.connectMessenger", order);
        refuse(this.#meta(order), "Meta 190");
        return this.#add({ kind: "messenger", name: order.name || "Noordzee Fietsen", address: "104211887362051", shared: order.shared, humanAgent: order.humanAgent });
      },
      checkWhatsApp: async (order) => (called("channels.checkWhatsApp", order), this.#twilio(order)),
      checkMessenger: async (order) => (called("channels.checkMessenger", order), this.#meta(order)),
      update: async (id, changes) => {
        called("channels.update", id, changes);
        this.#change(id, changes);
      },
      signIn: async (id, secrets) => {
        called("channels.signIn", id, secrets);
        if (secrets.apiSecret === "wrong" || secrets.pageToken === "wrong") throw new BackendError("auth", "It was refused. Paste the new one again.", "Twilio 20003");
      },
      setInstaller: async (id, memberId) => {
        called("channels.setInstaller", id, memberId);
        this.#change(id, { installer: memberId, needsInstaller: false });
      },
      check: async (id) => {
        called("channels.check", id);
        const kind = this.#list.find((channel) => channel.id === id)?.kind;
        if (kind === "whatsapp") return [...refused(true, "Twilio knows the key.", ""), demoWebhook];
        return [
          { step: "network", ok: true, message: "This computer is online." },
          { step: "imap", ok: true, message: "The mailbox opened." },
          { step: "smtp", ok: false, message: "The server for sending refuses the password." },
        ];
      },
      disconnect: async (id) => {
        called("channels.disconnect", id);
        this.#list = this.#list.filter((channel) => channel.id !== id);
        this.#changed();
      },
    };
  }
}
