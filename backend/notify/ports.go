package notify

import (
	"context"
	"log/slog"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Config is what Notify works with. Its functions may be called from one
// goroutine at any time after Start.
type Config struct {
	Store Store
	Desk  Desk
	// Me is the member at this desktop with their present settings. Access is
	// true as a rule: what is not theirs to see is not in this desktop's cache.
	Me func() inbox.NotificationMember
	// Available says whether Me may be assigned to (R3). Nil: always.
	Available func() bool
	Words     Words
	Clock     run.Clock
	Zone      *time.Location // for quiet hours; nil: the computer's
	// Since is this desktop's start in the team: what is older notifies nobody.
	// Nil or zero: no such limit.
	Since func() time.Time
	// Changed is called when the history has changed, and Emit for what a
	// connected window is told: each notification that was shown and each
	// event that was not. Either may be nil. They must not block.
	Changed func()
	Emit    func(Told)
	Log     *slog.Logger
}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	if c.Available == nil {
		c.Available = func() bool { return true }
	}
	if c.Zone == nil {
		c.Zone = time.Local
	}
	if c.Since == nil {
		c.Since = func() time.Time { return time.Time{} }
	}
	if c.Changed == nil {
		c.Changed = func() {}
	}
	if c.Emit == nil {
		c.Emit = func(Told) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Store keeps the rows. It is this desktop's cache.
type Store interface {
	// AddNotifications adds the rows that are not there yet and returns those,
	// in one transaction: a row's event, member and medium are its key.
	AddNotifications(ctx context.Context, rows []inbox.NotificationRecord) (fresh []inbox.NotificationRecord, err error)
	// SetNotifications changes rows that are there; others are left out (their
	// conversation was deleted, R12). One transaction; may be repeated.
	SetNotifications(ctx context.Context, rows []inbox.NotificationRecord) error
	// WaitingNotifications gives the rows of a medium that are not at their
	// end: those that are due some time, and those whose outcome is waiting.
	WaitingNotifications(ctx context.Context, medium inbox.Medium) ([]inbox.NotificationRecord, error)
	// UnreadIn says of conversations whether something in them is unread by the
	// member at this desktop. One that is gone has nothing unread.
	UnreadIn(ctx context.Context, conversations []inbox.Key) (map[inbox.Key]bool, error)
	// Event gives a row's event as the cache knows it now; false when it does
	// not.
	Event(ctx context.Context, row inbox.NotificationRecord) (inbox.NotificationEvent, bool, error)
}

// Desk is the desktop's system, or the windows of one that has none. Both
// methods return soon whatever the system does, and neither is repeated here.
type Desk interface {
	// Show puts up a notification, in the place of the one in the same slot,
	// and says what became of it: shown, or failed, with a reason.
	Show(ctx context.Context, n Notice) (inbox.NotificationOutcome, inbox.NotificationReason)
	// Withdraw takes down what stands in a slot, if anything does.
	Withdraw(slot string)
}

// SlotDigest is the slot of the one digest. All others are conversations.
const SlotDigest = "digest"

// Notice is one notification. Title and Body are plain text from strangers.
type Notice struct {
	Slot         string
	Conversation inbox.Key // what a click opens; "" for a digest of several
	Title, Body  string
	Mine         bool   // the conversation is the member's already
	CanAssign    bool   // the member may take it on (R3)
	Sound        string // one of inbox.Tones; "" is silence
	Count        int    // how many events it stands for
}

// Told is what a connected window hears: a row of the history with what it
// said. A digest is told once, with the row of its newest event.
type Told struct {
	inbox.NotificationRecord
	Title, Body string
}

// Words gives names and the person's language.
type Words interface {
	Say(sentence string) string // one of the program's own sentences, in the person's language
	Channel(inbox.ChannelID) string
	Member(inbox.MemberID) string // both: "" when unknown
}
