import { mount, unmount } from "svelte";
import MessageBody from "$components/message/MessageBody.svelte";
import { frameDocument, frameSandbox } from "$lib/html/frame";
import { sanitise, type SafeMail } from "$lib/html/sanitise";

/** How mail is shown: as the window does, or with one half of its protection taken away. */
export type Mode = "real" | "unsanitised" | "unframed" | "raw";

interface Harness {
  show(mails: string[], mode: Mode): Promise<void>;
  touchEverything(): void;
  sanitise(mail: string): SafeMail;
  links: string[];
}

declare global {
  interface Window {
    harness: Harness;
  }
}

const place = document.getElementById("mails") as HTMLElement;
let mounted: Record<string, unknown>[] = [];

const harness: Harness = {
  links: [],
  sanitise,
  async show(mails, mode) {
    await Promise.all(mounted.map((component) => unmount(component)));
    mounted = [];
    place.replaceChildren();
    const frames = mails.map((mail, at) => (mode === "real" ? view(mail, at) : bare(mail, mode)));
    await Promise.all(frames.map(loaded));
  },
  // What a person could do to a mail, and more: every element is clicked,
  // focused and pointed at.
  touchEverything() {
    for (const frame of place.querySelectorAll("iframe")) {
      const all = frame.contentDocument?.querySelectorAll<HTMLElement>("*") ?? [];
      for (const element of Array.from(all).slice(0, 500)) touch(element);
    }
  },
};

function touch(element: HTMLElement): void {
  const events = [
    "pointerover",
    "mouseover",
    "mousemove",
    "mousedown",
    "mouseup",
    "dblclick",
    "contextmenu",
    "wheel",
  ];
  for (const name of events)
    element.dispatchEvent(new MouseEvent(name, { bubbles: true, cancelable: true }));
  element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  element.focus?.();
  element.click?.();
}

function view(mail: string, at: number): HTMLIFrameElement {
  const target = place.appendChild(document.createElement("div"));
  const onlink = (url: string, host: string) => harness.links.push(`${host} ${url}`);
  mounted.push(
    mount(MessageBody, { target, props: { html: mail, messageId: String(at), onlink } }),
  );
  return target.querySelector("iframe") as HTMLIFrameElement;
}

function bare(mail: string, mode: Mode): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  if (mode === "unsanitised") {
    frame.setAttribute("sandbox", frameSandbox);
    frame.srcdoc = frameDocument(mail);
  } else {
    frame.srcdoc = mode === "unframed" ? sanitise(mail).html : mail;
  }
  return place.appendChild(frame);
}

function loaded(frame: HTMLIFrameElement): Promise<void> {
  return new Promise((done) => {
    frame.addEventListener("load", () => done(), { once: true });
    // A frame whose document loads before this line never says so again; one
    // that is led elsewhere never loads at all.
    setTimeout(done, 1_000);
  });
}

window.harness = harness;
