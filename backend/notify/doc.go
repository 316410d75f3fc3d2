// Package notify tells the member at this desktop what happened (R14–R17, R20)
// and keeps what became of each event (R19). It decides by
// inbox.DecideNotification alone.
//
// # A row for each event
//
// An event is recorded before anything is done about it, and its row says how
// far it came:
//
//	waiting, due        gathered for a moment; decided when it is due
//	suppressed, due     held back: quiet hours or a pause; decided again then
//	waiting, not due    about to be shown
//	any other           what became of it, for good
//
// Who records an event that has a row already is told so, which is why nothing
// is shown twice however often it is heard of. A program that was killed takes
// up what was due. What was about to be shown may have been, so that it is not
// shown again: its row says "stopped".
//
// It never sends e-mail, never reads a mailbox, and knows no desktop system:
// showing and withdrawing are behind Desk.
package notify
