import type { ChannelKind, ComposerMode, ComposerState, FileRef, Limits, ReplyMode } from "$lib/backend";
import { standing } from "./replyWindow";

// What may be written at this moment, and what it becomes when it is sent.

/** What the program said of a conversation. */
export interface Composed {
  kind: ChannelKind;
  window?: ReplyMode;
  composer: ComposerState;
}

export interface Now {
  mode: ComposerMode;
  /** What the channel lets one write, network or not. */
  window: ReplyMode;
  /** Milliseconds until window ends; Infinity where it does not. */
  left: number;
  next: ReplyMode | "";
  /** A window ended since the program was asked. */
  moved: boolean;
}

/** The composer's mode now: the program's, carried on to the present moment. */
export function composerNow({ kind, window, composer }: Composed, humanAgent: boolean, now: Date): Now {
  const asked = window ?? (composer.mode === "queue_only" ? "free" : composer.mode);
  // For another reason than the window's: not in the team, no such channel.
  if (composer.mode === "blocked" && asked !== "blocked") return { mode: "blocked", window: asked, left: Infinity, next: "", moved: false };
  const human = humanAgent || composer.next === "human_agent";
  const at = standing({ kind, window: asked, replyBy: composer.replyBy, humanAgent: human }, now);
  const writes = at.mode === "free" || at.mode === "human_agent";
  return { mode: composer.mode === "queue_only" && writes ? "queue_only" : at.mode, window: at.mode, left: at.left, next: at.next, moved: at.mode !== asked };
}

// Beside these WhatsApp surely shows a text, as the program knows, too.
const beside = ["image/jpeg", "image/png", "video/mp4"];

/** How many messages a draft goes out as: chats carry one file each, and most of them no text beside it. */
export function messagesOf(kind: ChannelKind, text: string, files: FileRef[]): number {
  const [first] = files;
  if (kind === "email" || !first) return 1;
  return files.length + (text.trim() === "" || (kind === "whatsapp" && beside.includes(first.type)) ? 0 : 1);
}

/** The most bytes that the channel takes of this file; 0 where it takes it. */
export function tooLarge(file: FileRef, limits: Limits | undefined): number {
  const most = (file.type.startsWith("image/") ? limits?.imageBytes : limits?.fileBytes) ?? 0;
  return most > 0 && file.size > most ? most : 0;
}
