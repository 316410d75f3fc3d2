/**
 * What mail may style. CSS is read by the browser's own parser, so that what
 * is judged here is what would be applied, and written anew from what passed.
 */

// What can load something, smuggle a value past this filter, or end the style
// element it stands in.
const loads =
  /url\(|image-set\(|image\(|src\(|cross-fade\(|element\(|paint\(|var\(|env\(|attr\(|expression\(|\\|<|@/i;
const refusedProperty = /^(--|behavior$|-moz-binding$|animation|transition|offset-path|cursor$)/;
const stuckPosition = /^(fixed|sticky|-webkit-sticky)$/i;

/** The declarations of a style that neither load anything nor cover the window. */
export function safeDeclarations(style: CSSStyleDeclaration): string {
  const kept: string[] = [];
  for (let i = 0; i < style.length; i++) {
    const name = style.item(i);
    const value = style.getPropertyValue(name);
    if (refusedProperty.test(name) || loads.test(value)) continue;
    if (name === "position" && stuckPosition.test(value)) continue;
    const important = style.getPropertyPriority(name) === "important" ? " !important" : "";
    kept.push(`${name}: ${value}${important}`);
  }
  return kept.join("; ");
}

/** A style attribute without what safeDeclarations refuses. */
export function safeStyleAttribute(text: string, inert: Document): string {
  const probe = inert.createElement("div");
  probe.style.cssText = text;
  return safeDeclarations(probe.style);
}

/** A style sheet without what safeDeclarations refuses and without at-rules but media queries. */
export function safeStyleSheet(text: string): string {
  const sheet = new CSSStyleSheet();
  try {
    sheet.replaceSync(text);
  } catch {
    return "";
  }
  return safeRules(sheet.cssRules);
}

function safeRules(rules: CSSRuleList): string {
  return Array.from(rules, safeRule).filter(Boolean).join("\n");
}

function safeRule(rule: CSSRule): string {
  if (rule instanceof CSSStyleRule) {
    const declarations = safeDeclarations(rule.style);
    return declarations && !loads.test(rule.selectorText)
      ? `${rule.selectorText} { ${declarations} }`
      : "";
  }
  if (rule instanceof CSSMediaRule) {
    const inner = safeRules(rule.cssRules);
    return inner && !loads.test(rule.conditionText)
      ? `@media ${rule.conditionText} {\n${inner}\n}`
      : "";
  }
  return "";
}
