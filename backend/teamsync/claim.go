package teamsync

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"postvak/backend/teamlog"
)

// Claim is work that this desktop owns, for a while. Its owner asks Mine right
// before each act, and Done ends it. Safe for concurrent use.
type Claim struct {
	claims *Claims
	work   string
	lease  time.Duration

	mu     sync.Mutex
	record string  // the claim or takeover in the log
	since  instant // from just before it was appended
}

// Mine says whether its owner may act now, for at most MaxAct: it is still the
// claim that counts, and less than half its lease has passed on both clocks
// since just before it was appended. Too late: Renew, and look again.
func (c *Claim) Mine() bool {
	c.mu.Lock()
	record, since := c.record, c.since
	c.mu.Unlock()
	state, known := c.claims.log.claimed(c.work)
	return known && state.Record == record && within(since, c.claims.log.instant(), c.lease/2)
}

// within says that less than d passed on both clocks; one that went back
// cannot say it.
func within(since, now instant, d time.Duration) bool {
	wall := now.wall.Sub(since.wall)
	return wall >= 0 && wall < d && now.mono-since.mono < d
}

// Renew takes one's own claim over, which begins its lease anew. It is false
// when somebody else has the work by now, or it is done.
func (c *Claim) Renew(ctx context.Context) (bool, error) {
	since := c.claims.log.instant()
	c.mu.Lock()
	record := c.record
	c.mu.Unlock()
	outcome, err := c.claims.log.say(ctx, &teamlog.Takeover{Work: c.work, Of: record})
	if err != nil {
		c.claims.missed(c.work)
		return false, err
	}
	if outcome.Void != teamlog.Admitted {
		return false, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.record, c.since = outcome.ID, since
	return true, nil
}

// Done ends the work for the whole team, with what became of it. The holder may
// say it again with more: "started" before an act that nobody can look for
// afterwards, "sent" behind it. It is false when somebody else has the work by
// now.
func (c *Claim) Done(ctx context.Context, state string, result json.RawMessage) (bool, error) {
	return c.Finish(ctx, state, result)
}

// Finish is Done, and says in the same record what follows from it: all of it
// comes into the log, or nothing. Whether the other events count is the log's
// to say; those that count only from a work's holder do when Finish is true.
// They must not be about a private channel, of which the log never hears. After
// an error the record may be in the log, or come there later: whoever gets the
// work looks at what was done before doing it again.
func (c *Claim) Finish(ctx context.Context, state string, result json.RawMessage, also ...teamlog.Event) (bool, error) {
	c.mu.Lock()
	record := c.record
	c.mu.Unlock()
	done := &teamlog.Done{Work: c.work, Of: record, State: state, Result: result}
	outcome, err := c.claims.log.say(ctx, append([]teamlog.Event{done}, also...)...)
	if err != nil {
		return false, err
	}
	c.claims.mu.Lock()
	c.claims.forget(c.work)
	c.claims.mu.Unlock()
	return outcome.Void == teamlog.Admitted, nil
}
