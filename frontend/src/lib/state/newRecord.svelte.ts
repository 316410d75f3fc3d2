import type { CrmContact, RecordFields, RecordHit, RecordKind } from "$lib/backend";
import { looksLikeAddress } from "$lib/text/address";
import { money, parseMoney } from "$lib/text/money";

export type Problem = "name" | "title" | "email" | "value";

/** Whom a lead or deal is about: somebody there, somebody new, or nobody. */
export type About = "there" | "new" | "nobody";

/** Of digits, and what people put between them. */
const number = /^\+?[\d\s()./-]{5,}$/;
const replies = /^\s*(?:(?:re|fw|fwd|aw|wg|antw|doorst|sv|vs)\s*:\s*)+/i;

/** A new person, lead or deal while it is written, with what the conversation says already. */
export class NewRecord {
  readonly kind: RecordKind;
  name = $state("");
  title = $state("");
  email = $state("");
  phone = $state("");
  organization = $state("");
  value = $state("");
  currency = $state("EUR");
  stage = $state("qualified");
  /** One of an outside CRM's own stages; "" leaves that to the CRM. */
  stageThere = $state("");
  label = $state("");
  about = $state<About>("new");
  person = $state.raw<RecordHit | undefined>();
  /** What is wrong is said once somebody tried to go on. */
  tried = $state(false);

  constructor(kind: RecordKind, prefill: CrmContact["prefill"], person?: RecordHit) {
    this.kind = kind;
    this.name = prefill.name;
    this.email = prefill.email;
    this.phone = prefill.phone;
    this.title = prefill.title.replace(replies, "").trim() || prefill.name;
    if (person) this.choose(person);
  }

  choose(person: RecordHit): void {
    this.person = person;
    this.about = "there";
  }

  /**
   * Somebody who is not in the CRM yet, with what was looked for: an address and
   * a number of the contact, or a name; another name than theirs is somebody else.
   */
  makeNew(text = this.name): void {
    this.about = "new";
    if (looksLikeAddress(text)) this.email = text;
    else if (number.test(text)) this.phone = text;
    else if (text !== this.name) [this.name, this.email, this.phone] = [text, "", ""];
  }

  get makesPerson(): boolean {
    return this.kind === "person" || this.about === "new";
  }

  get amount(): string | undefined {
    return parseMoney(this.value);
  }

  /** The amount as it was understood, to see a slip before it costs. */
  understood(locale: string): string {
    return this.amount ? money(this.amount, this.currency, locale) : "";
  }

  get problems(): Problem[] {
    const found: Problem[] = [];
    if (this.kind !== "person" && !this.title.trim()) found.push("title");
    if (this.makesPerson && !this.name.trim()) found.push("name");
    if (this.makesPerson && this.email.trim() && !looksLikeAddress(this.email)) found.push("email");
    if (this.kind !== "person" && this.amount === undefined) found.push("value");
    return found;
  }

  has(problem: Problem): boolean {
    return this.tried && this.problems.includes(problem);
  }

  /** What is to be made. outside: the CRM has stages and labels of its own. */
  fields(outside: boolean): RecordFields {
    const all: RecordFields = { ...this.#own(outside), ...this.#whom() };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
  }

  #own(outside: boolean): RecordFields {
    if (this.kind === "person") return { organization: this.organization.trim() };
    const amount = this.amount ?? "";
    const own: RecordFields = { title: this.title.trim(), value: amount, currency: amount ? this.currency : "" };
    if (outside) return this.kind === "deal" ? { ...own, stage: this.stageThere } : own;
    return this.kind === "deal" ? { ...own, stage: this.stage } : { ...own, label: this.label };
  }

  #whom(): RecordFields {
    if (this.makesPerson) return { name: this.name.trim(), email: this.email.trim(), phone: this.phone.trim() };
    return this.about === "there" ? { personId: this.person?.id ?? "" } : {};
  }
}
