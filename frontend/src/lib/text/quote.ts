// Answers carry what they answer. People have that on the screen already, so
// it is folded: own words first, the rest behind a button.

export interface Split {
  own: string;
  quoted: string;
}

const quotedLine = /^\s{0,3}>/;
// "On …, X wrote:", "Op … schreef X:", "Am … schrieb X:", "Le … a écrit :"
const intro = /^\s*(on|op|am|le|el|il|em|den)\b.{4,200}\b(wrote|schreef|schrieb|écrit|escribió|ha scritto|escreveu|skrev)\b.{0,120}:\s*$/iu;
const introStart = /^\s*(on|op|am|le|el|il|em|den)\b.{4,200}$/iu;
const divider = /^\s*(-{2,}\s*(original message|oorspronkelijk bericht|forwarded message|ursprüngliche nachricht|message d'origine)\s*-{2,}|_{20,})\s*$/iu;
const header = /^\s*\*?(from|van|von|de):\*?\s+\S/iu;
const headerNext = /^\s*\*?(sent|verzonden|gesendet|envoyé|date|datum|to|aan|an|à|subject|onderwerp|betreff|objet):\*?\s/iu;

/** Parts a text where the quoted original begins; nothing is lost or changed. */
export function splitQuote(text: string): Split {
  const lines = text.split("\n");
  const start = beginning(lines);
  if (start === undefined) return { own: text, quoted: "" };
  const own = lines.slice(0, start).join("\n").trimEnd();
  // All quotation, nothing of their own: folding it would show nothing.
  if (own.trim() === "") return { own: text, quoted: "" };
  return { own, quoted: lines.slice(start).join("\n") };
}

function beginning(lines: string[]): number | undefined {
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (divider.test(line)) return at;
    if (header.test(line) && headerNext.test(lines[at + 1] ?? "")) return at;
    if (introducesQuote(lines, at)) return at;
    if (quotedLine.test(line) && onlyQuoteFollows(lines, at)) return at;
  }
  return undefined;
}

// The sentence before a quote is often broken over two lines.
function introducesQuote(lines: string[], at: number): boolean {
  const line = lines[at] ?? "";
  const joined = introStart.test(line) ? `${line} ${(lines[at + 1] ?? "").trim()}` : line;
  for (const [sentence, length] of [[line, 1], [joined, 2]] as const) {
    if (!intro.test(sentence)) continue;
    const next = lines.slice(at + length).find((other) => other.trim() !== "");
    return next === undefined || quotedLine.test(next) || !lines.some((l) => quotedLine.test(l));
  }
  return false;
}

function onlyQuoteFollows(lines: string[], at: number): boolean {
  return lines.slice(at).every((line) => line.trim() === "" || quotedLine.test(line));
}
