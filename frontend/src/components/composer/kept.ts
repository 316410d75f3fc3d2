import type { Draft, FileRef } from "$lib/backend";

export interface Letter {
  draft: Draft & { channelId: string };
  files: FileRef[];
}

const place = (me: string) => `postvak.letter.${me}`;

/** Whether there is anything in it that somebody would miss. */
export function begun({ draft, files }: Letter): boolean {
  const { to, cc, bcc, subject, templateId, text } = draft;
  return [...to, ...cc, ...bcc, subject.trim(), templateId, text.trim()].some(Boolean) || files.length > 0;
}

/**
 * The first message that was begun and not sent. It has no conversation yet
 * that could keep its draft, so the window does, for each member apart: it
 * is there again after a reload, a crash or a restart.
 */
export function keepLetter(me: string, letter: Letter | undefined): boolean {
  try {
    if (letter && begun(letter)) localStorage.setItem(place(me), JSON.stringify(letter));
    else localStorage.removeItem(place(me));
    return true;
  } catch {
    return false; // no room, or not allowed: the open dialog still has it
  }
}

/** The message that was begun, or nothing. */
export function keptLetter(me: string): Letter | undefined {
  try {
    const letter = JSON.parse(localStorage.getItem(place(me)) ?? "null") as Letter | null;
    return letter?.draft && Array.isArray(letter.files) ? letter : undefined;
  } catch {
    return undefined;
  }
}

/** Takes away all that the window keeps of a member, and gives what puts it back. */
export function forget(me: string): () => void {
  try {
    const all = Object.entries<string>(localStorage).filter(([name]) => name.replace(/^postvak\.\w+\./, "") === me);
    for (const [name] of all) localStorage.removeItem(name);
    return () => all.forEach(([name, text]) => localStorage.setItem(name, text));
  } catch {
    return () => {}; // not allowed: nothing was kept either
  }
}
