import type { Backend } from "./backend";
import { now } from "./fakeData";
import { BackendError } from "./error";
import type { CannedReply, Undoable } from "./types";

/** One that a test or a picture begins with. */
export const canned = (id: string, name: string, text: string): CannedReply => ({ id, name, text, memberId: "bram", at: now.toISOString(), version: `${id}.0`, pending: false });

/** The canned replies of a program in memory. */
export function fakeReplies(
  start: CannedReply[],
  called: (name: string, ...args: unknown[]) => void,
  undoable: (back: () => void) => Undoable,
  changed: () => void,
): Backend["replies"] {
  let all = [...start];
  let serial = 0;
  const set = (list: CannedReply[]) => {
    all = list.toSorted((a, b) => a.name.localeCompare(b.name));
    changed();
  };
  const stands = (id: string, version: string) => {
    const reply = all.find((each) => each.id === id);
    if (reply && reply.version !== version) throw new BackendError("conflict", `Ann changed the canned reply "${reply.name}" first. Look at it again.`, "was");
    return reply;
  };
  return {
    list: async () => (called("replies.list"), structuredClone(all)),
    save: async (change) => {
      called("replies.save", change);
      const before = stands(change.id, change.was);
      if (change.id && !before) throw new BackendError("not_found", "This canned reply was deleted meanwhile. Save it as a new one if it is still needed.");
      const id = change.id || `r${++serial}`;
      set([...all.filter((each) => each.id !== id), { ...canned(id, change.name, change.text), version: `v${++serial}` }]);
      return { id, ...undoable(() => set([...all.filter((each) => each.id !== id), ...(before ? [before] : [])])) };
    },
    remove: async (id, version) => {
      called("replies.remove", id, version);
      const before = stands(id, version);
      set(all.filter((each) => each.id !== id));
      return undoable(() => set([...all, ...(before ? [before] : [])]));
    },
  };
}
