// Package run has the small tools that long-running parts share: a clock that
// can be moved by hand, an alarm, a group that owns goroutines and ends them in
// order, a backoff, and a look at whether the computer was away. It knows
// nothing of mail, and starts nothing that nobody stops.
package run

import (
	"sync"
	"time"
)

// Clock tells the time. Everything that waits or dates takes one, so that no
// test waits 24 hours and the sandbox can jump.
type Clock interface {
	// Now is the present time.
	Now() time.Time
	// After sends the time once, as soon as d has passed. An abandoned channel
	// costs nothing but memory until then.
	After(d time.Duration) <-chan time.Time
}

// System is the computer's own clock.
var System Clock = system{}

type system struct{}

func (system) Now() time.Time                         { return time.Now() }
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Manual is a clock that moves only when it is told to. It is safe for use by
// several goroutines.
type Manual struct {
	mu      sync.Mutex
	changed *sync.Cond
	now     time.Time
	alarms  []alarm
}

type alarm struct {
	at time.Time
	ch chan time.Time
}

// NewManual makes a clock that stands at now.
func NewManual(now time.Time) *Manual {
	m := &Manual{now: now}
	m.changed = sync.NewCond(&m.mu)
	return m
}

// Now is where the clock stands.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// After sends once the clock has been moved d further. With d ≤ 0 it sends at
// once.
func (m *Manual) After(d time.Duration) <-chan time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	ch := make(chan time.Time, 1)
	if d <= 0 {
		ch <- m.now
		return ch
	}
	m.alarms = append(m.alarms, alarm{m.now.Add(d), ch})
	m.changed.Broadcast()
	return ch
}

// Advance moves the clock and lets everything that is due happen. A negative d
// moves it back, as the owner of a computer can.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	left := m.alarms[:0]
	for _, a := range m.alarms {
		if a.at.After(m.now) {
			left = append(left, a)
		} else {
			a.ch <- m.now
		}
	}
	m.alarms = left
	m.changed.Broadcast()
}

// BlockUntil returns when at least n channels wait for the clock, so that a
// test moves it only after the code under test has begun to wait.
func (m *Manual) BlockUntil(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.alarms) < n {
		m.changed.Wait()
	}
}
