import { BackendError, type Backend, type ConnectMessenger, type ConnectWhatsApp, type Step } from "$lib/backend";
import { phone, readPhone } from "$lib/text/phone";
import { OpenSince } from "./since.svelte";

// Steps of a check that warn of something and keep nobody from connecting.
const warnings = ["webhook", "feature"];

/** What somebody fills in to connect a provider's account; nothing of it is lost on an error. */
abstract class ChatForm<Order> {
  name = $state("");
  shared = $state(true);
  busy = $state(false);
  steps = $state.raw<Step[]>([]);
  error = $state.raw<BackendError | undefined>();
  readonly since: OpenSince;
  protected readonly channels: Backend["channels"];
  // What was checked: whatever is changed after that is checked anew.
  #checked = $state("");

  constructor({ channels }: Pick<Backend, "channels">, now: () => Date) {
    this.channels = channels;
    this.since = new OpenSince(now);
  }

  abstract get order(): Order;
  /** Everything that is needed is there, and looks like what it should be. */
  abstract get ready(): boolean;
  protected abstract check(order: Order): Promise<Step[]>;
  protected abstract connect(order: Order): Promise<string>;

  /** What became of the check, without what is of no concern here. */
  get found(): Step[] {
    return this.steps;
  }

  /** The check only warned, of something that a person may leave as it is. */
  get warned(): boolean {
    const bad = this.found.filter((step) => !step.ok);
    return bad.length > 0 && bad.every(({ step }) => warnings.includes(step)) && this.#checked === JSON.stringify(this.order);
  }

  /** Checks and connects; gives the channel's id, or nothing when the form shows why not. */
  async submit(): Promise<string | undefined> {
    const { order, warned } = this;
    [this.busy, this.error] = [true, undefined];
    try {
      if (!warned) {
        this.steps = [];
        this.steps = await this.check(order);
        this.#checked = JSON.stringify(order);
        if (this.found.some((step) => !step.ok)) return undefined;
      }
      return await this.connect(order);
    } catch (thrown) {
      this.error = BackendError.from(thrown);
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

const sid = (begins: string) => new RegExp(`^${begins}[0-9a-f]{32}$`, "i");
export const isAccount = (text: string): boolean => sid("AC").test(text.trim());
export const isKey = (text: string): boolean => sid("SK").test(text.trim());

export class WhatsAppForm extends ChatForm<ConnectWhatsApp> {
  sender = $state("");
  account = $state("");
  key = $state("");
  secret = $state("");

  get number(): string {
    return readPhone(this.sender);
  }

  get ready(): boolean {
    return this.number !== "" && isAccount(this.account) && isKey(this.key) && this.secret !== "";
  }

  get order(): ConnectWhatsApp {
    return {
      name: this.name.trim() || phone(this.number),
      shared: this.shared,
      accountSid: this.account.trim(),
      apiKey: this.key.trim(),
      apiSecret: this.secret.trim(),
      sender: this.number,
      openSince: this.since.value,
      baseUrl: "",
    };
  }

  protected check(order: ConnectWhatsApp): Promise<Step[]> {
    return this.channels.checkWhatsApp(order);
  }

  protected connect(order: ConnectWhatsApp): Promise<string> {
    return this.channels.connectWhatsApp(order);
  }
}

export class MessengerForm extends ChatForm<ConnectMessenger> {
  token = $state("");
  humanAgent = $state(false);

  get ready(): boolean {
    return this.token.trim() !== "";
  }

  /** That Meta did not grant Human Agent concerns who said that it did. */
  override get found(): Step[] {
    return this.steps.filter(({ ok, step }) => ok || step !== "feature" || this.humanAgent);
  }

  get order(): ConnectMessenger {
    return {
      name: this.name.trim(),
      shared: this.shared,
      pageToken: this.token.trim(),
      humanAgent: this.humanAgent,
      openSince: this.since.value,
      baseUrl: "",
    };
  }

  protected check(order: ConnectMessenger): Promise<Step[]> {
    return this.channels.checkMessenger(order);
  }

  protected connect(order: ConnectMessenger): Promise<string> {
    return this.channels.connectMessenger(order);
  }
}
