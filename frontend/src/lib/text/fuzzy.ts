/** Letters as they are compared: without case and accents. */
const plain = (text: string) => text.normalize("NFD").replace(/\p{M}+/gu, "").toLocaleLowerCase();

/**
 * How well a text is meant by what was typed, from 0 (not at all) to 1: its
 * letters in their order. Whole words beat beginnings of words, and those beat
 * letters here and there.
 */
export function matches(text: string, typed: string): number {
  const [where, what] = [plain(text), plain(typed).trim()];
  if (!what) return 1;
  const words = what.split(/\s+/);
  const at = where.indexOf(what);
  if (at === 0) return 1;
  if (at > 0 && !inWord(where[at - 1])) return 0.9;
  if (words.every((word) => starts(where, word))) return 0.8;
  if (at > 0) return 0.6;
  return scattered(where, words.join(""));
}

const inWord = (letter = "") => /[\p{L}\p{N}]/u.test(letter);

function starts(where: string, word: string): boolean {
  for (let at = where.indexOf(word); at >= 0; at = where.indexOf(word, at + 1)) {
    if (at === 0 || !inWord(where[at - 1])) return true;
  }
  return false;
}

// Each letter after the one before; the more of them begin a word or follow at
// once, the better. Two letters far apart mean nothing.
function scattered(where: string, letters: string): number {
  let at = -1;
  let good = 0;
  for (const letter of letters) {
    const next = where.indexOf(letter, at + 1);
    if (next < 0) return 0;
    if (next === at + 1 || next === 0 || !inWord(where[next - 1])) good++;
    at = next;
  }
  const share = good / letters.length;
  return letters.length > 1 && share >= 0.6 ? share * 0.5 : 0;
}
