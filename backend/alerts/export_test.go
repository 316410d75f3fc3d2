package alerts

import (
	"context"
	"time"
)

// Pass does once what the loop does, acts included, before it returns.
func (a *Alerts) Pass(ctx context.Context) {
	a.spawn = func(act func()) { act() }
	a.pass(ctx)
}

// Next is when the loop would look again; zero: when it is poked.
func (a *Alerts) Next() time.Time { return a.nextDue() }

// Jobs is how much work is open here.
func (a *Alerts) Jobs() int {
	a.work.Lock()
	defer a.work.Unlock()
	return len(a.jobs)
}

// The names that tests of other desktops' words need.
var (
	WorkOf = workOf
	MarkOf = markOf
)

// MessageID is an alert's.
func MessageID(logID, work, host string) string { return messageID(logID, work, host) }
