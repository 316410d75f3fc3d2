package outbox

import (
	"context"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// forgets is a provider that tells only of the newest messages what stands in
// them: of what it does not show it cannot be said that it is not there.
type forgets struct{ *world }

func (f forgets) Find(ctx context.Context, s inbox.Sought) (inbox.Found, error) {
	found, err := f.world.Find(ctx, s)
	found.Unsure = !found.There
	return found, err
}

// TestWhatMayBeThereIsNotSentAgain by itself, and neither where that shows only
// right before; on a person's word it is, once for each.
func TestWhatMayBeThereIsNotSentAgain(t *testing.T) {
	for name, late := range map[string]int{"in every look": 0, "in the last look": len(lookUps)} {
		t.Run(name, func(t *testing.T) {
			w := newChat(lostAfter, lostAfter)
			key := w.put(0, "els", "hi")
			o := w.process()
			o.cfg.Sender = func(inbox.ChannelID) Sender {
				if w.asked < late {
					return w
				}
				return forgets{w}
			}
			w.late = 1000
			for attempts := 1; attempts <= 2; attempts++ {
				if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutAsk || w.row(key).Reason != unsureChat || w.attempts != attempts {
					t.Fatalf("%+v after %d attempts: %v", w.row(key), w.attempts, err)
				}
				if err := o.Retry(ctx, key); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// beginner is a provider whose time is not known before it was asked for.
type beginner struct {
	*world
	known bool
	fails []error
}

func (b *beginner) Now() time.Time {
	if b.known {
		return b.world.Now()
	}
	return b.clock.Now()
}

func (b *beginner) LearnTime(context.Context) error {
	if len(b.fails) > 0 {
		err := b.fails[0]
		b.fails = b.fails[1:]
		return err
	}
	b.known = true
	return nil
}

type leaveMe struct{}

func (leaveMe) Error() string             { return "wait" }
func (leaveMe) RetryAfter() time.Duration { return 10 * time.Minute }

// TestR29AFastClockEndsNoWindow: right after a start the provider's time is asked
// for before a window counts as over, as often as it takes.
func TestR29AFastClockEndsNoWindow(t *testing.T) {
	busy := inbox.Errorf(inbox.Unavailable, "It is busy.").Because(leaveMe{})
	for name, fails := range map[string][]error{"at once": nil, "after a while": {busy, busy}} {
		t.Run(name, func(t *testing.T) {
			w := newChat()
			w.skew, w.ends = -2*time.Hour, start.Add(-time.Hour)
			key := w.put(0, "els", "hi")
			o := w.process()
			b := &beginner{world: w, fails: fails}
			o.cfg.Sender = func(inbox.ChannelID) Sender { return b }
			if fails != nil {
				o.stepSend(ctx, "c")
				if m := w.row(key); m.State != inbox.OutQueued || m.Reason != "It is busy." || !o.quietUntil("c").Equal(start.Add(10*time.Minute)) {
					t.Fatalf("%+v, quiet until %v", m, o.quietUntil("c"))
				}
			}
			if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutFiled || w.attempts != 1 {
				t.Errorf("%+v after %d attempts: %v", w.row(key), w.attempts, err)
			}
			if err := w.fair(); err != nil {
				t.Error(err)
			}
		})
	}
	w := newChat()
	w.skew, w.ends = 2*time.Hour, start.Add(time.Hour)
	key := w.put(0, "els", "hi")
	o := w.process()
	o.cfg.Sender = func(inbox.ChannelID) Sender { return &beginner{world: w} }
	if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutAsk || w.attempts != 0 {
		t.Errorf("by a clock that is late: %+v after %d attempts: %v", w.row(key), w.attempts, err)
	}
}
