package channeltest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
)

func (s *suite) history() {
	for i, text := range []string{"eldest", odd, "youngest"} {
		s.Deliver(s, text, time.Duration(3-i)*time.Hour)
	}
	on := newShelf(s.World)
	s.caughtUp(on)
	var last time.Time
	for _, text := range []string{"eldest", odd, "youngest"} {
		f, only := on.one(text)
		if !only || f.Message.Direction != inbox.In || f.Message.From.Address == "" {
			s.Errorf("%q came as %+v among %q", text, f.Message, on.texts())
		}
		if !f.Message.At.After(last) {
			s.Errorf("%q is of %v, the one before it of %v", text, f.Message.At, last)
		}
		if last = f.Message.At; on.live[f.Message.Key] {
			s.Errorf("%q is old, and came as news", text)
		}
	}
	if len(on.messages) != 3 {
		s.Errorf("there are %q", on.texts())
	}
}

func (s *suite) liveOnes() {
	on := newShelf(s.World)
	y := s.start(on)
	y.whole()
	var last time.Time
	for _, text := range []string{"first", "second", odd} {
		s.Deliver(s, text, 0)
		f := y.has(text)
		if f.Message.At.Before(last) {
			s.Errorf("%q is of %v, before the one before it", text, f.Message.At)
		}
		last = f.Message.At
	}
	y.stop()
	for key := range on.messages {
		if !on.live[key] {
			s.Errorf("%s is news, and did not come as such", key)
		}
	}
}

func (s *suite) whileOff() {
	s.Deliver(s, "before", time.Hour)
	on := newShelf(s.World)
	s.caughtUp(on)
	s.Deliver(s, "meanwhile", 0)
	s.caughtUp(on)
	f, only := on.one("meanwhile")
	if !only || !on.live[f.Message.Key] || len(on.messages) != 2 {
		s.Errorf("there are %q, the new one as news: %v", on.texts(), on.live[f.Message.Key])
	}
	s.caughtUp(on)
	if len(on.messages) != 2 {
		s.Errorf("nothing was new, and there are %q", on.texts())
	}
}

// late: what shows only after younger ones is not missed.
func (s *suite) late() {
	on := newShelf(s.World)
	y := s.start(on)
	y.whole()
	s.Deliver(s, "on time", 0)
	onTime := y.has("on time")
	s.Deliver(s, "late", time.Hour)
	late := y.has("late")
	if !late.Message.At.Before(onTime.Message.At) {
		s.Errorf("what came late is of %v, not before %v", late.Message.At, onTime.Message.At)
	}
	y.stop()
	s.Deliver(s, "later", 2*time.Hour)
	s.caughtUp(on)
	if _, only := on.one("later"); !only || len(on.messages) != 3 {
		s.Errorf("there are %q", on.texts())
	}
}

func (s *suite) repeated() {
	if s.Again == nil {
		s.Skip("this provider repeats nothing")
	}
	on := newShelf(s.World)
	s.Deliver(s, "once", 0)
	s.Again(s)
	s.caughtUp(on)
	y := s.start(on)
	y.whole()
	s.Deliver(s, "twice", 0)
	y.has("twice")
	s.Again(s)
	s.Deliver(s, "end", 0)
	y.has("end")
	y.stop()
	if len(on.messages) != 3 {
		s.Errorf("there are %q", on.texts())
	}
}

func (s *suite) twoDesktops() {
	anns, bens := newShelf(s.World), newShelf(s.World)
	s.Deliver(s, "old", time.Hour)
	s.caughtUp(anns)
	s.Deliver(s, "new", 0)
	s.caughtUp(bens)
	s.caughtUp(anns)
	if !slices.Equal(anns.keys(), bens.keys()) || len(anns.keys()) != 2 {
		s.Errorf("one knows %v, the other %v", anns.keys(), bens.keys())
	}
}

// many delivers some messages and gives their keys.
func (s *suite) many() []inbox.Key {
	for i := range 12 {
		s.Deliver(s, fmt.Sprintf("message %d", i), time.Duration(12-i)*time.Minute)
	}
	clean := newShelf(s.World)
	s.caughtUp(clean)
	if len(clean.keys()) != 12 {
		s.Fatalf("without a cut there are %q", clean.texts())
	}
	return clean.keys()
}

// cutAtEveryStep has each call of the sink fail once, as when the program ends
// there: the error comes out, and what was not stored comes again.
func (s *suite) cutAtEveryStep() {
	want := s.many()
	for k := 1; ; k++ {
		on := newShelf(s.World)
		on.failAt = k
		y := s.start(on)
		fine := y.whole()
		err := y.stop()
		if on.calls < k {
			return // nothing was left to fail
		}
		if !fine && !errors.Is(err, errDisk) {
			s.Errorf("the disk was full at call %d, and sync says %v", k, err)
		}
		s.caughtUp(on)
		if !slices.Equal(on.keys(), want) {
			s.Errorf("cut at call %d there are %q", k, on.texts())
		}
	}
}

// cutAnswers has each of the first answers end in the middle.
func (s *suite) cutAnswers() {
	if s.Cut == nil {
		s.Skip("its answers cannot be cut from here")
	}
	want := s.many()
	for n := 1; n <= 6; n++ {
		on := newShelf(s.World)
		s.Cut(s, n)
		y := s.start(on)
		fine := y.whole()
		err := y.stop()
		s.Cut(s, 0)
		if !fine {
			s.fails(err, fmt.Sprintf("sync with answer %d cut", n), inbox.Unavailable)
			s.caughtUp(on)
		}
		if !slices.Equal(on.keys(), want) {
			s.Errorf("with answer %d cut there are %q", n, on.texts())
		}
	}
}

func (s *suite) cutWhileLive() {
	if s.Cut == nil {
		s.Skip("its answers cannot be cut from here")
	}
	on := newShelf(s.World)
	y := s.start(on)
	y.whole()
	s.Cut(s, 1)
	s.Deliver(s, "in the middle", 0)
	s.look()
	there := y.shelf.until(s.ctx, s, "a cut", y.ended, func() bool { return len(on.messages) > 0 })
	err := y.stop()
	s.Cut(s, 0)
	if !there {
		s.fails(err, "sync", inbox.Unavailable)
		s.caughtUp(on)
	}
	if f, only := on.one("in the middle"); !only || !on.live[f.Message.Key] {
		s.Errorf("there are %q", on.texts())
	}
}

// ownComesBack: what we sent is one message on every desktop, under the key that
// the sender knows too.
func (s *suite) ownComesBack() {
	on := newShelf(s.World)
	s.Deliver(s, "question", 0)
	s.caughtUp(on)
	a := s.Open(s)
	sent := s.send(a, odd)
	if sent.Outcome != inbox.Accepted {
		s.Fatalf("%+v", sent)
	}
	if err := a.File(s.ctx, sent.rendered); err != nil {
		s.Fatal(err)
	}
	s.caughtUp(on)
	key := inbox.ChatKey(s.Channel, sent.ProviderID)
	if s.KeyOf != nil {
		key = s.KeyOf(sent.rendered, sent.ProviderID)
	}
	f, known := on.messages[key]
	if !known || f.Message.Direction != inbox.Out || strings.TrimSpace(f.Message.Text) != odd || len(on.messages) != 2 {
		s.Errorf("it came back as %+v, among %v; want %s", f.Message, on.keys(), key)
	}
}

func (s *suite) syncEnds() {
	y := s.start(newShelf(s.World))
	y.whole()
	_ = y.stop() // hangs where it does not end
	y = s.start(newShelf(s.World))
	_ = y.stop()
	s.Fault(s, Gone)
	y = s.start(newShelf(s.World))
	<-y.ended
	s.fails(y.stop(), "sync with nobody there", inbox.Unavailable)
	s.Fault(s, None)
	s.caughtUp(newShelf(s.World))
}
