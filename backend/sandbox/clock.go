package sandbox

import (
	"sync"
	"time"

	"postvak/backend/run"
)

// Clock is a clock that can be moved on by hand. run.Manual is one, too.
type Clock interface {
	run.Clock
	// Advance moves the clock and lets everything that is due happen.
	Advance(d time.Duration)
}

// NewClock makes the clock of a demo: it runs with real time, plus what it was
// advanced by. The whole program must live by it, so that its members, its
// servers and its customers agree on what time it is.
func NewClock() Clock { return &shifted{} }

type shifted struct {
	mu     sync.Mutex
	offset time.Duration
	alarms map[*alarm]struct{}
}

type alarm struct {
	at    time.Time // by the shifted clock
	timer *time.Timer
	ch    chan time.Time
}

func (c *shifted) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *shifted) now() time.Time { return time.Now().Add(c.offset) }

func (c *shifted) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &alarm{at: c.now().Add(d), ch: make(chan time.Time, 1)}
	if c.alarms == nil {
		c.alarms = map[*alarm]struct{}{}
	}
	c.alarms[a] = struct{}{}
	a.timer = time.AfterFunc(d, func() { c.ring(a) })
	return a.ch
}

func (c *shifted) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
	for a := range c.alarms {
		a.timer.Reset(a.at.Sub(c.now()))
	}
}

// ring sends an alarm once. A timer that fired while the clock was moved back
// comes too early, and was set again by Advance.
func (c *shifted) ring(a *alarm) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, waiting := c.alarms[a]; !waiting || a.at.After(c.now()) {
		return
	}
	delete(c.alarms, a)
	a.ch <- c.now()
}
