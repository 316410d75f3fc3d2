package outbox

import (
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// killAnywhere lets a world happen once for each of its moments, killed there,
// and once as it is; check says what must hold of it then.
func killAnywhere(t *testing.T, make func() *world, check func(w *world) error) {
	t.Helper()
	whole := make()
	if err := whole.live(); err != nil {
		t.Fatal(err)
	}
	for k := range whole.steps + 1 { // the 0th is none
		w := make()
		if err := w.live(k); err != nil {
			t.Fatal(err)
		}
		if err := check(w); err != nil {
			t.Errorf("killed at %d of %d: %v", k, whole.steps, err)
		}
	}
}

// TestBeingPutOffIsNoLook: however often a provider said "later" before it took a
// message, its list is asked as often as always before that goes again by itself.
func TestBeingPutOffIsNoLook(t *testing.T) {
	for _, a := range []act{later, laterAtDot} {
		for n := range 2 + len(lookUps) {
			killAnywhere(t, func() *world {
				w := newChat(slices.Repeat([]act{a}, n)...)
				w.late = len(lookUps)
				w.put(0, "els", "hi")
				return w
			}, (*world).fair)
		}
	}
}

// TestAnAnswerIsOfItsOwnAttempt: that an attempt was put off says nothing of the
// one before it, whose answer was lost; that one is looked for before each other.
func TestAnAnswerIsOfItsOwnAttempt(t *testing.T) {
	for _, a := range []act{later, laterAtDot} {
		killAnywhere(t, func() *world {
			w := newChat(lostAfter, a, a)
			w.late = 2 + len(lookUps)
			w.put(0, "els", "hi")
			return w
		}, (*world).fair)
	}
}

// TestRefusedInDoubtAsks: one that was refused failed, but for an attempt before
// that may not have. It is looked for before it is tried again.
func TestRefusedInDoubtAsks(t *testing.T) {
	for _, a := range []act{refuse, refuseAtDot} {
		w := newChat(lostAfter, a)
		w.late = 1 + len(lookUps)
		key := w.put(0, "els", "hi")
		o := w.process()
		if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutAsk || w.row(key).NextTry != (time.Time{}) {
			t.Fatalf("%s: %+v: %v", a, w.row(key), err)
		}
		if why := w.row(key).Reason; !strings.HasPrefix(why, "It was refused") || !strings.Contains(why, "55") {
			t.Errorf("%s: a person reads %q", a, why)
		}
		if err := o.Cancel(key, w.drop(key)); inbox.CodeOf(err) != inbox.Conflict {
			t.Error("what may have been sent is taken back as if it had not:", err)
		}
		if err := o.Retry(ctx, key); err != nil {
			t.Fatal(err)
		}
		if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutFiled || w.attempts != 2 {
			t.Errorf("%s: %+v after %d attempts: %v", a, w.row(key), w.attempts, err)
		}
		if err := w.fair(); err != nil {
			t.Error(err)
		}
	}
}

// TestMailRefusedInDoubtAsks: as a chat, after a person's word sent it again.
func TestMailRefusedInDoubtAsks(t *testing.T) {
	w := newWorld(lostAfter, refuseAtDot)
	m := w.sendOne(t)
	o := w.process()
	if err := o.Retry(ctx, m.Key); err != nil {
		t.Fatal(err)
	}
	if err := w.settle(o, "c"); err != nil || w.rows[m.Key].State != inbox.OutAsk || w.attempts != 2 {
		t.Errorf("%+v after %d attempts: %v", w.rows[m.Key], w.attempts, err)
	}
	if err := w.verdict(w.rows[m.Key]); err != nil {
		t.Error(err)
	}
}
