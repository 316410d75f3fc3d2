package alerts

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Config is what alerts work with. Everything but Changed, Rand and Log is
// needed.
type Config struct {
	Team  Team
	Store Store
	Post  Post
	Clock run.Clock
	// Words says a finished English sentence of the program in a member's
	// language ("" where they never chose one).
	Words func(language, sentence string) string
	// Rand gives a number in [0,1): it spreads the desktops' second tries.
	Rand func() float64
	Log  *slog.Logger
	// Changed is called after rows of the history changed.
	Changed func()
}

// Team is the team as alerts need it. All but Claim answer at once, from what
// this desktop knows.
type Team interface {
	LogID() string
	// Name is the team's name; it stands in the alerts' sender.
	Name() string
	// Me is this desktop's member, "" while it belongs to none: then nothing is
	// decided.
	Me() inbox.MemberID
	Device() string
	// Since is when this desktop's part in the team began: what is older is
	// history.
	Since() time.Time
	// Members are all members, oneself included, with their wishes. Access is
	// not looked at: HasAccess says it for each channel.
	Members() []inbox.NotificationMember
	// MemberName and ChannelName are for a person to read, "" when not known.
	MemberName(inbox.MemberID) string
	ChannelName(inbox.ChannelID) string
	Private(inbox.ChannelID) bool
	HasAccess(inbox.MemberID, inbox.ChannelID) bool
	// Common says whether what comes to an address comes in by a shared channel.
	Common(address string) bool
	// Reached says whether the last exchange with the log went well.
	Reached() bool
	// Claim asks for a work. Nil (a nil interface, not a nil pointer in one) and
	// no error: somebody else has it, or it is done. An error leaves it open.
	Claim(ctx context.Context, work string, lease time.Duration) (Claim, error)
	// Claimed tells what the log says of a work.
	Claimed(work string) (State, bool)
	// Lapsed says whether a whole lease of the present claim passed while this
	// desktop watched. It begins to watch with the first call.
	Lapsed(work string) bool
	// Turn is this desktop's place, from 0, in the line for a work.
	Turn(work string) int
}

// Claim is work that this desktop owns for a while; *teamsync.Claim is one.
type Claim interface {
	// Mine says whether its owner may act now, for at most MaxAct.
	Mine() bool
	// Renew begins the lease anew; false when somebody else has the work.
	Renew(ctx context.Context) (bool, error)
	// Done says for the whole team what became of the work, and waits until the
	// log gave it back. False: somebody else has it. An error leaves open
	// whether the log has it, or will have it. The same holder may say it again.
	Done(ctx context.Context, state string, result json.RawMessage) (bool, error)
}

// State is what the log says of a work.
type State struct {
	Done   bool
	State  string          // what its holder said: see the States
	Result json.RawMessage // with more
	Member inbox.MemberID  // the holder
	Device string
	At     time.Time // when it was claimed, by the holder's clock
	Lease  time.Duration
}

// Store keeps the history's rows. Each method is one transaction.
type Store interface {
	// AddNotifications stores rows that are not there yet, and gives those.
	AddNotifications(ctx context.Context, rows []inbox.NotificationRecord) (fresh []inbox.NotificationRecord, err error)
	// SetNotifications stores rows anew. One that is gone stays gone (R12).
	SetNotifications(ctx context.Context, rows []inbox.NotificationRecord) error
	// WaitingNotifications are the rows without an outcome.
	WaitingNotifications(ctx context.Context, medium inbox.Medium) ([]inbox.NotificationRecord, error)
	// HasSeen says whether a row's member saw what it is about: they read the
	// conversation, or did something there since.
	HasSeen(ctx context.Context, row inbox.NotificationRecord) (bool, error)
	// AlertsSince counts the alerts that went to a member about one contact.
	AlertsSince(ctx context.Context, member inbox.MemberID, contact string, since time.Time) (int, error)
	// Event gives what a row is about, as cached, to write of it after a
	// restart. False when it is gone (R12).
	Event(ctx context.Context, row inbox.NotificationRecord) (inbox.NotificationEvent, bool, error)
}

// Post is the way out.
type Post interface {
	// From is the address that alerts about a channel are sent from, by the
	// channel's own server for a private one. "" asks for any channel. False:
	// there is no mail server to send by, here.
	From(channel inbox.ChannelID) (inbox.Address, bool)
	// Send hands an e-mail over, once, without filing it in a Sent folder.
	// commit is called just before the last byte; without its nil the e-mail is
	// not handed over. See inbox.Outcome for the answers.
	Send(ctx context.Context, channel inbox.ChannelID, r inbox.Rendered, commit func() error) inbox.SendResult
}

// The times of an alert (see package teamlog, on claims).
const (
	// Settle is how long after it was heard an event is due; what happens in
	// the same minute until then goes with it.
	Settle = 30 * time.Second
	// Lease is how long a claim keeps others waiting.
	Lease = 5 * time.Minute
	// MaxAct bounds one attempt; it is teamsync's.
	MaxAct = 30 * time.Second

	assignerWaits = 10 * time.Second // behind the member's own desktops
	othersWait    = 30 * time.Second
	turnWaits     = 5 * time.Second // each, in the line of the others
)

// The States of an alert's work in the log.
const (
	started = "started" // the last byte may go any moment, or has gone
	sent    = "sent"
	failed  = "failed"  // nothing was sent, and nobody tries again
	unknown = "unknown" // the server's answer was not heard

	// waitingAgain is said by a holder that a server, with all of the text in its
	// hands, told "not now": nothing was sent, and the holder tries again.
	waitingAgain = "waiting"
	dropped      = "dropped" // it was begun, and nobody needs it any more
)
