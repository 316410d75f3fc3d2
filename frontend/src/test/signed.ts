import type { Channel } from "$lib/backend";
import { channels } from "$lib/backend/fakeData";

/** The usual channels, each with a signature. */
export const signed = (signature: string): Channel[] => channels.map((channel) => ({ ...channel, signature }));
