package rest

import (
	"context"
	"errors"
	"net"
	"time"
)

// WaitError is in the chain of an error about an API that wants to be left alone
// for a while.
type WaitError struct{ After time.Duration }

func (e *WaitError) Error() string { return "wait " + e.After.Round(time.Second).String() }

// RetryAfter is how long nothing is asked.
func (e *WaitError) RetryAfter() time.Duration { return e.After }

// WaitOf is how long an error asks to wait; 0 when it does not.
func WaitOf(err error) time.Duration {
	var wait *WaitError
	if errors.As(err, &wait) {
		return wait.After
	}
	return 0
}

// Late says that there is no answer because the time for it was over.
func Late(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}
