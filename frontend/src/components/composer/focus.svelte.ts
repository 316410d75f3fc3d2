/**
 * Where the keyboard is wanted: in the composer, with what, or back in the
 * messages to read. Who is there takes it up.
 */
class Composing {
  wish = $state<"reply" | "replyAll" | "note" | "template" | "canned" | "read" | undefined>();
  /** The canned reply that is to be put in, where "canned" is wished for; "" asks which. */
  canned = "";
}

export const composing = new Composing();
