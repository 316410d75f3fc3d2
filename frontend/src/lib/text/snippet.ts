export interface Piece {
  text: string;
  hit: boolean;
}

const open = "\u0002";
const close = "\u0003";

/** A search snippet in pieces: what matched stands between U+0002 and U+0003. */
export function pieces(snippet: string): Piece[] {
  const out: Piece[] = [];
  let hit = false;
  let text = "";
  const flush = () => {
    if (text) out.push({ text, hit });
    text = "";
  };
  for (const letter of snippet) {
    if (letter === open || letter === close) {
      flush();
      hit = letter === open;
    } else {
      text += letter;
    }
  }
  flush();
  return out;
}
