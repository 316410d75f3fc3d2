// Amounts cross the bridge as decimal strings. A number is made of one only to
// show it: no amount is ever added to another here.

const plain = /^-?\d{1,15}(?:\.\d{1,6})?$/;

/** An amount as people write it: "€ 3,250", "€ 890.50"; what is no amount stays as it is. */
export function money(value: string, currency: string, locale: string): string {
  if (!plain.test(value)) return [currency, value].filter(Boolean).join(" ");
  const digits = Number(value) % 1 === 0 ? 0 : 2;
  const form = { minimumFractionDigits: digits, maximumFractionDigits: 2 };
  const parts = (style: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, { ...form, ...style }).formatToParts(Number(value));
  if (!/^[A-Za-z]{3}$/.test(currency)) return join(parts({}));
  return join(parts({ style: "currency", currency, currencyDisplay: "narrowSymbol" }));
}

// Sign and amount stand apart in every language, on one line.
function join(parts: Intl.NumberFormatPart[]): string {
  const text = parts.map(({ type, value }) => (type === "currency" ? ` ${value} ` : value)).join("");
  return text.replaceAll(/\s+/g, "\u00a0").replaceAll(/^\u00a0|\u00a0$/g, "");
}

/**
 * An amount as somebody typed it ("3.250,50", "€ 3,250") as a decimal string;
 * undefined when it cannot be one. The last mark that is followed by one or two
 * digits parts the cents, every other groups thousands.
 */
export function parseMoney(typed: string): string | undefined {
  const bare = typed.replaceAll(/[\s\u00a0€$£'’]/g, "").replace(/,-+$|\.-+$/, "");
  if (bare === "") return "";
  const found = /^(-?)(\d{1,3}(?:([.,])\d{3})(?:\3\d{3})*|\d+)(?:([.,])(\d{1,2}))?$/.exec(bare);
  if (!found || (found[3] && found[3] === found[4])) return undefined;
  const whole = (found[2] ?? "").replaceAll(/[.,]/g, "").replace(/^0+(?=\d)/, "");
  const cents = found[5];
  const value = `${found[1]}${whole}${cents ? `.${cents.padEnd(2, "0")}` : ""}`;
  return plain.test(value) ? value : undefined;
}
