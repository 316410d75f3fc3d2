/** What somebody asked for by key: the composer that is there takes it up. */
class Composing {
  wish = $state<"reply" | "replyAll" | "note" | undefined>();
}

export const composing = new Composing();
