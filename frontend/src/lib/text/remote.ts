const remote =
  /(?:<(?:img|table|td|th|body|div|source)\b[^>]*?\b(?:src|srcset|background)\s*=\s*["']?\s*(?:https?:)?\/\/)|(?:url\(\s*["']?\s*(?:https?:)?\/\/)/i;

/** Whether a mail wants to fetch pictures from elsewhere. A hint for the bar
    that offers to show them, never a protection. */
export function hasRemoteImages(html: string): boolean {
  return remote.test(html);
}
