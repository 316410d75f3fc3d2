// Keys and sequences of keys ("g u"), apart from what they do.

export interface Binding {
  /** As written for people: "mod+k", "g u", "?". */
  keys: string;
  run: () => void;
  enabled?: () => boolean;
  /** Works while somebody is typing, too. */
  always?: boolean;
}

/** A sequence is forgotten after this long. */
export const patience = 1200;

const mac = () => /mac|iphone|ipad/i.test(navigator.platform);

/** How a key event is written in a binding. */
export function written(event: KeyboardEvent): string {
  const mod = mac() ? event.metaKey : event.ctrlKey;
  const parts: string[] = [];
  if (mod) parts.push("mod");
  if (event.altKey) parts.push("alt");
  const named = event.key.length > 1;
  if (event.shiftKey && (named || mod || /^[a-z]$/i.test(event.key))) parts.push("shift");
  parts.push(event.key === " " ? "space" : event.key.toLowerCase());
  return parts.join("+");
}

/** A binding's keys in the words of this system, one array per step. */
export function caps(keys: string): string[][] {
  const names: Record<string, string> = {
    mod: mac() ? "⌘" : "Ctrl",
    shift: mac() ? "⇧" : "Shift",
    alt: mac() ? "⌥" : "Alt",
    enter: "Enter",
    escape: "Esc",
    arrowdown: "↓",
    arrowup: "↑",
    space: "Space",
  };
  return keys
    .split(" ")
    .map((step) => step.split("+").map((part) => names[part] ?? part.toUpperCase()));
}

/** Turns key events into what is bound to them. */
export class Keymap {
  readonly #bindings: () => Binding[];
  #pending = "";
  #since = 0;

  constructor(bindings: () => Binding[]) {
    this.#bindings = bindings;
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const step = written(event);
    const open = event.timeStamp - this.#since < patience ? this.#pending : "";
    const typing = isTyping(event.target);
    const found = this.#find(open ? `${open} ${step}` : step, typing) ?? this.#find(step, typing);
    this.#pending = "";
    if (found) {
      event.preventDefault();
      found.run();
    } else if (!typing && this.#bindings().some((each) => each.keys.startsWith(`${step} `))) {
      this.#pending = step;
      this.#since = event.timeStamp;
    }
  }

  #find(keys: string, typing: boolean): Binding | undefined {
    return this.#bindings().find(
      (each) => each.keys === keys && (each.always || !typing) && (each.enabled?.() ?? true),
    );
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
