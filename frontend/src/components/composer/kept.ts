import type { Draft, FileRef } from "$lib/backend";

/** A first message that was begun and put away, until it is taken up again. */
export const kept: { draft: (Draft & { channelId: string }) | undefined; files: FileRef[] } = {
  draft: undefined,
  files: [],
};
