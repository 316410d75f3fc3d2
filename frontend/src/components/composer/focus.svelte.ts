/**
 * Where the keyboard is wanted: in the composer, with what, or back in the
 * messages to read. Who is there takes it up.
 */
class Composing {
  wish = $state<"reply" | "replyAll" | "note" | "template" | "read" | undefined>();
}

export const composing = new Composing();
