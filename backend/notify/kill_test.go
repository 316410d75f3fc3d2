package notify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Killed between recording and deciding: the next start decides.
func TestKilledBeforeItWasDecided(t *testing.T) {
	w := newWorld(t)
	w.hear(w.mail("m1", "c1", "ann"))
	w.clock.Advance(time.Minute)
	w.start()
	w.shown(notice("m1", "c1", 1, true))
}

// Killed between deciding and knowing what came of it: it may have been shown,
// so it is not shown again, and the row says what happened.
func TestKilledWhileShowing(t *testing.T) {
	w := newWorld(t)
	ctx, kill := context.WithCancel(t.Context())
	w.desk.during = func() {
		kill()
		w.store.Fail(context.Canceled)
	}
	w.hear(w.mail("m1", "c1", "ann"), w.mail("m2", "c2", "ann"))
	w.clock.Advance(settle)
	w.n.step(ctx)
	w.desk.during = nil
	w.store.Fail(nil)
	w.shown(notice("m1", "c1", 1, true))
	w.start()
	w.settle()
	w.shown()
	w.row("m1", inbox.OutcomeFailed, inbox.ReasonStoppedBefore)
	w.row("m2", inbox.OutcomeFailed, inbox.ReasonStoppedBefore)
}

// Ended in the middle: what was shown is known to be, and the rest is shown by
// the next start.
func TestEndedWhileShowing(t *testing.T) {
	w := newWorld(t)
	ctx, end := context.WithCancel(t.Context())
	w.desk.during = end
	w.hear(w.mail("m1", "c1", "ann"), w.mail("m2", "c2", "ann"))
	w.clock.Advance(settle)
	w.n.run(ctx)
	w.desk.during = nil
	w.shown(notice("m1", "c1", 1, true))
	w.row("m1", inbox.OutcomeShown, inbox.ReasonNone)
	w.start()
	w.shown(notice("m2", "c2", 1, true))
	w.row("m2", inbox.OutcomeShown, inbox.ReasonNone)
}

// A desktop that gives up because the program ends may have shown it.
func TestEndedAndTheDesktopGaveUp(t *testing.T) {
	w := newWorld(t)
	ctx, end := context.WithCancel(t.Context())
	w.desk.during, w.desk.outcome, w.desk.reason = end, inbox.OutcomeFailed, inbox.ReasonSystemFailed
	w.hear(w.mail("m1", "c1", "ann"))
	w.clock.Advance(settle)
	w.n.run(ctx)
	w.start()
	w.row("m1", inbox.OutcomeFailed, inbox.ReasonStoppedBefore)
}

var errFull = errors.New("the disk is full")

// A store that fails delays notifications and repeats none.
func TestTheStoreFails(t *testing.T) {
	w := newWorld(t)
	w.store.Fail(errFull)
	w.hear(w.mail("m1", "c1", "ann"))
	w.settle()
	w.shown()
	w.store.Fail(nil)
	w.pass(retry)
	w.shown(notice("m1", "c1", 1, true)) // recorded at last

	w.hear(w.mail("m2", "c2", "ann"))
	w.store.Fail(errFull)
	w.settle()
	w.shown() // not before the store knows
	w.store.Fail(nil)
	w.pass(retry)
	w.shown(notice("m2", "c2", 1, true))

	w.hear(w.mail("m3", "c3", "ann"))
	w.desk.during = func() { w.store.Fail(errFull) }
	w.settle()
	w.shown(notice("m3", "c3", 1, true))
	if r := w.store.Row("m3"); r.Outcome != inbox.OutcomeWaiting {
		t.Errorf("%+v", r)
	}
	w.desk.during = nil
	w.store.Fail(nil)
	w.pass(retry)
	w.shown()
	w.row("m3", inbox.OutcomeShown, inbox.ReasonNone)
}

// What is said while the store fails is kept: a bounded number of events, and
// that something was read.
func TestTheStoreFailsForLong(t *testing.T) {
	w := newWorld(t)
	w.hear(w.assigned("d1", "c1"))
	w.store.Fail(errFull)
	for i := range 3 {
		var many []inbox.NotificationEvent
		for j := range mostHeard / 2 {
			many = append(many, w.mail(fmt.Sprint("m", i, ".", j), "c2", ""))
		}
		w.hear(many...)
	}
	w.do(func(n *Notify) { n.Opened("c1") })
	if n := len(w.n.todo.heard); n != mostHeard {
		t.Errorf("%d are kept", n)
	}
	w.store.Fail(nil)
	w.pass(retry)
	w.row("d1", inbox.OutcomeSuppressed, inbox.ReasonRead)
	if all := w.desk.take(); len(all) != 1 || all[0].Count != mostHeard {
		t.Errorf("shown %s", list(all))
	}
}

// A clock that is set back does not keep a burst waiting for a day.
func TestTheClockIsSetBack(t *testing.T) {
	w := newWorld(t)
	m := w.mail("m1", "c1", "ann")
	w.since = noon.Add(-30 * 24 * time.Hour)
	w.hear(m)
	w.clock.Advance(-24 * time.Hour)
	w.hear(w.mail("m2", "c2", "ann"))
	w.settle()
	if all := w.desk.take(); len(all) != 2 {
		t.Errorf("shown %s", list(all))
	}
}

// TestWhateverHappens lets everything happen in any order: no event is ever
// shown twice, and in the end each has its outcome.
func TestWhateverHappens(t *testing.T) {
	for seed := range uint64(300) {
		chaos(t, rand.New(rand.NewPCG(seed, 4)))
	}
}

func chaos(t *testing.T, chance *rand.Rand) {
	w := newWorld(t)
	var heard []inbox.NotificationEvent
	pick := func() inbox.Key { return inbox.Key(fmt.Sprint("c", chance.IntN(6))) }
	steps := []func(){
		func() { w.pass(time.Duration(chance.IntN(4000)) * time.Millisecond) },
		func() { w.pass(time.Duration(chance.IntN(8)) * time.Hour) },
		func() {
			w.hear(w.mail(fmt.Sprint("m", len(heard)), pick(), []inbox.MemberID{"ann", "ben", ""}[chance.IntN(3)]))
		},
		func() { w.hear(w.assigned(fmt.Sprint("m", len(heard)), pick())) },
		func() { // a rewind
			for _, e := range heard {
				w.hear(e)
			}
		},
		func() { w.store.Fail([]error{errFull, nil, nil}[chance.IntN(3)]) },
		func() { w.start() },
		func() { // killed while a notification is put up
			ctx, kill := context.WithCancel(t.Context())
			w.desk.during = kill
			w.clock.Advance(settle)
			w.n.step(ctx)
			w.desk.during = nil
			w.start()
		},
		func() { w.store.Read(pick(), chance.IntN(2) == 0) },
		func() { w.do(func(n *Notify) { n.Opened(pick()) }) },
		func() { w.do(func(n *Notify) { n.Look("window", pick(), chance.IntN(2) == 0) }) },
		func() { w.me.Settings.Quiet = []inbox.QuietHours{night, {}}[chance.IntN(2)]; w.do((*Notify).Settings) },
		func() { w.me.Settings.PausedUntil = w.clock.Now().Add(time.Hour); w.do((*Notify).Settings) },
		func() { w.desk.outcome = []inbox.NotificationOutcome{"shown", "failed"}[chance.IntN(2)] },
	}
	for range 60 {
		steps[chance.IntN(len(steps))]()
		for i := len(heard); ; i++ { // what was made is heard of again by later rewinds
			e, found, _ := w.store.Event(t.Context(), inbox.NotificationRecord{EventID: fmt.Sprint("m", i)})
			if !found {
				break
			}
			heard = append(heard, e)
		}
	}
	w.store.Fail(nil)
	w.hear(heard...)
	w.me.Settings.Quiet, w.me.Settings.PausedUntil = inbox.QuietHours{}, time.Time{}
	for range 4 {
		w.pass(2 * time.Hour)
		w.do((*Notify).Settings)
	}
	if len(w.n.events) != 0 {
		t.Errorf("%d events are still kept", len(w.n.events))
	}
	w.start()
	for _, e := range heard {
		r := w.store.Row(e.ID)
		if w.store.Began(e.ID) > 1 || r.Outcome == inbox.OutcomeWaiting || !r.Due.IsZero() {
			t.Errorf("%s began %d times and is %+v", e.ID, w.store.Began(e.ID), r)
		}
	}
	if len(w.store.Rows()) != len(heard) {
		t.Errorf("%d rows for %d events", len(w.store.Rows()), len(heard))
	}
}

// The goroutine itself: it wakes for events and for time, and ends.
func TestStartAndStop(t *testing.T) {
	w := newWorld(t)
	changed := make(chan struct{}, 100)
	w.n.cfg.Changed = func() { changed <- struct{}{} }
	group := run.NewGroup(t.Context())
	w.n.Start(group)
	for i := range 8 {
		w.n.Heard([]inbox.NotificationEvent{w.mail(fmt.Sprint("m", i), inbox.Key(fmt.Sprint("c", i)), "ann")})
		w.n.Look("window", "c0", i%2 == 0)
	}
	until := func(what string, so func() bool) {
		t.Helper()
		for timeout := time.After(30 * time.Second); !so(); {
			select {
			case <-changed:
			case <-time.After(time.Millisecond):
				w.clock.Advance(settle)
			case <-timeout:
				t.Fatalf("never %s", what)
			}
		}
	}
	decided := func() bool {
		rows := w.store.Rows()
		return len(rows) == 8 && !slices.ContainsFunc(rows, func(r inbox.NotificationRecord) bool { return r.Outcome == inbox.OutcomeWaiting })
	}
	until("decided", decided)
	w.mu.Lock()
	w.me.Settings.PausedUntil = w.clock.Now().Add(6 * time.Hour)
	w.mu.Unlock()
	w.n.Heard([]inbox.NotificationEvent{w.mail("held", "c9", "ann")})
	until("held", func() bool { return w.store.Row("held").Reason == inbox.ReasonPaused })
	w.clock.Advance(6 * time.Hour)
	until("shown", func() bool { return w.store.Row("held").Outcome == inbox.OutcomeShown })
	group.Stop()
	w.n.Heard([]inbox.NotificationEvent{w.mail("after", "c9", "ann")}) // nobody listens, nothing blocks
}

// What is heard of while the program ends is the next start's.
func TestHeardAtTheEnd(t *testing.T) {
	w := newWorld(t)
	ctx, end := context.WithCancel(t.Context())
	end()
	w.n.Heard([]inbox.NotificationEvent{w.mail("m1", "c1", "ann")})
	w.n.run(ctx)
	w.shown()
	w.clock.Advance(time.Minute)
	w.start()
	w.shown(notice("m1", "c1", 1, true))
}
