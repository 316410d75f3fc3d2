package notify

import (
	"testing"
	"time"

	"postvak/backend/inbox"
)

// night are quiet hours that begin at noon's evening.
var night = inbox.QuietHours{From: "18:00", To: "08:30"}

func untilMorning(now time.Time) time.Duration {
	return time.Date(2026, 3, 3, 8, 30, 0, 0, time.UTC).Sub(now)
}

// Quiet hours hold everything back and end in one digest of what is still
// unread (R20).
func TestQuietHoursEndInOneDigest(t *testing.T) {
	w := newWorld(t)
	w.me.Settings.Quiet = night
	w.pass(7 * time.Hour)
	w.hear(w.mail("m1", "c1", "ann"), w.mail("m2", "c2", ""))
	w.settle()
	w.pass(time.Hour)
	w.hear(w.mail("m3", "c3", ""), w.mail("x", "c4", "ben"), w.assigned("d1", "c5"))
	w.settle()
	w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonQuiet)
	w.row("d1", inbox.OutcomeSuppressed, inbox.ReasonQuiet)
	w.row("x", inbox.OutcomeSuppressed, inbox.ReasonOff)
	w.store.Read("c2", true)
	w.pass(untilMorning(w.clock.Now()) - time.Second)
	w.shown()
	w.pass(time.Second)
	w.shown(Notice{Slot: SlotDigest, Title: "3 new messages and assignments", Body: "Customer c3, Customer c5, Customer c1", Count: 3})
	w.row("m1", inbox.OutcomeShown, inbox.ReasonDigest)
	w.row("m2", inbox.OutcomeSuppressed, inbox.ReasonRead)
	w.row("m3", inbox.OutcomeShown, inbox.ReasonDigest)
	w.row("d1", inbox.OutcomeShown, inbox.ReasonDigest)
	w.pass(24 * time.Hour)
	w.shown()
}

// Whoever read everything meanwhile is told nothing.
func TestQuietHoursAndAllWasRead(t *testing.T) {
	w := newWorld(t)
	w.me.Settings.Quiet = night
	w.pass(7 * time.Hour)
	w.hear(w.mail("m1", "c1", "ann"), w.assigned("d1", "c2"))
	w.settle()
	w.store.Read("c1", true)
	w.do(func(n *Notify) { n.Opened("c2") })
	w.row("d1", inbox.OutcomeSuppressed, inbox.ReasonRead)
	w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonQuiet) // nobody opened that one here
	w.pass(untilMorning(w.clock.Now()))
	w.shown()
	w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonRead)
}

// A pause ends by itself or by hand; one that ends in quiet hours is followed
// by them.
func TestPause(t *testing.T) {
	w := newWorld(t)
	w.me.Settings.PausedUntil = noon.Add(time.Hour)
	w.hear(w.mail("m1", "c1", "ann"))
	w.settle()
	w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonPaused)
	w.me.Settings.PausedUntil = noon.Add(2 * time.Hour)
	w.do((*Notify).Settings)
	w.pass(90 * time.Minute)
	w.shown()
	told := len(w.told)
	w.do((*Notify).Settings)
	if w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonPaused); len(w.told) != told {
		t.Error("told again that it is held back")
	}
	w.me.Settings.PausedUntil = time.Time{}
	w.do((*Notify).Settings)
	w.shown(notice("m1", "c1", 1, true))
	w.row("m1", inbox.OutcomeShown, inbox.ReasonNone) // alone, it is no digest
	w.do(func(n *Notify) { n.Opened("c1") })

	w.me.Settings.Quiet, w.me.Settings.PausedUntil = night, noon.Add(7*time.Hour)
	w.pass(4 * time.Hour)
	w.hear(w.mail("m2", "c2", "ann"))
	w.settle()
	w.pass(2 * time.Hour)
	w.row("m2", inbox.OutcomeSuppressed, inbox.ReasonQuiet)
	w.pass(untilMorning(w.clock.Now()))
	w.shown(notice("m2", "c2", 1, true))
}

// What is decided when something was held back is decided anew at its end.
func TestHeldBackIsDecidedAgain(t *testing.T) {
	w := newWorld(t)
	w.me.Settings.Quiet = night
	w.pass(7 * time.Hour)
	closed := w.mail("m3", "c3", "")
	w.hear(w.mail("m1", "c1", "ann"), w.mail("m2", "c2", ""), closed)
	w.settle()
	closed.Closed = true
	w.store.Keep(closed)
	w.me.Settings.Desktop.Mine = false
	w.do((*Notify).Settings)
	w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonOff)
	w.row("m3", inbox.OutcomeSuppressed, inbox.ReasonClosed)
	w.pass(untilMorning(w.clock.Now()))
	w.shown(notice("m2", "c2", 1, false))
}

// A program that was closed in the evening tells in the morning, from the
// cache, or from what the row knows when the cache does not.
func TestHeldBackOverAStart(t *testing.T) {
	w := newWorld(t)
	w.me.Settings.Quiet = night
	w.pass(7 * time.Hour)
	w.hear(w.mail("m1", "c1", "ann"), w.mail("m2", "c2", ""))
	unknown := w.mail("m3", "c3", "")
	unknown.ID = "m4"
	w.hear(unknown)
	w.settle()
	w.start()
	w.shown()
	w.clock.Advance(untilMorning(w.clock.Now()) + 2*time.Hour)
	w.start()
	w.shown(digestOf(3, "c3@shop.example, Customer c2, Customer c1"))
	w.start()
	w.shown()
}

// What came in quiet hours and what comes after a restart in them is one.
func TestQuietHoursOfAMissedNight(t *testing.T) {
	w := newWorld(t)
	w.me.Settings.Quiet = night
	w.pass(7 * time.Hour)
	w.hear(w.mail("m1", "c1", "ann"))
	w.settle()
	missed := w.mail("m2", "c2", "")
	w.pass(untilMorning(w.clock.Now()) - settle)
	w.hear(missed)
	w.settle()
	w.shown(digestOf(2, "Customer c2, Customer c1"))
}

// What was deleted while it waited is told nobody, and nothing of it is kept
// (R12).
func TestNothingIsKeptOfWhatWasDeleted(t *testing.T) {
	w := newWorld(t)
	w.hear(w.mail("m1", "c1", "ann"), w.mail("m2", "c2", "ann"))
	w.store.Delete("m1")
	w.settle()
	w.shown(notice("m2", "c2", 1, true))
	if len(w.n.events) != 0 {
		t.Errorf("kept is %+v", w.n.events)
	}
}

// What was held back until a day years ahead is decided anew when the clock was
// set right.
func TestAClockThatWasYearsAhead(t *testing.T) {
	w := newWorld(t)
	w.mu.Lock()
	w.me.Settings.PausedUntil = noon.AddDate(4, 0, 0)
	w.mu.Unlock()
	w.hear(w.mail("m1", "c1", "ann"))
	w.settle()
	w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonPaused)
	w.mu.Lock()
	w.me.Settings.PausedUntil = time.Time{} // as the app gives it then
	w.mu.Unlock()
	w.hear(w.mail("m2", "c2", "ann"))
	w.settle()
	w.row("m1", inbox.OutcomeShown, inbox.ReasonNone)
}
