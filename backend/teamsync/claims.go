package teamsync

import (
	"context"
	"sync"
	"time"

	"postvak/backend/teamlog"
)

// MaxAct is how long one act of a claim's owner may take (an HTTP or SMTP
// call). With half a lease it must fit well into a whole one.
const MaxAct = 30 * time.Second

// MinLease is the shortest lease: half of it leaves room for one act.
const MinLease = 2 * time.Minute

// claimLog is the log as claims need it.
type claimLog interface {
	// claimed gives what the log says of a work, as far as this desktop read it.
	claimed(work string) (teamlog.ClaimState, bool)
	// say appends events, one or more, in one record, waits until the log gave
	// it back, and tells what became of the first.
	say(ctx context.Context, events ...teamlog.Event) (Outcome, error)
	// speaker is this desktop's device.
	speaker() string
	instant() instant
}

// instant is one moment on both of a computer's clocks. The wall clock can be
// set by hand; the other one stands still while some computers sleep.
type instant struct {
	wall time.Time
	mono time.Duration
}

// Claims is this desktop's part in work that one desktop of the team does
// (R18, R25): whoever's claim is first in the log owns the work. Clocks decide
// when to try, the log decides who won. Safe for concurrent use.
type Claims struct {
	log claimLog

	mu   sync.Mutex
	busy map[string]bool     // somebody here is asking the log
	held map[string]*Claim   // the claims that were given out here
	lost map[string]bool     // the log's answer to a claim of ours was not heard
	seen map[string]sighting // since when others' claims are watched
}

type sighting struct {
	record string
	since  time.Duration
	lease  time.Duration
}

func newClaims(log claimLog) *Claims {
	return &Claims{
		log: log, busy: map[string]bool{}, held: map[string]*Claim{}, lost: map[string]bool{}, seen: map[string]sighting{},
	}
}

// Claim asks for a work. It gives nil when somebody else has it or it is done,
// and also when this program has it already: whoever holds it renews it. A
// claim whose whole lease this desktop watched pass is taken over; look for
// what its owner may have done before acting. An error leaves open who has the
// work: ask again later. The lease of the first claim holds.
func (c *Claims) Claim(ctx context.Context, work string, lease time.Duration) (*Claim, error) {
	if !c.enter(work) {
		return nil, nil
	}
	defer c.leave(work)
	for range 2 {
		event := c.next(work, max(lease, MinLease))
		if event == nil {
			return nil, nil
		}
		since := c.log.instant()
		outcome, err := c.log.say(ctx, event)
		if err != nil {
			c.missed(work)
			return nil, err
		}
		if outcome.Void == teamlog.Admitted {
			return c.take(work, outcome.ID, since), nil
		}
		// An earlier claim of ours whose answer was not heard may be what won.
	}
	return nil, nil
}

// Hold is Claim for work that is held for as long as a program runs: what this
// desktop's last program held it gets at once, and need not wait for the lease
// of a claim that nobody renews. Its caller holds no claim of the work.
func (c *Claims) Hold(ctx context.Context, work string, lease time.Duration) (*Claim, error) {
	if state, known := c.log.claimed(work); known && state.Device == c.log.speaker() {
		c.missed(work)
	}
	return c.Claim(ctx, work, lease)
}

// enter lets one caller ask for a work at a time.
func (c *Claims) enter(work string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[work] {
		return false
	}
	c.busy[work] = true
	return true
}

func (c *Claims) leave(work string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.busy, work)
}

// next is what to say to the log to get a work, nil when there is nothing to
// be got now.
func (c *Claims) next(work string, lease time.Duration) teamlog.Event {
	state, known := c.log.claimed(work)
	if !known {
		return &teamlog.Claim{Work: work, Lease: int(lease / time.Second)}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if state.Done {
		c.forget(work)
		return nil
	}
	unheard := c.lost[work] && state.Device == c.log.speaker()
	if unheard || c.lapsed(state) {
		return &teamlog.Takeover{Work: work, Of: state.Record}
	}
	return nil
}

func (c *Claims) missed(work string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost[work] = true
}

func (c *Claims) take(work, record string, since instant) *Claim {
	state, _ := c.log.claimed(work)
	claim := &Claim{claims: c, work: work, lease: time.Duration(state.Lease) * time.Second, record: record, since: since}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(work)
	c.held[work] = claim
	return claim
}

// forget drops what is remembered about a work. The caller holds mu.
func (c *Claims) forget(work string) {
	delete(c.held, work)
	delete(c.lost, work)
	delete(c.seen, work)
}

// Lapsed says whether a whole lease of a work's present claim passed while this
// desktop watched. It begins to watch with the first call.
func (c *Claims) Lapsed(work string) bool {
	state, known := c.log.claimed(work)
	c.mu.Lock()
	defer c.mu.Unlock()
	return known && !state.Done && c.lapsed(state)
}

// lapsed counts on the clock that nobody can set. The caller holds mu.
func (c *Claims) lapsed(state teamlog.ClaimState) bool {
	now := c.log.instant().mono
	watched, ok := c.seen[state.Work]
	if !ok || watched.record != state.Record {
		c.sweep(now)
		c.seen[state.Work] = sighting{state.Record, now, time.Duration(state.Lease) * time.Second}
		return false
	}
	return now-watched.since >= watched.lease
}

const maxSeen = 4096

// sweep keeps what is watched small: what lapsed long ago and was never asked
// for again is watched anew when it is. The caller holds mu.
func (c *Claims) sweep(now time.Duration) {
	if len(c.seen) < maxSeen {
		return
	}
	for work, watched := range c.seen {
		if now-watched.since > 2*watched.lease {
			delete(c.seen, work)
		}
	}
}
