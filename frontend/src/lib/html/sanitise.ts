import createDOMPurify, {
  type Config,
  type DOMPurify,
  type UponSanitizeAttributeHookEvent,
} from "dompurify";
import { safeStyleAttribute, safeStyleSheet } from "./css";
import { linkTarget } from "./links";

/**
 * Mail that is safe to put into a frame: html is what DOMPurify wrote, and
 * nothing may touch it afterwards. Each link of the mail leads to
 * `about:srcdoc#lN`, where N is its place in links.
 */
export interface SafeMail {
  html: string;
  links: string[];
  /** How many images were left out because they are not part of the message. */
  remoteImages: number;
}

// Short on purpose: what lays out text, tables and pictures. No svg, math,
// forms, frames, objects, media, link, meta or base.
const allowedTags = (
  "html head body style a abbr address article aside b bdi bdo big blockquote br caption center cite code col " +
  "colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins " +
  "kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table " +
  "tbody td tfoot th thead tr tt u ul var wbr"
).split(" ");

const allowedAttributes = (
  "align alt bgcolor border cellpadding cellspacing class color cols colspan dir face height href hspace lang " +
  "nowrap rowspan size span src start style title type valign value vspace width"
).split(" ");

const rasterImage = /^data:image\/(png|jpe?g|gif|webp|bmp|avif|x-icon);base64,[a-z0-9+/=\s]*$/i;
const elsewhere = /^\s*(https?:|\/\/)/i;

const config: Config = {
  ALLOWED_TAGS: allowedTags,
  ALLOWED_ATTR: allowedAttributes,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOW_UNKNOWN_PROTOCOLS: false,
  WHOLE_DOCUMENT: true,
  SANITIZE_DOM: true,
};

/** Takes everything from a mail's HTML that runs, loads, submits or covers. */
export function sanitise(mail: string): SafeMail {
  const result: SafeMail = { html: "", links: [], remoteImages: 0 };
  const purifier = createDOMPurify(window);
  const inert = document.implementation.createHTMLDocument("");
  purifier.addHook("uponSanitizeElement", (node) => {
    if (node.nodeName === "STYLE") node.textContent = safeStyleSheet(node.textContent ?? "");
  });
  purifier.addHook("uponSanitizeAttribute", (element, attribute) =>
    judge(element, attribute, inert, result),
  );
  numberLinks(purifier, result.links);
  result.html = purifier.sanitize(mail, config);
  return result;
}

function judge(
  element: Element,
  attribute: UponSanitizeAttributeHookEvent,
  inert: Document,
  result: SafeMail,
): void {
  switch (attribute.attrName) {
    case "style":
      attribute.attrValue = safeStyleAttribute(attribute.attrValue, inert);
      attribute.keepAttr = attribute.attrValue !== "";
      return;
    case "src":
      if (elsewhere.test(attribute.attrValue)) result.remoteImages++;
      attribute.keepAttr = element.nodeName === "IMG" && rasterImage.test(attribute.attrValue);
      return;
    case "href":
      attribute.keepAttr = element.nodeName === "A";
  }
}

function numberLinks(purifier: DOMPurify, links: string[]): void {
  purifier.addHook("afterSanitizeAttributes", (element) => {
    if (!element.hasAttribute("href")) return;
    const target = linkTarget(element.getAttribute("href") ?? "");
    if (!target) {
      element.removeAttribute("href");
      return;
    }
    element.setAttribute("href", `about:srcdoc#l${links.push(target) - 1}`);
    element.setAttribute("title", target);
  });
}
