package tray

import (
	"context"
	"testing"
)

// paper is a screen that tells what is shown on it.
type paper struct {
	hosts  chan bool // comes and goes
	shown  chan State
	closed bool
}

func newPaper() *paper { return &paper{hosts: make(chan bool), shown: make(chan State, 100)} }

func (p *paper) watch(ctx context.Context, tell func(bool)) {
	tell(false)
	for {
		select {
		case there := <-p.hosts:
			tell(there)
		case <-ctx.Done():
			return
		}
	}
}

func (p *paper) show(_ context.Context, s State) { p.shown <- s }
func (p *paper) close()                          { p.closed = true }

func startOn(t *testing.T, p *paper, pressed func(Item)) *Tray {
	t.Helper()
	tray := &Tray{screen: p, wake: make(chan struct{}, 1), clicks: make(chan Item, 8)}
	tray.run(pressed)
	t.Cleanup(tray.Close)
	return tray
}

func TestShowsNothingWithoutAHostAndTheNewestWithOne(t *testing.T) {
	p := newPaper()
	tray := startOn(t, p, func(Item) {})
	watched := make(chan bool, 10)
	tray.Watch(func(there bool) { watched <- there })
	tray.Show(State{Unread: 1})
	tray.Show(State{Unread: 2})
	if tray.There() {
		t.Error("there is no host, and it says there is")
	}
	p.hosts <- true
	if got := <-p.shown; got.Unread != 2 {
		t.Errorf("shown: %+v", got)
	}
	if !<-watched || !tray.There() {
		t.Error("the host came, and nobody was told")
	}
	tray.Show(State{Unread: 2}) // which it shows already
	tray.Show(State{Unread: 3})
	if got := <-p.shown; got.Unread != 3 {
		t.Errorf("shown again: %+v", got)
	}
	p.hosts <- true // says the same again
	p.hosts <- false
	if <-watched {
		t.Error("the host went, and is told to have come")
	}
}

func TestPressesComeOneAfterTheOtherAndNeverBlock(t *testing.T) {
	p := newPaper()
	begun, goOn := make(chan Item), make(chan struct{})
	tray := startOn(t, p, func(i Item) {
		begun <- i
		<-goOn
	})
	tray.click(Open)
	if got := <-begun; got != Open {
		t.Fatal(got)
	}
	for range 20 { // nobody takes them: those that do not fit are lost
		tray.click(Quit)
	}
	goOn <- struct{}{}
	for range 8 {
		if got := <-begun; got != Quit {
			t.Fatal(got)
		}
		goOn <- struct{}{}
	}
	select {
	case got := <-begun:
		t.Errorf("one too many: %s", got)
	default:
	}
}

func TestCloseEndsTheScreenToo(t *testing.T) {
	p := newPaper()
	tray := &Tray{screen: p, wake: make(chan struct{}, 1), clicks: make(chan Item, 8)}
	tray.run(func(Item) {})
	tray.Close()
	if !p.closed {
		t.Error("the screen was left")
	}
}
