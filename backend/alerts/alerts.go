package alerts

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// maxActs is how many alerts are on their way at once from one desktop.
const maxActs = 4

// maxHeard bounds what is heard before this desktop belongs to a team: what is
// older is history then anyway.
const maxHeard = 100_000

// troubled is how long a fault of this computer's own disk is waited out.
const troubled = 30 * time.Second

// Alerts is one desktop's part in the team's e-mail alerts. Safe for concurrent
// use.
type Alerts struct {
	cfg   Config
	poked chan struct{}
	acts  sync.WaitGroup
	// spawn begins an act beside the loop.
	spawn func(act func())

	// mu guards what others hand in. Whoever holds it asks nobody anything, so
	// that Heard and Wake can be called with any lock held.
	mu    sync.Mutex
	heard []inbox.NotificationEvent
	woken bool

	work sync.Mutex           // guards what follows; never taken by Heard and Wake
	jobs map[string]*job      // by work
	line []*job               // those that were due, the longest due first
	busy int                  // acts under way
	told map[string]time.Time // private channels' works, and when

	// The loop's own:
	loaded bool      // the rows that wait from before are here
	again  time.Time // when to try what could not be done at all; zero: now
	alarm  run.Alarm
}

// New makes alerts; nothing happens before Start.
func New(cfg Config) *Alerts {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Changed == nil {
		cfg.Changed = func() {}
	}
	a := &Alerts{cfg: cfg, poked: make(chan struct{}, 1), jobs: map[string]*job{}, told: map[string]time.Time{}, alarm: run.Alarm{Clock: cfg.Clock}}
	a.spawn = func(act func()) { a.acts.Go(act) }
	return a
}

// Start lets the alerts work until the group ends them.
func (a *Alerts) Start(g *run.Group) { g.Go("e-mail alerts", a.run) }

// Heard takes events that this desktop has just learnt of. It never blocks. The
// same event may come again.
func (a *Alerts) Heard(events []inbox.NotificationEvent) {
	if len(events) == 0 {
		return
	}
	a.mu.Lock()
	a.heard = append(a.heard, events...)
	a.heard = a.heard[max(0, len(a.heard)-maxHeard):]
	a.mu.Unlock()
	a.poke()
}

// Wake says that the team log, a setting or the network changed: what was done
// by others is looked at now. It never blocks.
func (a *Alerts) Wake() {
	a.mu.Lock()
	a.woken = true
	a.mu.Unlock()
	a.poke()
}

// stir brings forward what there is something new to see of.
func (a *Alerts) stir() {
	a.mu.Lock()
	woken := a.woken
	a.woken = false
	a.mu.Unlock()
	if !woken {
		return
	}
	a.work.Lock()
	defer a.work.Unlock()
	for _, j := range a.jobs {
		if !j.busy && a.stirred(j) {
			j.next = a.cfg.Clock.Now()
		}
	}
}

// stirred says whether there is something new to see for a job. The caller
// holds work.
func (a *Alerts) stirred(j *job) bool {
	if j.cutOff {
		return a.cfg.Team.Reached()
	}
	state, known := a.cfg.Team.Claimed(j.work)
	return known && state.Done && j.claim == nil && (state.State != started || j.startedSeen.IsZero())
}

func (a *Alerts) poke() {
	select {
	case a.poked <- struct{}{}:
	default:
	}
}

// run is the loop: it hears, and begins what is due.
func (a *Alerts) run(ctx context.Context) {
	defer a.acts.Wait()
	for {
		a.pass(ctx)
		select {
		case <-ctx.Done():
			a.leave(context.WithoutCancel(ctx))
			return
		case <-a.poked:
		case <-a.alarm.At(a.nextDue()):
			a.alarm.Rang()
		}
	}
}

// leave notes what was heard of last, for the next start to act on.
func (a *Alerts) leave(ctx context.Context) {
	if a.cfg.Team.Me() == "" {
		return
	}
	if err := a.listen(ctx); err != nil {
		a.cfg.Log.Warn("the last e-mail alerts could not be noted", "error", err)
	}
}

// pass does all that is to be done now. Acts go on beside it.
func (a *Alerts) pass(ctx context.Context) {
	if a.again.After(a.cfg.Clock.Now()) {
		return
	}
	a.again = time.Time{}
	if a.cfg.Team.Me() == "" { // who is not in the team, or no more, tells nobody
		a.again = a.cfg.Clock.Now().Add(troubled)
		return
	}
	if err := a.listen(ctx); err != nil {
		if ctx.Err() == nil {
			a.cfg.Log.Warn("e-mail alerts could not be noted", "error", err)
		}
		a.again = a.cfg.Clock.Now().Add(troubled)
		return
	}
	a.stir()
	for _, j := range a.due() {
		a.spawn(func() { a.do(ctx, j) })
	}
}

// due takes the jobs whose time has come, as many as may be under way.
func (a *Alerts) due() (due []*job) {
	a.work.Lock()
	defer a.work.Unlock()
	now := a.cfg.Clock.Now()
	for a.busy < maxActs {
		if len(a.line) == 0 && !a.lineUp(now) {
			break
		}
		j := a.line[0]
		a.line = a.line[1:]
		if a.jobs[j.work] == j && !j.busy && !j.next.After(now) {
			j.busy = true
			a.busy++
			due = append(due, j)
		}
	}
	return due
}

// lineUp has the jobs that are due now wait for their turn, the longest due
// first; false when there is none. Whatever is due later stands behind them, so
// that a burst is gone through once and not for each of its alerts.
func (a *Alerts) lineUp(now time.Time) bool {
	for _, j := range a.jobs {
		if !j.busy && !j.next.After(now) {
			a.line = append(a.line, j)
		}
	}
	slices.SortFunc(a.line, func(a, b *job) int {
		return cmp.Or(a.next.Compare(b.next), strings.Compare(a.work, b.work))
	})
	return len(a.line) > 0
}

// do acts for one job, and puts it back where something is left of it.
func (a *Alerts) do(ctx context.Context, j *job) {
	a.act(ctx, j)
	a.work.Lock()
	defer a.work.Unlock()
	j.busy = false
	a.busy--
	switch {
	case len(j.ended) > 0 || len(j.rows) > 0: // act said when
	case len(j.more) > 0:
		a.schedule(j)
	default:
		delete(a.jobs, j.work)
	}
	a.poke()
}

// nextDue is the next time that something is due; zero: nothing is.
func (a *Alerts) nextDue() (at time.Time) {
	a.work.Lock()
	defer a.work.Unlock()
	if !a.again.IsZero() {
		return a.again
	}
	if a.busy >= maxActs {
		return at // whoever ends pokes
	}
	for _, j := range a.jobs {
		if !j.busy && (at.IsZero() || j.next.Before(at)) {
			at = j.next
		}
	}
	return at
}
