package teamlog

import (
	"errors"
	"time"

	"postvak/backend/inbox"
)

// Epoch ends the repair of a log whose folder was lost, restored or made
// anew: everything before it was appended again, so that the log is whole from
// its genesis on. Old is how far the log had come before. Only admins.
type Epoch struct {
	Old Base   `json:"old"`
	Why string `json:"why,omitempty"`
}

// Kind implements Event.
func (*Epoch) Kind() string { return "epoch" }

// Validate implements Event.
func (e *Epoch) Validate() error {
	if len(e.Why) > maxName || !e.Old.short() {
		return errors.New("epoch: the reason or the place is too long")
	}
	return nil
}

func (e *Epoch) admit(t *Team, d *Decision) Reason {
	if !t.admin(d.Author) {
		return NotAdmin
	}
	t.epoch = EpochState{N: d.N, Old: e.Old, Why: e.Why, By: d.Author, At: d.At}
	return Admitted
}

// EpochState is the latest repair of the log; N is 0 when there was none.
type EpochState struct {
	N   uint64
	Old Base
	Why string
	By  inbox.MemberID
	At  time.Time
}

// Epoch tells of the latest repair of the log.
func (t *Team) Epoch() EpochState { return t.epoch }
