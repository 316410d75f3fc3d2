import type { ChannelKind, Draft, FileRef, RecordKind } from "$lib/backend";
import type { LinkOrder } from "./linking";

/** What was said already to what sending asks: it is not asked twice. */
export interface Said {
  /** Whether a closed conversation is opened again. */
  reopen?: boolean | undefined;
  /** It goes though a colleague answered meanwhile. */
  anyway?: boolean;
  /** It goes though not all is filled in. */
  unfilled?: boolean;
}

export type Dialog =
  | { name: "palette" }
  | { name: "help" }
  | { name: "notifications" }
  | { name: "connect"; kind?: ChannelKind }
  | { name: "compose"; draft?: Draft & { channelId: string }; files?: FileRef[]; unsigned?: boolean }
  | { name: "assign"; ids: string[] }
  | { name: "delete"; id: string; contact: string }
  | { name: "nameContact"; id: string; was: string; address: string }
  | { name: "source"; messageId: string }
  | { name: "link"; messageId: string; url: string; text: string }
  | { name: "linkRecord"; kind: RecordKind; make: boolean }
  | { name: "linkPrivate"; order: LinkOrder }
  | { name: "newRecord"; kind: RecordKind; person?: { id: string; title: string } }
  | { name: "duplicates" }
  | { name: "importContacts" }
  | { name: "crmDisconnect" }
  | { name: "sendClosed" | "unfilled" | "answered"; said: Said }
  | { name: "voids" }
  | { name: "todo" }
  | { name: "createTeam" }
  | { name: "joinTeam" }
  | { name: "stopWaiting" }
  | { name: "teamSignIn" }
  | { name: "leave" }
  | { name: "removeMember"; memberId: string }
  | { name: "revokeDevice"; deviceId: string }
  | { name: "shareChannel"; channelId: string }
  | { name: "repair"; fresh: boolean }
  | { name: "signIn"; channelId: string }
  | { name: "disconnect"; channelId: string }
  | { name: "export"; id: string }
  | { name: "restore" }
  | { name: "removeAll" }
  | { name: "rebuild" };

/** The one dialog that is open. */
export class Dialogs {
  open = $state.raw<Dialog | undefined>();

  show(dialog: Dialog): void {
    this.open = dialog;
  }

  close(): void {
    this.open = undefined;
  }
}
