import type { Draft, FileRef, Limits, Template } from "$lib/backend";
import { tooLarge, type Now } from "$lib/text/composerNow";

/** What keeps a draft from being sent, as far as the window can know. */
export type Problem = "blocked" | "template" | "variables" | "by_hand" | "text" | "file";

export interface Looked {
  now: Pick<Now, "mode" | "window">;
  draft: Draft;
  /** The one that was chosen, if it is there and may be sent. */
  template: Template | undefined;
  files: FileRef[];
  limits: Limits | undefined;
}

export function problems({ now, draft, template, files, limits }: Looked): Problem[] {
  if (now.mode === "blocked") return ["blocked"];
  if (draft.templateId || now.mode === "template_only") {
    if (!template) return ["template"];
    return template.variables.every((name) => draft.variables[name]?.trim()) ? [] : ["variables"];
  }
  const found: Problem[] = [];
  if (now.window === "human_agent" && !draft.humanAgent) found.push("by_hand");
  if (limits && limits.text > 0 && draft.text.trim().length > limits.text) found.push("text");
  if (files.some((file) => tooLarge(file, limits) > 0)) found.push("file");
  return found;
}
