package pipedrive

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/rest"
	"postvak/backend/run"
)

// How long nothing is asked after Pipedrive refused because of too much. What
// it says itself counts first.
const (
	shortest    = time.Second
	longest     = rest.Longest
	burstPause  = 2 * time.Second  // doubled with every further refusal
	burstMost   = 5 * time.Minute  // when it does not say
	budgetPause = 30 * time.Minute // the day's tokens are gone; nobody says when its day ends
	shutPause   = 15 * time.Minute // doubled, after the network in front shut us out
	shutMost    = 4 * time.Hour
	windowMost  = 3 * time.Second // of a burst window: what a call waits inside
	dearest     = 40              // tokens of the dearest call: a refusal with fewer left is the day's
)

// reason is why nothing is asked.
type reason int

const (
	tooFast reason = iota + 1
	spent
	shutOut
)

func (r reason) sentence() string {
	switch r {
	case spent:
		return "The Pipedrive account has used up its tokens of today. Postvak goes on when there are new ones; an administrator of the account can buy more."
	case shutOut:
		return "Pipedrive has shut this computer out for a while because of too many requests. Postvak asks again later by itself."
	default:
		return "Pipedrive asks to wait: there were too many requests at once. Postvak asks again by itself."
	}
}

// limits is what Pipedrive said about how much may be asked.
type limits struct {
	mu          sync.Mutex
	limit, left int // tokens of the day
	known       bool
	until       time.Time // nothing is asked before
	why         reason
	strikes     int       // refusals in a row
	window      time.Time // the burst is used up until then
}

// enter refuses at once while Pipedrive wants to be left alone, and waits for
// the moment that a burst takes.
func (l *limits) enter(ctx context.Context, clock run.Clock) error {
	now := clock.Now()
	l.mu.Lock()
	wait, why, window := l.until.Sub(now), l.why, l.window.Sub(now)
	l.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return unreachable(ctx.Err())
	case wait > longest: // the computer's clock was set back
		l.reset()
	case wait > 0:
		return waiting(why, wait, "")
	}
	if window <= 0 || window > windowMost {
		return nil
	}
	select {
	case <-clock.After(window):
		return nil
	case <-ctx.Done():
		return unreachable(ctx.Err())
	}
}

func (l *limits) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until, l.why = time.Time{}, 0
}

// learn reads what every answer says about the budget.
func (l *limits) learn(said http.Header, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit, ok := whole(said, "X-Daily-Ratelimit-Token-Limit")
	left, too := whole(said, "X-Daily-Ratelimit-Token-Remaining")
	if ok && too && limit > 0 {
		l.limit, l.left, l.known = limit, min(left, limit), true
	}
	remaining, ok := whole(said, "X-Ratelimit-Remaining")
	if reset, is := seconds(said.Get("X-Ratelimit-Reset")); ok && is && remaining == 0 {
		l.window = now.Add(reset)
	}
}

// strike counts a refusal because of too much, and says how long to wait.
func (l *limits) strike(r rest.Reply, now time.Time) (reason, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.strikes++
	doubled := time.Duration(1) << min(l.strikes-1, 12)
	left, said := whole(r.Header, "X-Daily-Ratelimit-Token-Remaining")
	var wait time.Duration
	switch after := pause(r, now); {
	case !r.JSON && r.Status == http.StatusForbidden:
		l.why, wait = shutOut, max(after, min(shutPause*doubled, shutMost))
	case said && left < dearest:
		l.why, wait = spent, max(after, budgetPause)
	case after > 0:
		l.why, wait = tooFast, max(after, min(burstPause*doubled/2, burstMost))
	default:
		l.why, wait = tooFast, min(burstPause*doubled, burstMost)
	}
	wait = max(shortest, min(wait, longest))
	l.until = now.Add(wait)
	return l.why, wait
}

// calm forgets the refusals: an answer came. One that was on its way while
// another request was refused says nothing.
func (l *limits) calm(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !now.Before(l.until) {
		l.strikes, l.until, l.why = 0, time.Time{}, 0
	}
}

// Quota implements crm.Provider.
func (c *Client) Quota() Quota {
	now := c.cfg.Clock.Now()
	c.limits.mu.Lock()
	defer c.limits.mu.Unlock()
	q := Quota{Limit: c.limits.limit, Left: c.limits.left, Known: c.limits.known}
	if wait := c.limits.until.Sub(now); wait > 0 && wait <= longest {
		q.Until, q.Waiting = c.limits.until, c.limits.why.sentence()
	}
	return q
}

// pause is how long an answer asks to wait; 0 when it does not.
func pause(r rest.Reply, now time.Time) time.Duration {
	if d := r.Pause(now); d > 0 {
		return d
	}
	if n, ok := whole(r.Header, "X-Ratelimit-Remaining"); ok && n > 0 {
		return 0 // the window that it speaks of is not used up
	}
	d, _ := seconds(r.Header.Get("X-Ratelimit-Reset"))
	return d
}

func seconds(text string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(n >= 0) {
		return 0, false
	}
	return time.Duration(min(n, longest.Seconds()) * float64(time.Second)), true
}

func whole(h http.Header, name string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(h.Get(name)))
	return max(0, n), err == nil
}

// pauseError is what crm.Retry is found by.
type pauseError struct {
	after time.Duration
	why   string
}

func (e *pauseError) Error() string             { return "wait " + e.after.Round(time.Second).String() + e.why }
func (e *pauseError) RetryAfter() time.Duration { return e.after }

func waiting(why reason, after time.Duration, detail string) error {
	if detail != "" {
		detail = ": " + detail
	}
	return inbox.Errorf(inbox.Unavailable, "%s", why.sentence()).Because(&pauseError{after, detail})
}
