package run

import "time"

// Backoff says how long to wait before the next try. The pause doubles from
// Base up to Max; Jitter (0 to 1) is the part of it that chance may take away,
// so that fifty desktops do not come back to one server in the same second.
// It is not safe for use by several goroutines.
type Backoff struct {
	Base   time.Duration
	Max    time.Duration
	Jitter float64
	// Rand gives a number in [0,1). Without it there is no jitter.
	Rand func() float64

	last time.Duration
}

// Next is the pause before the next try, between (1-Jitter)·d and d, where d
// is Base doubled once for each call since the last Reset, and Max at most.
func (b *Backoff) Next() time.Duration {
	switch {
	case b.last == 0:
		b.last = min(b.Base, b.Max)
	case b.last > b.Max/2: // doubling might not fit into the type
		b.last = b.Max
	default:
		b.last *= 2
	}
	if b.Rand == nil {
		return b.last
	}
	return b.last - time.Duration(b.Jitter*b.Rand()*float64(b.last))
}

// Reset starts from Base again: something worked.
func (b *Backoff) Reset() { b.last = 0 }
