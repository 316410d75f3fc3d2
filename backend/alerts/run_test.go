package alerts_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"postvak/backend/alerts"
	"postvak/backend/inbox"
	"postvak/backend/run"
)

// post is a mail server that holds what it is given until it is let go.
type post struct {
	*desk
	came chan string
	free chan struct{}
}

func (p post) Send(ctx context.Context, _ inbox.ChannelID, r inbox.Rendered, commit func() error) inbox.SendResult {
	p.came <- r.Recipients[0]
	select {
	case <-p.free:
	case <-ctx.Done():
		return inbox.SendResult{Outcome: inbox.Later, Reason: ctx.Err().Error()}
	}
	if err := commit(); err != nil {
		return inbox.SendResult{Outcome: inbox.Later, Reason: err.Error()}
	}
	return inbox.SendResult{Outcome: inbox.Accepted}
}

// locked makes the simulated cache usable by several goroutines.
type locked struct {
	alerts.Store
	mu *sync.Mutex
}

func (l locked) AddNotifications(ctx context.Context, rows []inbox.NotificationRecord) ([]inbox.NotificationRecord, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Store.AddNotifications(ctx, rows)
}

func (l locked) SetNotifications(ctx context.Context, rows []inbox.NotificationRecord) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Store.SetNotifications(ctx, rows)
}

func (l locked) AlertsSince(ctx context.Context, m inbox.MemberID, contact string, since time.Time) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Store.AlertsSince(ctx, m, contact, since)
}

// The loop itself: it waits for the clock, sends several at once, and ends with
// its group, also in the middle of an attempt, leaving it to be done later.
func TestTheLoop(t *testing.T) {
	clock := run.NewManual(morning)
	w := newWorld(t)
	w.member("ann")
	w.private["c1"] = "ann" // no log: it is for one goroutine
	d := w.desk("ann-1", "ann")
	out := post{d, make(chan string), make(chan struct{})}
	var mu sync.Mutex
	changed := make(chan struct{}, 100)
	begin := func() (*alerts.Alerts, *run.Group) {
		group := run.NewGroup(t.Context())
		a := alerts.New(alerts.Config{
			Team: d, Store: locked{Store: d.cache, mu: &mu}, Post: out, Clock: clock,
			Words:   func(_, sentence string) string { return sentence },
			Changed: func() { changed <- struct{}{} },
		})
		a.Start(group)
		return a, group
	}
	a, group := begin()
	w.events = append(w.events, w.message("e1", "k1"), w.message("e2", "k2"))
	a.Heard(w.events)
	<-changed
	clock.BlockUntil(1)
	clock.Advance(alerts.Settle)
	<-out.came
	<-out.came // both are on their way at once
	group.Stop()
	mu.Lock()
	for _, e := range w.events {
		if got := d.outcome(e, "ann"); got != "/" {
			t.Errorf("stopped before the last byte, %s is %q", e.ID, got)
		}
	}
	mu.Unlock()

	_, group = begin() // they were due before: at once
	<-out.came
	<-out.came
	close(out.free)
	for range 2 { // what became of each
		<-changed
	}
	group.Stop()
	for _, e := range w.events {
		if got := d.outcome(e, "ann"); got != "sent/" {
			t.Errorf("%s is %q", e.ID, got)
		}
	}
}

// The program ends while the log is slow to take what became of an alert: it
// ends all the same.
func TestTheEndWaitsForNoLog(t *testing.T) {
	clock := run.NewManual(morning)
	w := newWorld(t)
	w.member("ann")
	w.private["c1"] = "ann"
	d := w.desk("ann-1", "ann")
	out := post{d, make(chan string), make(chan struct{})}
	close(out.free)
	slow := slowStore{d.cache, make(chan struct{})}
	group := run.NewGroup(t.Context())
	a := alerts.New(alerts.Config{
		Team: d, Store: slow, Post: out, Clock: clock, Words: func(_, sentence string) string { return sentence },
	})
	a.Start(group)
	w.events = append(w.events, w.message("e1", "k1"))
	a.Heard(w.events)
	clock.BlockUntil(1)
	clock.Advance(alerts.Settle)
	<-out.came
	<-slow.stuck
	group.Stop()
}

// slowStore never ends storing what was sent.
type slowStore struct {
	alerts.Store
	stuck chan struct{}
}

func (s slowStore) SetNotifications(ctx context.Context, rows []inbox.NotificationRecord) error {
	if rows[0].Outcome == inbox.OutcomeSent {
		close(s.stuck)
		<-ctx.Done()
		return ctx.Err()
	}
	return s.Store.SetNotifications(ctx, rows)
}
