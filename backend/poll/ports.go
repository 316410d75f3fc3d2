package poll

import (
	"context"
	"log/slog"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// The times of polling.
const (
	// Lease is for how long a claim keeps others from asking often. It is
	// renewed when half of it has passed.
	Lease = 10 * time.Minute
	// Slow is how often every desktop asks by itself, at least.
	Slow = 5 * time.Minute

	maxClaiming = 30 * time.Second // one exchange with the team log
	spread      = 2 * time.Second  // over which those whom a hint woke ask
	apart       = 5 * time.Second  // two polls because of hints, at least
	jitter      = 0.2              // of a pause, taken or added by chance
	longest     = time.Minute      // one wait: a computer that sleeps does not count it
	minQuick    = time.Second
)

// Config is what a Pacer works with. Log may be nil.
type Config struct {
	Channel inbox.ChannelID
	Team    Team
	Clock   run.Clock
	// Rand gives a number in [0,1).
	Rand func() float64
	Log  *slog.Logger
}

// Team is the team log as polling one channel needs it. All but Claim answer at
// once.
type Team interface {
	// Alone says that no other desktop polls this channel: it is private, or the
	// team has one desktop.
	Alone() bool
	// Claim asks for a work. Nil (a nil interface) and no error: somebody else
	// has it. What this very desktop held before, it gets at once; what another
	// holds, after a whole lease that this desktop watched from its first call
	// on. An error leaves open who has it.
	Claim(ctx context.Context, work string, lease time.Duration) (Claim, error)
	// Hint tells the team what the newest thing is that this desktop found. It
	// is stored at once and travels later.
	Hint(newest string) error
	// Hinted gives the newest hint of anybody; "" for none.
	Hinted() string
}

// Claim is work that this desktop owns for a while; *teamsync.Claim is one.
type Claim interface {
	// Mine says whether its owner may act now: for half its lease.
	Mine() bool
	// Renew begins the lease anew; false when somebody else has the work. An
	// error leaves that open.
	Renew(ctx context.Context) (bool, error)
}

// State is how a channel is polled now, for a report.
type State struct {
	Alone bool      // nobody else polls it
	Turn  bool      // this desktop asks often
	Last  time.Time // when it was asked last; zero: not since the start
	Next  time.Time // when it will be at the latest; zero: it is being asked
}
