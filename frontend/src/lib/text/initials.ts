const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** One or two letters for a round mark: "Sanne Hoekstra" → "SH", "" → "?"; of a number its end, "+31 6 1234 5678" → "78". */
export function initials(name: string): string {
  if (/^\+[\d ]+$/.test(name)) return name.slice(-2);
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
