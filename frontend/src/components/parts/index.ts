// What a start does not need: scripts and styles of their own, which a window
// fetches when they are first wanted, or when it has nothing else to do.
import { Later } from "$components/shared/later.svelte";

export const htmlPart = new Later(() => import("./html"));
export const restPart = new Later(() => import("./rest"));

/** All of them, the likeliest first. */
export const parts: readonly Later<unknown>[] = [htmlPart, restPart];
