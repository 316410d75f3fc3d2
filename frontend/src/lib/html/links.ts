const schemes = new Set(["http:", "https:", "mailto:", "tel:"]);

/** The address that a link of a mail may lead to, or '' for one that is not followed. */
export function linkTarget(href: string): string {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return "";
  }
  if (!schemes.has(url.protocol)) return "";
  // A name before the host only ever pretends to be one.
  url.username = "";
  url.password = "";
  return url.href;
}

/** What a person must see before a link is opened: where it really leads. */
export function linkHost(target: string): string {
  const url = new URL(target);
  return url.host || url.pathname;
}
