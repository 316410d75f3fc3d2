package inbox

import (
	"fmt"
	"time"
)

// ClosingFor is how long before the end of a free window the assignee is told
// that it ends (R28).
const ClosingFor = time.Hour

// ClosingID names the event that a thread's window ends at a moment. It is the
// same on every desktop, so that each member is told once, and another when the
// contact wrote again and moved the end.
func ClosingID(thread string, end time.Time) string {
	return fmt.Sprintf("window:%s:%d", thread, end.UnixMilli())
}

// ClosingFacts is all that the rule of that event looks at.
type ClosingFacts struct {
	WindowFacts
	Assignee MemberID
	// AssignedAt is when the assignee got it; zero: long ago.
	AssignedAt time.Time
	Closed     bool
}

// ClosingAt says when a conversation's free window is about to end, and when it
// does; false when that is nothing to anybody: it is closed or nobody's, or
// whoever has it took it on within that hour, with the countdown before their
// eyes.
func ClosingAt(f ClosingFacts) (at, end time.Time, is bool) {
	end = f.FreeUntil()
	at = end.Add(-ClosingFor)
	is = !end.IsZero() && f.Assignee != "" && !f.Closed && !f.AssignedAt.After(at)
	return at, end, is
}
