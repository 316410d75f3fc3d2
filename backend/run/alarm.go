package run

import (
	"context"
	"time"
)

// Alarm wakes a loop at the next time that something is due. It asks the clock
// for a new channel only when that time moves. It belongs to one goroutine.
type Alarm struct {
	Clock Clock
	at    time.Time
	rings <-chan time.Time
}

// At gives the channel for a time; zero: it never rings.
func (a *Alarm) At(at time.Time) <-chan time.Time {
	if at.IsZero() {
		a.rings = nil
	} else if a.rings == nil || !a.at.Equal(at) {
		a.rings, a.at = a.Clock.After(at.Sub(a.Clock.Now())), at
	}
	return a.rings
}

// Rang is to be called when the channel rang.
func (a *Alarm) Rang() { a.rings = nil }

// afterwards bounds what goes on behind an attempt while the program ends: it
// must be gone within seconds.
const afterwards = 2 * time.Second

// Behind gives the time for what follows an attempt, limit at most. The
// program's end leaves it a moment: what was done is worth saying.
func Behind(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	going, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(afterwards, cancel) })
	return going, func() { stop(); cancel() }
}
