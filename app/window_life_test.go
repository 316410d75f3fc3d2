package app

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/run"
)

// stage is a window and a tray on paper: it writes down what happens.
type stage struct {
	*life
	t      *testing.T
	clock  *run.Manual
	mu     sync.Mutex
	tray   bool
	looked chan struct{} // the tray was asked for
	choose chosenClosing
	done   []string
	more   chan struct{}
}

func (s *stage) did(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, what)
	select {
	case s.more <- struct{}{}:
	default:
	}
}

func (s *stage) hasTray() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.looked <- struct{}{}:
	default:
	}
	return s.tray
}

// setTray has the tray come or go.
func (s *stage) setTray(there bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.looked: // at what is over now
	default:
	}
	s.tray = there
	s.trayChanged(there)
}

// setTrayKnown returns when a hidden window knows.
func (s *stage) setTrayKnown(there bool) {
	s.t.Helper()
	s.setTray(there)
	select {
	case <-s.looked:
	case <-time.After(30 * time.Second):
		s.t.Fatal("nobody looks for the tray")
	}
}

func (s *stage) chosen() chosenClosing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.choose
}

// paperWindow is the stage's window: life has methods of the same names.
type paperWindow struct{ *stage }

// open sets a stage up with a life that goes on until the test ends.
func openStage(t *testing.T, tray bool) *stage {
	t.Helper()
	s := &stage{t: t, tray: tray, clock: run.NewManual(time.Unix(1_000_000, 0)), more: make(chan struct{}, 1), looked: make(chan struct{}, 1)}
	s.life = newLife(paperWindow{s}, s.hasTray, s.clock)
	s.life.choice, s.life.say = s.chosen, s.did
	ctx, cancel := context.WithCancel(t.Context())
	var followed sync.WaitGroup
	followed.Go(func() { s.life.follow(ctx) })
	t.Cleanup(func() {
		cancel()
		followed.Wait()
	})
	return s
}

func (w paperWindow) show()     { w.did("show") }
func (w paperWindow) hide()     { w.did("hide") }
func (w paperWindow) minimise() { w.did("minimise") }
func (w paperWindow) end()      { w.did("end") }

// expect waits until just this has happened since it was asked last.
func (s *stage) expect(what ...string) {
	s.t.Helper()
	late := time.After(30 * time.Second)
	for {
		s.mu.Lock()
		done := slices.Clone(s.done)
		if len(done) >= len(what) {
			s.done = nil
		}
		s.mu.Unlock()
		if len(done) >= len(what) {
			if !slices.Equal(done, what) {
				s.t.Fatalf("happened: %s; want %s", strings.Join(done, ", "), strings.Join(what, ", "))
			}
			return
		}
		select {
		case <-s.more:
		case <-late:
			s.t.Fatalf("happened: %s; waited in vain for %s", strings.Join(done, ", "), strings.Join(what, ", "))
		}
	}
}

// begins starts the window, as far as to where it can be used.
func (s *stage) begins(hide bool, want presence) {
	s.t.Helper()
	if got := s.begin(hide); got != want {
		s.t.Fatalf("begins %v, want %v", got, want)
	}
	s.ready()
}

func TestClosingAsksOnceAndThenDoesAsChosen(t *testing.T) {
	s := openStage(t, true)
	s.begins(false, inView)
	s.crossed()
	s.expect(sayAsk)
	s.closed(true)
	s.expect("hide")
	s.show()
	s.expect("show")
	s.choose = chosenClosing{keep: true, asked: true}
	s.crossed()
	s.expect("hide")
	s.show()
	s.expect("show")
	s.choose = chosenClosing{keep: false, asked: true}
	s.crossed()
	s.expect("end")
	if !s.leaving() || s.leaving() {
		t.Error("the end is let through once")
	}
}

func TestTheAnswerToQuitQuits(t *testing.T) {
	s := openStage(t, true)
	s.begins(false, inView)
	if s.leaving() {
		t.Error("it may end before anybody said so")
	}
	s.crossed()
	s.expect(sayAsk)
	s.closed(false)
	s.expect("end")
}

// A window whose page hangs asks in vain: the second click goes through.
func TestASecondClickNeedsNoAnswer(t *testing.T) {
	s := openStage(t, true)
	s.begins(false, inView)
	s.crossed()
	s.expect(sayAsk)
	s.crossed()
	s.expect("hide")
	s.show()
	s.expect("show")
	s.crossed()
	s.expect(sayAsk) // it was no answer for good
	s.clock.Advance(impatience)
	s.crossed()
	s.expect(sayAsk) // the question had been put away
}

func TestWithoutATrayItIsMinimisedAndSaysSo(t *testing.T) {
	for _, choice := range []chosenClosing{{keep: true}, {keep: false}, {keep: true, asked: true}} {
		s := openStage(t, false)
		s.choose = choice
		s.begins(false, inView)
		s.crossed()
		s.expect("minimise", sayMinimised)
	}
	s := openStage(t, false) // who chose to quit, quits
	s.choose = chosenClosing{keep: false, asked: true}
	s.begins(false, inView)
	s.crossed()
	s.expect("end")
}

func TestAHiddenWindowComesBackWhenItsTrayStaysAway(t *testing.T) {
	s := openStage(t, true)
	s.choose = chosenClosing{keep: true, asked: true}
	s.begins(false, inView)
	s.crossed()
	s.expect("hide")
	s.setTray(false)
	s.clock.BlockUntil(1)
	s.clock.Advance(trayPatience)
	s.expect("show")

	// A panel that starts anew shows the icon again: nothing pops up.
	s.setTray(true)
	s.crossed()
	s.expect("hide")
	s.setTray(false)
	s.clock.BlockUntil(1)
	s.setTrayKnown(true)
	s.clock.Advance(trayPatience)
	s.setTray(false)
	s.clock.BlockUntil(1)
	s.clock.Advance(trayPatience)
	s.expect("show")
}

func TestAVisibleWindowDoesNotCareForTheTray(t *testing.T) {
	s := openStage(t, true)
	s.begins(false, inView)
	s.setTray(false)
	s.crossed() // the next thing that happens
	s.expect("minimise", sayMinimised)
}

func TestAHiddenStart(t *testing.T) {
	s := openStage(t, true)
	s.begins(true, hidden)
	s.setTray(false)
	s.clock.BlockUntil(1)
	s.clock.Advance(trayPatience)
	s.expect("show")

	s = openStage(t, false) // at login the panel may come later
	s.begins(true, minimised)
	s.setTray(true)
	s.expect("hide")

	s = openStage(t, false)
	s.begins(true, minimised)
	s.setTrayKnown(false) // still none: it stays where it can be found
	s.show()
	s.expect("show")

	s = openStage(t, false)
	s.begins(true, minimised)
	s.seen() // somebody looked at it
	s.setTray(true)
	s.choose = chosenClosing{keep: true, asked: true}
	s.crossed()
	s.expect("hide") // once: by the click
}

func TestWhatIsAskedForBeforeThereIsAWindowIsDoneThen(t *testing.T) {
	s := openStage(t, true)
	s.begin(true)
	s.show()
	s.expect("show") // which did nothing yet
	s.ready()
	s.expect("show")
	s.ready() // the page was loaded anew
	s.crossed()
	s.expect(sayAsk)
}

func TestQuittingBeforeThereIsAWindowEndsItThen(t *testing.T) {
	s := openStage(t, true)
	s.begin(false)
	s.quit()
	if len(s.done) > 0 {
		t.Errorf("there was nothing to end: %v", s.done)
	}
	s.ready()
	s.expect("end")
	s.quit()
	if len(s.done) > 0 {
		t.Error("it was ended twice")
	}
}

// A second start may come before the page of the first one is there.
func TestALinkDuringTheStartWaitsForThePage(t *testing.T) {
	s := openStage(t, false)
	if got := s.begin(true); got != minimised {
		t.Fatalf("begins %v", got)
	}
	w := &windowHost{life: s.life}
	w.takeLink("postvak://conversation/c1")
	w.takeLink("postvak://conversation/c2")
	w.takeLink("") // only asks for the window
	s.expect("show", "show", "show")
	if want := conversationPlace("c2"); w.place != want {
		t.Errorf("the page is to open %q, want %q", w.place, want)
	}
}
