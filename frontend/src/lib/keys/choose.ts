// Choosing from a list with the keys, while the focus stays in a field.

/** Which option an arrow goes to, around the ends; undefined for another key. */
export function step(key: string, at: number, count: number): number | undefined {
  const by = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
  if (by === 0) return undefined;
  return count > 0 ? (at + by + count) % count : 0;
}

/** Scrolls an option into the view of its list, by its id. */
export function reveal(id: string): void {
  document.getElementById(id)?.scrollIntoView({ block: "nearest" });
}
