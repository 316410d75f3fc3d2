package app

import (
	"context"
	"sync"
	"time"

	"postvak/backend/run"
)

// presence is where the window is.
type presence int

const (
	inView presence = iota
	minimised
	hidden // only the tray tells of it
)

// chosenClosing is what closing the window does: ask while asked is false.
type chosenClosing struct{ keep, asked bool }

// nativeWindow is the system's window. Its calls do not wait, and do nothing
// before there is a window.
type nativeWindow interface {
	show()
	hide()
	minimise()
	end()
}

// life is how the window comes and goes. Its one rule: the person can always
// find it. It hides only where a tray shows that it is there, comes back when
// the tray goes, and is minimised where there is none.
type life struct {
	window nativeWindow
	there  func() bool // is there a tray?
	clock  run.Clock
	choice func() chosenClosing
	say    func(event string) // one of sayAsk, sayMinimised

	changes chan struct{} // the tray came or went, the cross was clicked

	mu      sync.Mutex
	at      presence
	waits   bool      // to be hidden as soon as there is a tray: a hidden start
	asked   time.Time // zero: no question stands
	crosses int
	quits   bool
	let     bool // the end was let through
	begun   bool // there is a window
	first   presence
}

// What life says to the person.
const (
	sayAsk       = "window.closing"
	sayMinimised = "window.minimised"
)

// trayPatience is how long a tray may be away, as while a panel starts anew,
// before a hidden window is shown again.
const trayPatience = 5 * time.Second

func newLife(w nativeWindow, there func() bool, clock run.Clock) *life {
	return &life{window: w, there: there, clock: clock, changes: make(chan struct{}, 1)}
}

// begin says how the window starts.
func (l *life) begin(hide bool) presence {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !hide:
		l.at = inView
	case l.there():
		l.at = hidden
	default:
		l.at, l.waits = minimised, true
	}
	l.first = l.at
	return l.at
}

// ready is told once the window can be used. What was asked for before is done
// now.
func (l *life) ready() {
	l.mu.Lock()
	again := l.begun // a page that was loaded anew
	l.begun = true
	quits, at, first := l.quits, l.at, l.first
	l.mu.Unlock()
	switch {
	case again:
	case quits:
		l.window.end()
	case at == inView && first != inView:
		l.window.show()
	case at == hidden && first != hidden:
		l.window.hide()
	}
}

// crossed is told that somebody clicked the window's cross.
func (l *life) crossed() {
	l.mu.Lock()
	l.crosses++
	l.mu.Unlock()
	l.poke()
}

// trayChanged is told that a tray came or went.
func (l *life) trayChanged(bool) { l.poke() }

func (l *life) poke() {
	select {
	case l.changes <- struct{}{}:
	default: // it has yet to look
	}
}

// follow does what follows from what was told, until ctx ends.
func (l *life) follow(ctx context.Context) {
	var lost <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.changes:
		case <-lost:
			lost = nil
			l.found()
		}
		if l.takeCross() {
			l.close()
		}
		switch missing := l.missing(); {
		case !missing:
			lost = nil
		case lost == nil:
			lost = l.clock.After(trayPatience)
		}
		l.arrived()
	}
}

func (l *life) takeCross() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	crossed := l.crosses > 0
	l.crosses = 0
	return crossed
}

// missing says that the window is hidden and nothing tells of it.
func (l *life) missing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at == hidden && !l.there()
}

// found shows the window when its tray is still away.
func (l *life) found() {
	if l.missing() {
		l.show()
	}
}

// arrived hides a window that was to start hidden and nobody has looked at.
func (l *life) arrived() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waits && l.there() {
		l.waits, l.at = false, hidden
		l.window.hide()
	}
}

// impatience is within what a second click is an answer to the question: the
// page that should ask may hang. Later, the question may have been put away.
const impatience = 10 * time.Second

// close does what a click on the cross does: it asks once, where there is a
// tray. A second click at once is an answer that holds this once: away with it.
func (l *life) close() {
	choice, now := l.choice(), l.clock.Now()
	l.mu.Lock()
	impatient := !l.asked.IsZero() && now.Sub(l.asked) < impatience
	ask := !choice.asked && !impatient && l.there()
	l.asked = time.Time{}
	if ask {
		l.asked = now
	}
	l.mu.Unlock()
	switch {
	case ask:
		l.say(sayAsk)
	case choice.asked && !choice.keep:
		l.quit()
	default:
		l.leave()
	}
}

// closed is the person's answer.
func (l *life) closed(keep bool) {
	l.mu.Lock()
	l.asked = time.Time{}
	l.mu.Unlock()
	if keep {
		l.leave()
	} else {
		l.quit()
	}
}

// leave puts the window out of the way, and says so where it is not obvious.
func (l *life) leave() {
	l.mu.Lock()
	l.waits = false
	l.at = minimised
	if l.there() {
		l.at = hidden
	}
	at := l.at
	l.mu.Unlock()
	if at == hidden {
		l.window.hide()
		l.poke() // the tray may have gone this very moment
		return
	}
	l.window.minimise()
	l.say(sayMinimised)
}

// show brings the window to the front.
func (l *life) show() {
	l.mu.Lock()
	l.waits, l.at = false, inView
	l.mu.Unlock()
	l.window.show()
}

// seen is told that the window has the focus, however that came about.
func (l *life) seen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waits = false
	if l.at == minimised {
		l.at = inView
	}
}

// quit ends the program, at once or as soon as there is a window to end.
func (l *life) quit() {
	l.mu.Lock()
	again, begun := l.quits, l.begun
	l.quits = true
	l.mu.Unlock()
	if begun && !again {
		l.window.end()
	}
}

// leaving says whether the program may end now; once, since Wails must not be
// told twice.
func (l *life) leaving() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.quits || l.let {
		return false
	}
	l.let = true
	return true
}
