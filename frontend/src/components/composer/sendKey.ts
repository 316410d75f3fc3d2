import { written } from "$lib/keys/keymap";

export type SendKey = "enter" | "mod+enter";

/** Whether this key sends: with Ctrl or Cmd it always does. */
export function sends(event: KeyboardEvent, key: SendKey): boolean {
  const pressed = written(event);
  return pressed === "mod+enter" || (key === "enter" && pressed === "enter");
}
