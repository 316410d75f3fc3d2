const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** One or two letters for a round mark: "Sanne Hoekstra" → "SH", "" → "?". */
export function initials(name: string): string {
  const words = name
    .replace(/<[^>]*>|@.*$/g, " ")
    .split(/[\s.,_+()"']+/)
    .filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const first = words.at(0);
  if (!first) return "?";
  const last = words.length > 1 ? words.at(-1) : undefined;
  return (grapheme(first) + (last ? grapheme(last) : "")).toLocaleUpperCase();
}

function grapheme(word: string): string {
  for (const { segment } of letters.segment(word)) return segment;
  return "";
}
