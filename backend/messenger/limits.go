package messenger

import (
	"context"
	"net/http"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/rest"
	"postvak/backend/run"
)

const (
	// apart is how far apart two calls begin: Meta lets two a second through, by
	// its own clock, and calls do not all take equally long to get there.
	apart = 550 * time.Millisecond
	// quickest is how soon a page is asked again, while little of the budget is
	// used, and slowest with all of it used. With what chance takes away from it,
	// 30 seconds are the least.
	quickest = 40 * time.Second
	slowest  = 15 * time.Minute
	// roomy is how much of the budget may be used, in percent, before the page
	// is asked less often; each step more of it doubles the pause.
	roomy = 50
	step  = 10
	// firstRest is how long nothing is asked after Meta refused because of too
	// much and did not say how long; doubled with each further refusal.
	firstRest = time.Minute
	longRest  = time.Hour
)

// limits is what Meta said about how much may be asked.
type limits struct {
	mu      sync.Mutex
	next    time.Time // when the next call may begin
	until   time.Time // nothing is asked before
	since   time.Time // when that was said
	used    int       // of the budget, in percent
	strikes int       // refusals in a row
}

// enter refuses at once while Meta wants to be left alone, and waits for the
// call's turn.
func (l *limits) enter(ctx context.Context, clock run.Clock) error {
	now := clock.Now()
	l.mu.Lock()
	if rests := l.rests(now); rests > 0 {
		l.mu.Unlock()
		return resting(rests)
	}
	if l.next.Before(now) || l.next.Sub(now) > time.Minute {
		l.next = now
	}
	turn := l.next.Sub(now)
	l.next = l.next.Add(apart)
	l.mu.Unlock()
	if turn <= 0 {
		return ctx.Err()
	}
	select {
	case <-clock.After(turn):
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// rests is how long nothing is asked. What was said before the computer's clock
// was set back says nothing any more.
func (l *limits) rests(now time.Time) time.Duration {
	if now.Before(l.since) {
		l.until = time.Time{}
	}
	return max(0, l.until.Sub(now))
}

// learn reads what an answer's headers say of the budget. They are there once
// some of it is used.
func (l *limits) learn(h http.Header, page string, now time.Time) {
	used, regain := 0, 0
	for _, name := range []string{"X-App-Usage", "X-Page-Usage"} {
		one, _ := rest.Parse([]byte(h.Get(name)))
		used = max(used, percent(one))
	}
	cases, _ := rest.Parse([]byte(h.Get("X-Business-Use-Case-Usage")))
	for _, one := range cases.List(page) {
		used, regain = max(used, percent(one)), max(regain, one.Whole("estimated_time_to_regain_access"))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.used = used
	if regain > 0 {
		l.until, l.since = now.Add(min(time.Duration(min(regain, 1<<20))*time.Minute, rest.Longest)), now
	}
}

func percent(one rest.Object) int {
	return max(0, one.Whole("call_count"), one.Whole("total_time"), one.Whole("total_cputime"))
}

// strike counts a refusal because of too much, and says how long to wait.
func (l *limits) strike(said time.Duration, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := max(said, l.rests(now))
	if wait <= 0 {
		wait = min(firstRest<<min(l.strikes, 10), longRest)
	}
	l.strikes++
	wait = min(wait, rest.Longest)
	l.until, l.since = now.Add(wait), now
	return wait
}

// calm forgets the refusals: an answer came.
func (l *limits) calm() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.strikes = 0
}

// quick is how soon the page may be asked again.
func (l *limits) quick() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	pause := quickest
	for used := roomy; used < l.used && pause < slowest; used += step {
		pause *= 2
	}
	return min(pause, slowest)
}

// Budget is how much of what Meta lets this app ask for this page is used, in
// percent, and until when nothing is asked; zero: nothing waits.
func (a *Account) Budget() (used int, until time.Time) {
	a.limits.mu.Lock()
	defer a.limits.mu.Unlock()
	if a.limits.rests(a.cfg.Clock.Now()) > 0 {
		until = a.limits.until
	}
	return a.limits.used, until
}

const restingText = "Meta asks to wait: too much was asked for this page or by this app. Postvak asks again by itself."

func resting(after time.Duration) error {
	return inbox.Errorf(inbox.Unavailable, restingText).Because(&rest.WaitError{After: after})
}
