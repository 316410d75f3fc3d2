import { BackendError } from "$lib/backend";
import { m } from "$lib/i18n";
import { errorText } from "./errors";

export interface Toast {
  id: number;
  /** What it is about, for the one who knows that it is over. */
  about: string;
  kind: "done" | "undo" | "countdown" | "void" | "error" | "info" | "news";
  title: string;
  text: string;
  detail: string;
  /** Whole seconds left, for a countdown. */
  left: number;
  undo?: () => void | Promise<void>;
  /** What helps, where undoing is not it. */
  actions?: ToastAction[];
  /** The person closed it, or took what it offered: it was seen. */
  onseen?: () => Promise<void>;
}

export interface ToastAction {
  label: string;
  run: () => void | Promise<void>;
}

const second = 1000;
const life = { done: 5, undo: 10, void: 20, error: 20, info: 20, news: 12 };
const most = 4;

/** What floats at the bottom: what was done, how to undo it, what went wrong. */
export class Toasts {
  list = $state<Toast[]>([]);
  /** A dialog is open: news would float over it, and waits. */
  busy = $state(false);
  #serial = 0;
  #timers = new Map<number, ReturnType<typeof setInterval>>();

  /** What is on the screen now. */
  get shown(): Toast[] {
    return this.busy ? this.list.filter((toast) => toast.kind !== "news") : this.list;
  }

  /** The same that was done once more takes the place of what was said before. */
  done(title: string, text = ""): void {
    for (const toast of this.list.filter((each) => each.kind === "done" && each.title === title)) this.dismiss(toast.id);
    this.#add({ about: "", kind: "done", title, text, detail: "", left: life.done });
  }

  undoable(title: string, text: string, undo: () => Promise<void>): void {
    this.#add({ about: "", kind: "undo", title, text, detail: "", left: life.undo, undo });
  }

  countdown(about: string, title: string, text: string, seconds: number, undo: () => Promise<void>): void {
    this.#add({ about, kind: "countdown", title, text, detail: "", left: seconds, undo });
  }

  /** Something that was decided here had no effect (R7). */
  void(about: string, title: string, text: string, actions: ToastAction[], onseen: () => Promise<void>): void {
    this.#add({ about, kind: "void", title, text, detail: "", left: life.void, actions, onseen });
  }

  /** Worth reading at leisure. */
  info(title: string, text: string): void {
    this.#add({ about: "", kind: "info", title, text, detail: "", left: life.info });
  }

  /** Something came; what came later about the same takes its place. */
  news(about: string, title: string, text: string, actions: ToastAction[]): void {
    this.drop(about);
    this.#add({ about, kind: "news", title, text, detail: "", left: life.news, actions });
  }

  error(thrown: unknown): void {
    const error = BackendError.from(thrown);
    const title = m.error_title();
    this.#add({ about: "", kind: "error", title, text: errorText(error), detail: error.detail, left: life.error });
  }

  /** Runs a change and shows what went wrong; says whether it went well. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      this.error(thrown);
      return false;
    }
  }

  dismiss(id: number): void {
    clearInterval(this.#timers.get(id));
    this.#timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Closed by the person, who has read it. */
  close(toast: Toast): void {
    this.dismiss(toast.id);
    if (toast.onseen) void this.attempt(toast.onseen);
  }

  act(toast: Toast, action: ToastAction): void {
    this.close(toast);
    void this.attempt(async () => action.run());
  }

  /** Takes away what says something that is not so any more. */
  drop(about: string): void {
    for (const toast of this.list.filter((each) => each.about === about)) this.dismiss(toast.id);
  }

  /** Undoes what was done last and can still be undone. */
  undoLast(): void {
    const toast = this.list.findLast((each) => each.undo);
    if (toast) this.undo(toast);
  }

  undo(toast: Toast): void {
    this.dismiss(toast.id);
    void this.attempt(async () => toast.undo?.());
  }

  destroy(): void {
    for (const timer of this.#timers.values()) clearInterval(timer);
    this.#timers.clear();
  }

  #add(toast: Omit<Toast, "id">): void {
    const id = ++this.#serial;
    this.list = [...this.list, { id, ...toast }].slice(-most);
    this.#timers.set(id, setInterval(() => this.#tick(id), second));
  }

  #tick(id: number): void {
    const toast = this.list.find((each) => each.id === id);
    // News waits for somebody to look.
    if (toast?.kind === "news" && (this.busy || document.hidden)) return;
    if (!toast || toast.left <= 1) this.dismiss(id);
    else toast.left--;
  }
}
