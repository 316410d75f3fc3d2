// Which rows of a very long list are on the screen. Rows are equally high, so
// it is arithmetic. Browsers draw no element higher than some 33 million
// pixels (Firefox 17), and a million rows would be 76 million: above the cap
// the track is as high as the cap, and moves on it are translated.

export interface Geometry {
  count: number;
  rowHeight: number;
  viewport: number;
}

/** The highest element we make. */
export const cap = 12_000_000;

export function contentHeight(g: Geometry): number {
  return g.count * g.rowHeight;
}

/** The height of the element that is scrolled over. */
export function trackHeight(g: Geometry): number {
  return Math.min(contentHeight(g), cap);
}

/** How far content and track can be scrolled. */
function reach(g: Geometry): { content: number; track: number } {
  return {
    content: Math.max(0, contentHeight(g) - g.viewport),
    track: Math.max(0, trackHeight(g) - g.viewport),
  };
}

/** Where the track has to stand for a place in the content. */
export function toTrack(g: Geometry, offset: number): number {
  const { content, track } = reach(g);
  return content === 0 ? 0 : (offset / content) * track;
}

/**
 * Where the content stands after the track went from one place to another.
 * Small moves (wheel, keys, touch) move the rows by just as much; a leap (the
 * scrollbar's thumb) goes to the same share of the whole.
 */
export function follow(g: Geometry, offset: number, from: number, to: number): number {
  const { content, track } = reach(g);
  if (content === track) return clampOffset(g, to);
  if (to <= 0) return 0;
  if (to >= track - 1) return content;
  const move = to - from;
  if (Math.abs(move) < g.viewport * 2) return clampOffset(g, offset + move);
  return clampOffset(g, (to / track) * content);
}

export function clampOffset(g: Geometry, offset: number): number {
  return Math.min(Math.max(0, offset), reach(g).content);
}

/** The rows to draw: those on the screen and a few on either side. */
export function visible(g: Geometry, offset: number, spare = 4): { from: number; to: number } {
  if (g.count === 0 || g.viewport === 0) return { from: 0, to: 0 };
  const first = Math.floor(offset / g.rowHeight);
  const last = Math.ceil((offset + g.viewport) / g.rowHeight);
  return { from: Math.max(0, first - spare), to: Math.min(g.count, last + spare) };
}

/** The offset that brings a row into view with the least movement. */
export function reveal(g: Geometry, offset: number, index: number): number {
  const top = index * g.rowHeight;
  if (top < offset) return clampOffset(g, top);
  const bottom = top + g.rowHeight - g.viewport;
  return clampOffset(g, Math.max(offset, bottom));
}
