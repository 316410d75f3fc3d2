/**
 * The frame a mail is shown in. It never gets another sandbox token: no
 * scripts, popups, forms or top navigation. `allow-same-origin` alone lets the
 * window measure the frame and see which link was followed.
 */
export const frameSandbox = "allow-same-origin";

/** What the frame may load: nothing but the mail's own styles and pictures. */
export const framePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; form-action 'none'; base-uri 'none'";

// Mail is written for white paper and shown on it in both themes.
const paper = `
:root { color-scheme: light; background: #fff; color: #1c1c1a; }
html { overflow-y: hidden; overflow-x: auto; }
body { margin: 0; padding: 12px; font: 13px/20px system-ui, sans-serif; overflow-wrap: break-word; }
img { max-width: 100%; height: auto; }
img:not([src]) { display: inline-block; min-width: 16px; min-height: 16px; border: 1px dashed #85857e; }
pre { white-space: pre-wrap; }
blockquote { margin: 8px 0; padding-left: 12px; border-left: 2px solid #d0d0cb; }
table { max-width: 100%; }
`;

/** The whole document of a frame around sanitised mail. */
export function frameDocument(safeHTML: string): string {
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${framePolicy}"><style>${paper}</style>${safeHTML}`;
}

/** The number of the link that a frame was led to, or undefined. */
export function followedLink(frame: HTMLIFrameElement): number | undefined {
  const match = /^#l(\d+)$/.exec(frame.contentWindow?.location.hash ?? "");
  return match ? Number(match[1]) : undefined;
}

/** What a link of the mail says of itself. */
export function linkText(frame: HTMLIFrameElement, link: number): string {
  return frame.contentDocument?.querySelector(`a[href="about:srcdoc#l${link}"]`)?.textContent?.trim() ?? "";
}

/** Lets the same link be followed again. */
export function forgetLink(frame: HTMLIFrameElement): void {
  frame.contentWindow?.location.replace("about:srcdoc#");
}
