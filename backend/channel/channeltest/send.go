package channeltest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"postvak/backend/inbox"
)

func (s *suite) accepted() {
	a := s.Open(s)
	for _, text := range []string{"hello", odd} {
		if try := s.send(a, text); try.Outcome != inbox.Accepted || try.committed != 1 {
			s.Errorf("%q: %+v", text, try)
		}
	}
	s.took("hello", odd)
}

// outcome sends under a fault, and wants what became of it.
func (s *suite) outcome(f Fault, want inbox.Outcome, got ...string) attempt {
	s.Helper()
	a := s.Open(s)
	s.Fault(s, f)
	try := s.send(a, "hello")
	s.Fault(s, None)
	if try.Outcome != want {
		s.Errorf("%s: %s (%s), want %s", f, try.Outcome, try.Reason, want)
	}
	s.took(got...)
	return try
}

func (s *suite) refused() { s.outcome(Refused, inbox.Refused) }

func (s *suite) later() {
	if try := s.outcome(Later, inbox.Later); try.After < 0 {
		s.Errorf("it wants to be left alone for %v", try.After)
	}
}

func (s *suite) gone() { s.outcome(Gone, inbox.Later) }

func (s *suite) cutBefore() {
	try := s.outcome(CutBefore, inbox.Unknown)
	s.there(s.Open(s), try.rendered, "-")
}

func (s *suite) cutAfter() {
	try := s.outcome(CutAfter, inbox.Unknown, "hello")
	s.shown(try)
}

func (s *suite) nonsense() {
	try := s.outcome(Nonsense, inbox.Unknown, "hello")
	s.shown(try)
}

// shown wants what the provider has to be found, and as one and the same
// whenever it is asked.
func (s *suite) shown(try attempt) {
	s.Helper()
	a := s.Open(s)
	if !s.Keeps {
		if err := a.File(s.ctx, try.rendered); err != nil {
			s.Fatal(err)
		}
	}
	found, err := s.find(a, try.rendered)
	if err != nil || !found.There || s.Keeps && found.ProviderID == "" {
		s.Fatalf("it was sent, and find says %+v, %v", found, err)
	}
	s.there(s.Open(s), try.rendered, found.ProviderID)
}

func (s *suite) commitRefused() {
	a := s.Open(s)
	try := s.sendBy(s.ctx, a, s.Render(s, "hello"), inbox.Permit{}, func() error { return errDisk })
	if try.Outcome != inbox.Later || try.committed != 1 {
		s.Errorf("%+v", try)
	}
	s.took()
	s.there(a, try.rendered, "-")
	if try := s.send(a, "now"); try.Outcome != inbox.Accepted {
		s.Errorf("afterwards: %+v", try)
	}
	s.took("now")
}

// silent: a provider that takes everything and never answers does not hold an
// attempt up for longer than its ctx.
func (s *suite) silent() {
	s.Fault(s, Silent)
	a := s.Open(s)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	r := s.Render(s, "hello")
	committed := make(chan struct{}, 1)
	ended := make(chan attempt, 1)
	go func() {
		try := attempt{rendered: r}
		try.SendResult = a.Send(ctx, r, inbox.Permit{}, func() error {
			select {
			case committed <- struct{}{}:
			default:
			}
			return nil
		})
		ended <- try
	}()
	select {
	case <-committed:
	case <-s.ctx.Done():
		s.Fatal("it never wanted to hand the message over")
	}
	cancel()
	try := <-ended
	if try.Outcome != inbox.Unknown && try.Outcome != inbox.Later || try.Reason == "" {
		s.Errorf("%+v", try.SendResult)
	}
	s.hear(try.Reason, try.Detail)
	s.Fault(s, None)
	s.took()
}

func (s *suite) cancelled() {
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	a := s.Open(s)
	try := s.sendBy(ctx, a, s.Render(s, "hello"), inbox.Permit{}, func() error { return nil })
	if try.Outcome != inbox.Later || try.committed != 0 {
		s.Errorf("%+v", try)
	}
	s.took()
	if found, err := a.Find(ctx, inbox.Sought{Rendered: try.rendered, Queued: a.Now(), Taken: free}); err == nil {
		s.Errorf("nobody could be asked, and find says %+v", found)
	}
}

func free(context.Context, []string) (map[string]bool, error) { return nil, nil }

// sameWords: of two messages with the same words neither passes for the other.
func (s *suite) sameWords() {
	a := s.Open(s)
	if !s.Keeps {
		s.Skip("a message has a name of its own here")
	}
	one, two := s.send(a, "ok"), s.send(a, "ok")
	if one.ProviderID == two.ProviderID {
		s.Fatalf("both are %q", one.ProviderID)
	}
	s.there(a, one.rendered, one.ProviderID)
	s.there(a, two.rendered, two.ProviderID, one.ProviderID)
	s.there(a, two.rendered, one.ProviderID, two.ProviderID)
	s.there(a, two.rendered, "-", one.ProviderID, two.ProviderID)
	if _, err := a.Find(s.ctx, inbox.Sought{Rendered: one.rendered, Queued: a.Now(), Taken: func(context.Context, []string) (map[string]bool, error) {
		return nil, errDisk
	}}); !errors.Is(err, errDisk) {
		s.Errorf("nobody knows which are taken, and find says %v", err)
	}
}

func (s *suite) neverSent() {
	a := s.Open(s)
	s.Deliver(s, "okay", 0)
	s.send(a, "okay then")
	s.there(a, s.Render(s, "okay"), "-")
}

// findFails: a provider that cannot be asked did not say no.
func (s *suite) findFails() {
	a := s.Open(s)
	try := s.send(a, "hello")
	s.Fault(s, Gone)
	found, err := s.find(a, try.rendered)
	if s.Fault(s, None); err == nil {
		s.Errorf("nobody was there, and find says %+v", found)
	} else {
		s.fails(err, "find with nobody there", inbox.Unavailable)
	}
	if s.Cut == nil || !s.Keeps {
		return
	}
	for n := 1; n <= 2; n++ {
		s.Cut(s, n)
		if found, err := s.find(s.Open(s), try.rendered); err == nil && !found.There {
			s.Errorf("with answer %d cut find says that it is not there", n)
		}
	}
	s.Cut(s, 0)
	s.there(a, try.rendered, try.ProviderID)
}

func (s *suite) atOnce() {
	on := newShelf(s.World)
	y := s.start(on)
	y.whole()
	a := s.Open(s)
	var all sync.WaitGroup
	results := make([]inbox.SendResult, 4)
	var want []string
	for i := range results {
		text := fmt.Sprintf("at once %d", i)
		r := s.Render(s, text)
		want = append(want, text)
		all.Go(func() { results[i] = a.Send(s.ctx, r, inbox.Permit{}, func() error { return nil }) })
	}
	s.Deliver(s, "meanwhile", 0)
	y.has("meanwhile")
	all.Wait()
	y.stop()
	for i, res := range results {
		if s.hear(res.Reason, res.Detail); res.Outcome != inbox.Accepted {
			s.Errorf("number %d: %+v", i, res)
		}
	}
	got := s.Got(s)
	if slices.Sort(got); len(got) != len(want) {
		s.Errorf("the customer got %q", got)
	}
}

// windowEnded: an adapter hands nothing over when the permit's time is up by the
// provider's clock (R29).
func (s *suite) windowEnded() {
	if !s.Windows {
		s.Skip("it has no reply windows")
	}
	s.Deliver(s, "question", 0)
	a := s.Open(s)
	if _, err := a.Check(s.ctx); err != nil {
		s.Fatal(err)
	}
	try := s.sendBy(s.ctx, a, s.Render(s, "late"), inbox.Permit{Until: a.Now().Add(-time.Second)}, func() error { return nil })
	if try.Outcome != inbox.Outlived || try.committed != 0 {
		s.Errorf("%+v", try)
	}
	s.took()
	try = s.sendBy(s.ctx, a, s.Render(s, "in time"), inbox.Permit{Until: a.Now().Add(time.Hour)}, func() error { return nil })
	if try.Outcome != inbox.Accepted {
		s.Errorf("%+v", try)
	}
	s.took("in time")
}

// signIn: a secret that is not taken any more is the person's to change. Nothing
// is lost over it.
func (s *suite) signIn() {
	s.Deliver(s, "question", time.Hour)
	on := newShelf(s.World)
	s.caughtUp(on)
	s.Fault(s, SignIn)
	y := s.start(on)
	<-y.ended
	s.fails(y.stop(), "sync", inbox.Auth)
	a := s.Open(s)
	try := s.send(a, "hello")
	if try.Outcome != inbox.Later {
		s.Errorf("%+v: it waits until somebody signs in", try)
	}
	_, err := s.find(a, try.rendered)
	s.fails(err, "find", inbox.Auth)
	steps, err := a.Check(s.ctx)
	s.fails(err, "check", inbox.Auth)
	s.steps(steps, false)
	s.Fault(s, None)
	s.took()
	s.Deliver(s, "meanwhile", 0)
	s.caughtUp(on)
	if _, only := on.one("meanwhile"); !only || len(on.messages) != 2 {
		s.Errorf("signed in again there are %q", on.texts())
	}
}

// steps wants a check's steps to be sentences, and all to have gone well, or one
// not.
func (s *suite) steps(steps []inbox.Step, fine bool) {
	s.Helper()
	well := true
	for _, step := range steps {
		s.hear(step.Message, step.Step)
		well = well && step.OK
		if step.Message == "" || step.Step == "" {
			s.Errorf("a step says %+v", step)
		}
	}
	if len(steps) == 0 || well != fine {
		s.Errorf("the check says %+v", steps)
	}
}

func (s *suite) check() {
	s.Deliver(s, "question", 0)
	a := s.Open(s)
	steps, err := a.Check(s.ctx)
	if err != nil {
		s.Errorf("%v: %+v", err, steps)
	}
	s.steps(steps, true)
	s.Fault(s, Gone)
	steps, err = a.Check(s.ctx)
	s.Fault(s, None)
	s.fails(err, "check with nobody there", inbox.Unavailable)
	s.steps(steps, false)
	s.took()
}

// clock: reply windows end by the provider's time, and computers' clocks are
// wrong by hours.
func (s *suite) clock() {
	if s.Ahead == nil {
		s.Skip("it tells no time")
	}
	a := s.Open(s)
	offset := func() time.Duration {
		if _, err := a.Check(s.ctx); err != nil {
			s.Fatal(err)
		}
		return time.Until(a.Now())
	}
	base := offset()
	for _, ahead := range []time.Duration{3 * time.Hour, -20 * time.Minute, 0} {
		s.Ahead(s, ahead)
		if off := (offset() - base - ahead).Abs(); off > 5*time.Second {
			s.Errorf("its clock is %v ahead, and the account is wrong by %v", ahead, off)
		}
	}
}

// filedOnce: a copy is filed once, however often it is asked for.
func (s *suite) filedOnce() {
	a := s.Open(s)
	try := s.send(a, "hello")
	for range 3 {
		if err := a.File(s.ctx, try.rendered); err != nil {
			s.Fatal(err)
		}
	}
	on := newShelf(s.World)
	s.caughtUp(on)
	if _, only := on.one("hello"); !only || len(on.messages) != 1 {
		s.Errorf("there are %q", on.texts())
	}
	s.took("hello")
}

// again: an attempt of which nothing arrived is made again, and is one message.
func (s *suite) again() {
	a := s.Open(s)
	s.Fault(s, CutBefore)
	r := s.Render(s, "hello")
	try := s.sendBy(s.ctx, a, r, inbox.Permit{}, func() error { return nil })
	s.Fault(s, None)
	if try.Outcome != inbox.Unknown {
		s.Fatalf("%+v", try)
	}
	s.there(a, r, "-")
	try = s.sendBy(s.ctx, a, r, inbox.Permit{}, func() error { return nil })
	if try.Outcome != inbox.Accepted {
		s.Errorf("%+v", try)
	}
	s.took("hello")
	s.shown(try)
}
