// Package outbox sends what people wrote, once (R34). It takes a message from
// queued to filed, stores every state before the act that makes it true, waits
// while a provider says "later", and asks a person where neither the provider
// nor the Sent folder can tell what happened.
//
// Right before each attempt, and once more before the last byte, it asks whether
// the reply window still lasts by the provider's clock. A message that outlived
// its window needs attention, wherever it waited (R29).
//
// It never renders or changes a message, and repeats none by itself unless the
// provider, asked for a list of all that it took, does not have it: the bytes were
// frozen when they were queued, and a message of which it is unknown whether
// it was sent goes out again only on a person's word. It never sends one late,
// or as something else than was written.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Store keeps the outbox. A write has reached the disk when it returns: after
// a power cut no older state may come back, or a message is sent twice.
type Store interface {
	// SetOutgoing saves where a message stands; its bytes never change. A
	// missing one gives NotFound. A chat message with a ProviderID has the key of
	// that id from then on (inbox.ChatKey); its old key goes on naming it.
	SetOutgoing(ctx context.Context, o inbox.Outgoing) error
	// Outgoing gives what a channel ("": any) has not filed yet, oldest first, and
	// what was queued at once in the order in which it was written.
	Outgoing(ctx context.Context, ch inbox.ChannelID) ([]inbox.Outgoing, error)
	// Rendered gives a message's frozen bytes, or NotFound.
	Rendered(ctx context.Context, key inbox.Key) (inbox.Rendered, error)
}

// Sender is a channel's way out. Its methods do not retry; each ends within
// its own deadlines or soon after ctx does.
type Sender interface {
	// Send hands the frozen bytes over. It calls commit once, when everything
	// but the last byte was said, and goes on only if that gives nil: from
	// there on the outcome is Accepted, Refused, Later or Unknown by what the
	// provider answers; before, it is never Accepted or Unknown.
	// The permit is the reply window's, which the adapter passes on to a provider
	// that takes a last moment for sending.
	Send(ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult
	// Find says whether the provider holds a message that we sent, and as what.
	Find(ctx context.Context, s inbox.Sought) (inbox.Found, error)
	// File puts a copy where sent messages are kept, unless one is there
	// already. NotFound means that there is no such place.
	File(ctx context.Context, r inbox.Rendered) error
	// Now is the provider's time, by which reply windows end.
	Now() time.Time
}

// Config is what an outbox works with. Store, Sender and Clock are required.
type Config struct {
	Store Store
	// Sender gives a channel's way out, nil while it is not connected.
	Sender func(inbox.ChannelID) Sender
	// Permit asks the rules, right before each attempt, whether a message may go
	// at this moment of the provider's clock (R29). nil: every one may.
	Permit func(ctx context.Context, o inbox.Outgoing, now time.Time) (inbox.Permit, error)
	// Taken tells which of a provider's ids are known, or said, to be of other
	// messages than this one, so that of two with the same words neither passes
	// for the other. nil: none is known.
	Taken func(ctx context.Context, o inbox.Outgoing, providerIDs []string) (map[string]inbox.Holder, error)
	Clock run.Clock
	Rand  func() float64 // for jitter, in [0,1); nil: none
	Log   *slog.Logger
	// Changed hears of every stored change. It is called without locks held
	// and must not block.
	Changed func(inbox.Outgoing)
	// Sent is told, after it was stored, that the provider took a message. It
	// is called again after a restart and when it fails, so it must be
	// idempotent.
	Sent func(ctx context.Context, o inbox.Outgoing) error
}

// The pauses between attempts. A lost answer is looked up three times, for
// providers that file a copy only after a while.
const (
	firstPause = 30 * time.Second
	maxPause   = 15 * time.Minute
	savePause  = 5 * time.Second
	// After so many failures to file a copy, about two days, it is given up.
	maxFiling = 200
)

var lookUps = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute}

// pause is how long to wait before attempt n+1.
func (c *Config) pause(n int) time.Duration {
	b := run.Backoff{Base: firstPause, Max: maxPause, Jitter: 0.25, Rand: c.Rand}
	d := b.Next()
	for i := 1; i < n && d < maxPause && i < 10; i++ {
		d = b.Next()
	}
	return d
}
