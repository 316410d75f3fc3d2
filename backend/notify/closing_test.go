package notify

import (
	"fmt"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// closing is a reply window of a conversation of somebody's that ends after a
// while.
func (w *world) closing(conversation inbox.Key, assignee inbox.MemberID, after time.Duration) inbox.NotificationEvent {
	ends := w.clock.Now().Add(after)
	e := w.mail(inbox.ClosingID(string(conversation), ends), conversation, assignee)
	e.At, e.Ends, e.Subject, e.Preview = ends.Add(-inbox.ClosingFor), ends, "", ""
	w.store.Keep(e)
	return e
}

// A window that ends is told of once, whatever else is read there, and by who
// wakes up late as soon as they do (R28).
func TestAWindowThatEndsIsShownOnce(t *testing.T) {
	for _, left := range []time.Duration{time.Hour, 20 * time.Minute} {
		w := newWorld(t)
		w.store.Read("c1", true) // there is nothing unread
		e := w.closing("c1", "ann", left)
		w.hear(e, w.closing("c2", "ben", left))
		w.settle()
		want := notice("", "c1", 1, true)
		want.Body = fmt.Sprintf("The reply window ends at %s.", noon.Add(left).Format("15:04"))
		w.shown(want)
		w.row(e.ID, inbox.OutcomeShown, inbox.ReasonNone)
		w.start()
		w.hear(e)
		w.settle()
		w.shown()
		if rows := w.store.Rows(); len(rows) != 1 || rows[0].Occasion != inbox.OccasionClosing {
			t.Errorf("%+v", rows) // Ben's is nothing to Ann
		}
	}
}

// The contact wrote again, somebody closed it or took it, or it was deleted,
// between hearing of it and showing it: also after another start.
func TestAWindowThatMovedIsNotShown(t *testing.T) {
	for _, restart := range []bool{false, true} {
		w := newWorld(t)
		moved, gone, kept := w.closing("c1", "ann", time.Hour), w.closing("c2", "ann", time.Hour), w.closing("c3", "ann", time.Hour)
		w.hear(moved, gone, kept)
		moved.Over = true
		w.store.Keep(moved)
		w.store.Forget(gone.ID)
		if restart {
			w.start()
		}
		w.settle()
		w.row(moved.ID, inbox.OutcomeSuppressed, inbox.ReasonWindowOver)
		w.row(gone.ID, inbox.OutcomeSuppressed, inbox.ReasonWindowOver)
		w.row(kept.ID, inbox.OutcomeShown, inbox.ReasonNone)
	}
}

// Quiet hours hold it back; what ended meanwhile is in no digest (R20).
func TestAWindowThatEndedInQuietHours(t *testing.T) {
	w := newWorld(t)
	w.me.Settings.PausedUntil = noon.Add(30 * time.Minute)
	over, left := w.closing("c1", "ann", 25*time.Minute), w.closing("c2", "ann", time.Hour)
	w.hear(over, left)
	w.settle()
	w.shown()
	w.row(over.ID, inbox.OutcomeSuppressed, inbox.ReasonPaused)
	w.pass(30 * time.Minute)
	w.row(over.ID, inbox.OutcomeSuppressed, inbox.ReasonWindowOver)
	w.row(left.ID, inbox.OutcomeShown, inbox.ReasonNone)
	want := notice("", "c2", 1, true)
	want.Body = "The reply window ends at 13:00."
	w.shown(want)
}

func TestWhatIsInFrontNeedsNoWord(t *testing.T) {
	w := newWorld(t)
	w.n.Look("window", "c1", true)
	front, opened := w.closing("c1", "ann", time.Hour), w.closing("c2", "ann", time.Hour)
	w.hear(front, opened)
	w.do(func(n *Notify) { n.Opened("c2") })
	w.settle()
	w.shown()
	w.row(front.ID, inbox.OutcomeSuppressed, inbox.ReasonFocused)
	w.row(opened.ID, inbox.OutcomeSuppressed, inbox.ReasonRead)
}

func TestManyWindowsEndAtOnce(t *testing.T) {
	w := newWorld(t)
	var all []inbox.NotificationEvent
	for i := range 4 {
		all = append(all, w.closing(inbox.Key(fmt.Sprint("c", i)), "ann", time.Hour))
	}
	w.hear(all...)
	w.settle()
	want := digestOf(4, "Customer c3, Customer c2, Customer c1, Customer c0")
	want.Title = "4 reply windows end soon"
	w.shown(want)
	w.hear(w.mail("m1", "c8", "ann"), w.mail("m2", "c9", "ann"), w.mail("m3", "c7", "ann"), w.mail("m4", "c6", "ann"))
	w.settle()
	if got := w.desk.take(); len(got) != 1 || got[0].Title != "8 notifications" {
		t.Errorf("%+v", got)
	}
}
