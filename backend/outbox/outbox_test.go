package outbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"

	"pgregory.net/rapid"
)

var ctx = context.Background()

// sendOne queues one message and lets everything happen, through any number of
// kills; the world's killAt says where the first one falls.
func (w *world) sendOne(t testing.TB) inbox.Outgoing {
	m, r := letter(1)
	for lives := 0; ; lives++ {
		if lives > 3 {
			t.Fatal("it dies again and again")
		}
		alive := life(func() {
			o := w.process()
			if _, stored := w.rows[m.Key]; !stored {
				if err := w.queue(o, m, r); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.settle(o, "c"); err != nil {
				t.Fatal(err)
			}
		})
		if alive {
			return w.rows[m.Key]
		}
	}
}

// verdict checks what must hold however a message fared (R34).
func (w *world) verdict(m inbox.Outgoing) error {
	n, copies := w.delivered[m.MessageID], w.sent[m.MessageID]
	if w.chat {
		copies = min(n, 1) // the provider's list is the copy, but for one that a person says was sent
	}
	switch {
	case n > 1+w.retried[m.MessageID]:
		return fmt.Errorf("sent %d times", n)
	case copies > 1:
		return fmt.Errorf("filed %d times", copies)
	case m.State == inbox.OutFiled && n < 1:
		return fmt.Errorf("filed, but delivered %d times", n)
	case m.State == inbox.OutFiled && copies != 1 && !w.noSent:
		return fmt.Errorf("filed without a copy")
	case m.State == inbox.OutFiled && w.told[m.Key] == 0:
		return fmt.Errorf("nobody was told that it was sent")
	case m.State == inbox.OutFailed && n != 0:
		return fmt.Errorf("failed, but it was delivered")
	case m.State != inbox.OutFiled && m.State != inbox.OutFailed && m.State != inbox.OutAsk:
		return fmt.Errorf("it rests as %s: %s", m.State, m.Reason)
	case m.State != inbox.OutFiled && m.Reason == "":
		return fmt.Errorf("%s, and nobody knows why", m.State)
	}
	return nil
}

func TestEveryOutcomeEndsInItsState(t *testing.T) {
	for _, c := range []struct {
		name   string
		script []act
		files  bool
		want   inbox.OutgoingState
		sent   int
	}{
		{"accepted", []act{accept}, false, inbox.OutFiled, 1},
		{"accepted by a provider that files", []act{accept}, true, inbox.OutFiled, 1},
		{"later, then accepted", []act{later, laterAtDot, accept}, false, inbox.OutFiled, 1},
		{"refused", []act{refuse}, false, inbox.OutFailed, 0},
		{"refused at the dot", []act{refuseAtDot}, false, inbox.OutFailed, 0},
		{"lost answer, copy found", []act{lostAfter}, true, inbox.OutFiled, 1},
		{"lost answer, no copy", []act{lostAfter}, false, inbox.OutAsk, 1},
		{"lost dot", []act{lostBefore}, true, inbox.OutAsk, 0},
		{"later, then lost answer", []act{later, lostAfter}, false, inbox.OutAsk, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(c.script...)
			w.files = c.files
			m := w.sendOne(t)
			if m.State != c.want || w.delivered[m.MessageID] != c.sent {
				t.Errorf("%s, delivered %d times; want %s, %d", m.State, w.delivered[m.MessageID], c.want, c.sent)
			}
			if err := w.verdict(m); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestKilledAnywhere kills the process at every moment of every outcome, and
// then again at every moment of what follows for the likeliest one.
func TestKilledAnywhere(t *testing.T) {
	kills := 0
	for _, a := range acts {
		for _, files := range []bool{false, true} {
			whole := newWorld(a)
			whole.files = files
			whole.sendOne(t)
			for k := 1; k <= whole.steps; k++ {
				w := newWorld(a)
				w.files, w.killAt = files, k
				m := w.sendOne(t)
				kills++
				if err := w.verdict(m); err != nil {
					t.Errorf("%s (files %v) killed at %d of %d: %v", a, files, k, whole.steps, err)
				}
				if files && w.delivered[m.MessageID] == 1 && m.State != inbox.OutFiled {
					t.Errorf("%s killed at %d: the provider has it and shows it, yet it is %s", a, k, m.State)
				}
			}
		}
	}
	t.Logf("%d kills", kills)
}

// TestKilledBeforeTheLastByteAsksNobody: only in the short time between the
// last byte and the answer can a kill leave a question.
func TestKilledBeforeTheLastByteAsksNobody(t *testing.T) {
	questions := 0
	for k := 1; k <= 30; k++ {
		w := newWorld()
		w.killAt = k
		if m := w.sendOne(t); m.State == inbox.OutAsk {
			questions++
		}
	}
	// After the state was stored, before the dot, after the dot, before the
	// answer is stored.
	if questions != 4 {
		t.Errorf("%d moments lead to a question, want 4", questions)
	}
}

func TestRandomWorlds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rapid.SliceOfN(rapid.SampledFrom(acts), 0, 6).Draw(rt, "script")...)
		w.files = rapid.Bool().Draw(rt, "files")
		w.late = rapid.IntRange(0, 4).Draw(rt, "late")
		w.deaf = rapid.IntRange(0, 5).Draw(rt, "deaf")
		w.noSent = !w.files && rapid.Bool().Draw(rt, "noSent")
		n := rapid.IntRange(1, 4).Draw(rt, "messages")
		for i := range n {
			m, r := letter(i)
			m.Channel = inbox.ChannelID([]string{"c", "d"}[i%2])
			m.State, m.MessageID = inbox.OutQueued, r.MessageID
			w.rows[m.Key], w.bytes[m.Key] = m, r
		}
		kills := rapid.SliceOfN(rapid.IntRange(1, 40), 0, 5).Draw(rt, "kills")
		for i := 0; ; i++ {
			w.killAt = -1
			if i < len(kills) {
				w.killAt = w.steps + kills[i]
				w.full = kills[i] % 3
			}
			if life(func() {
				if err := w.settle(w.process(), "c", "d"); err != nil {
					rt.Fatal(err)
				}
			}) {
				break
			}
		}
		for _, m := range w.rows {
			if err := w.verdict(m); err != nil {
				rt.Fatalf("%s: %v", m.Key, err)
			}
		}
		if len(w.rows) != n {
			rt.Fatalf("%d of %d messages are left", len(w.rows), n)
		}
	})
}

func TestFullDiskKeepsWhatIsKnown(t *testing.T) {
	w := newWorld()
	m, r := letter(1)
	o := w.process()
	if err := w.queue(o, m, r); err != nil {
		t.Fatal(err)
	}
	w.full = 1
	o.stepSend(ctx, "c") // could not say that it sends: nothing went out
	if w.delivered[r.MessageID] != 0 {
		t.Fatal("it was sent although that could not be stored")
	}
	w.clock.Advance(savePause)
	sent := w.sent
	w.script = []act{accept}
	w.full = 0
	o.cfg.Sender = func(inbox.ChannelID) Sender { return fillsDisk{w} }
	if err := w.settle(o, "c"); err != nil {
		t.Fatal(err)
	}
	if err := w.verdict(w.rows[m.Key]); err != nil {
		t.Error(err)
	}
	if sent[r.MessageID] != 1 {
		t.Error("no copy was filed")
	}
}

// fillsDisk accepts a message and leaves no room to store that.
type fillsDisk struct{ *world }

func (f fillsDisk) Send(ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult {
	res := f.world.Send(ctx, r, p, commit)
	f.full = 3
	return res
}

func TestUndoSend(t *testing.T) {
	w := newWorld()
	m, r := letter(1)
	m.NotBefore = start.Add(10 * time.Second)
	o := w.process()
	if err := w.queue(o, m, r); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(9 * time.Second)
	o.Wake()
	if next, worked := o.stepSend(ctx, "c"); worked || !next.Equal(m.NotBefore) {
		t.Fatalf("worked %v, next %v; want nothing before %v", worked, next, m.NotBefore)
	}
	if err := o.Cancel(m.Key, w.drop(m.Key)); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(time.Hour)
	if err := w.settle(o, "c"); err != nil || len(w.delivered) != 0 || len(w.rows) != 0 {
		t.Errorf("after taking it back: %v, delivered %v, rows %v", err, w.delivered, w.rows)
	}
}

func TestCancelOnlyWhileQueued(t *testing.T) {
	for _, s := range []inbox.OutgoingState{inbox.OutSending, inbox.OutUnknown, inbox.OutSent, inbox.OutAsk} {
		w := newWorld()
		m, r := letter(1)
		m.State = s
		if s == inbox.OutUnknown || s == inbox.OutAsk {
			m.Doubt = 1
		}
		w.rows[m.Key], w.bytes[m.Key] = m, r
		o := w.process()
		o.rows[m.Key].State = s // recovery would queue a sending one
		if err := o.Cancel(m.Key, w.drop(m.Key)); inbox.CodeOf(err) != inbox.Conflict || len(w.rows) != 1 {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestRetryLooksBeforeItSendsAgain(t *testing.T) {
	w := newWorld(lostAfter)
	m := w.sendOne(t)
	if m.State != inbox.OutAsk {
		t.Fatalf("%s, want a question", m.State)
	}
	w.sent[m.MessageID] = 1 // it turns up after all
	o := w.process()
	if err := o.Retry(ctx, m.Key); err != nil {
		t.Fatal(err)
	}
	if err := w.settle(o, "c"); err != nil {
		t.Fatal(err)
	}
	if err := w.verdict(w.rows[m.Key]); err != nil || w.rows[m.Key].State != inbox.OutFiled {
		t.Error(w.rows[m.Key].State, err)
	}
}

func TestRetryAndMarkSent(t *testing.T) {
	w := newWorld(refuse, accept)
	m := w.sendOne(t)
	if m.State != inbox.OutFailed || !strings.Contains(m.Reason, "550 never") {
		t.Fatalf("%s %q", m.State, m.Reason)
	}
	o := w.process()
	if err := o.Retry(ctx, m.Key); err != nil {
		t.Fatal(err)
	}
	if err := w.settle(o, "c"); err != nil || w.rows[m.Key].State != inbox.OutFiled {
		t.Errorf("after retry: %s, %v", w.rows[m.Key].State, err)
	}

	w = newWorld(lostBefore)
	m = w.sendOne(t)
	o = w.process()
	if err := o.MarkSent(ctx, m.Key); err != nil {
		t.Fatal(err)
	}
	if err := w.settle(o, "c"); err != nil || w.rows[m.Key].State != inbox.OutFiled || w.delivered[m.MessageID] != 0 {
		t.Errorf("after mark sent: %s, delivered %d, %v", w.rows[m.Key].State, w.delivered[m.MessageID], err)
	}
}

func TestOfflineStaysQueued(t *testing.T) {
	w := newWorld()
	m, r := letter(1)
	o := w.process()
	o.SetOffline(true)
	if err := w.queue(o, m, r); err != nil {
		t.Fatal(err)
	}
	if _, worked := o.stepSend(ctx, "c"); worked {
		t.Fatal("it touched the network")
	}
	if l := o.List(); len(l) != 1 || l[0].State != inbox.OutQueued || l[0].Reason != offlineText {
		t.Errorf("%+v", l)
	}
	o.SetOffline(false)
	if err := w.settle(o, "c"); err != nil || w.rows[m.Key].State != inbox.OutFiled {
		t.Error(w.rows[m.Key].State, err)
	}
}

// TestFilingDelaysNothing: a copy that cannot be filed holds up neither the
// next message nor the news that this one was sent.
func TestFilingDelaysNothing(t *testing.T) {
	w := newWorld()
	w.deaf = 1000
	o := w.process()
	for i := range 2 {
		m, r := letter(i)
		if err := w.queue(o, m, r); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		o.stepSend(ctx, "c")
		o.stepFile(ctx, "c")
	}
	if len(w.delivered) != 2 || len(w.told) != 2 || len(w.sent) != 0 {
		t.Errorf("delivered %v, told %v, filed %v", w.delivered, w.told, w.sent)
	}
}

// TestChannelsAreIndependent runs the real workers: one channel's provider
// hangs until the end, the other's messages go out.
func TestChannelsAreIndependent(t *testing.T) {
	w := newWorld()
	hang := make(chan struct{})
	sent := make(chan inbox.Outgoing, 10)
	o := New(Config{Store: w, Clock: w.clock, Sender: func(ch inbox.ChannelID) Sender {
		if ch == "c" {
			return hangs{hang}
		}
		return w
	}, Sent: func(_ context.Context, m inbox.Outgoing) error { sent <- m; return nil }})
	g := run.NewGroup(ctx)
	if err := o.Start(ctx, g); err != nil {
		t.Fatal(err)
	}
	stuck, r := letter(1)
	other, r2 := letter(2)
	other.Channel = "d"
	if w.queue(o, stuck, r) != nil || w.queue(o, other, r2) != nil {
		t.Fatal("not queued")
	}
	if m := <-sent; m.Key != other.Key {
		t.Errorf("%s was sent", m.Key)
	}
	g.Stop()
	if s := w.rows[stuck.Key].State; s != inbox.OutQueued {
		t.Errorf("after stopping, the stuck message is %s, want queued", s)
	}
}

type hangs struct{ ch chan struct{} }

func (h hangs) Send(ctx context.Context, _ inbox.Rendered, _ inbox.Permit, _ func() error) inbox.SendResult {
	select {
	case <-h.ch:
	case <-ctx.Done():
	}
	return inbox.SendResult{Outcome: inbox.Later, Reason: ctx.Err().Error()}
}
func (hangs) Find(context.Context, inbox.Sought) (inbox.Found, error) { return inbox.Found{}, nil }
func (hangs) File(context.Context, inbox.Rendered) error              { return nil }
func (hangs) Now() time.Time                                          { return start }

func TestPauseGrowsToFifteenMinutes(t *testing.T) {
	c := Config{}
	var last time.Duration
	for n := 1; n < 40; n++ {
		d := c.pause(n)
		if d < last || d > maxPause {
			t.Fatalf("pause %d is %v after %v", n, d, last)
		}
		last = d
	}
	if last != maxPause {
		t.Errorf("it ends at %v", last)
	}
}

// The filing worker may look while a message just sent is still busy: it must
// hear when it no longer is.
func TestASentMessageIsFiledHoweverTheWorkersMeet(t *testing.T) {
	w := newWorld()
	o := w.process()
	m, rendered := letter(1)
	if err := w.queue(o, m, rendered); err != nil {
		t.Fatal(err)
	}
	l := &lane{make(chan struct{}, 1), make(chan struct{}, 1)}
	o.lanes[m.Channel] = l
	o.cfg.Changed = func(now inbox.Outgoing) {
		if now.State != inbox.OutSent {
			return
		}
		<-l.file // what save told; the worker looks at once
		if _, worked := o.stepFile(t.Context(), m.Channel); worked {
			t.Error("it was filed while it was being sent")
		}
	}
	for worked := true; worked; {
		_, worked = o.stepSend(t.Context(), m.Channel)
	}
	select {
	case <-l.file:
	default:
		t.Error("the filing worker waits for ever")
	}
}
