const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A file's size as people say it: "184 kB", "2.4 MB". */
export function size(bytes: number, locale: string): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  // "bytes" is a word, the others are signs.
  const style = { style: "unit", unit: units[unit] ?? "byte", unitDisplay: unit === 0 ? "long" : "short" } as const;
  const digits = { maximumFractionDigits: unit > 1 && value < 10 ? 1 : 0 };
  return new Intl.NumberFormat(locale, { ...style, ...digits }).format(value);
}

const mebi = 1 << 20;

/** The most that something takes, as it is known: 5,242,880 bytes are "5 MB". */
export function limit(bytes: number, locale: string): string {
  return bytes % mebi === 0 ? size((bytes / mebi) * 1_000_000, locale) : size(bytes, locale);
}

const brieflyFrom = 100_000;

/** A count where room is short: "1,284", and "1.2M" for what nobody counts. */
export function brief(value: number, locale: string): string {
  if (value < brieflyFrom) return count(value, locale);
  return new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** "1,284" */
export function count(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}
