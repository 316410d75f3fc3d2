package teamlog

import (
	"errors"
	"time"

	"postvak/backend/inbox"
)

// Hint says that a channel has something new, so that desktops which ask a
// slow provider seldom ask it now. It is never a message.
type Hint struct {
	Channel inbox.ChannelID `json:"channel"`
	Newest  string          `json:"newest"`
}

// Kind implements Event.
func (*Hint) Kind() string { return "hint" }

// Validate implements Event.
func (h *Hint) Validate() error {
	if h.Channel == "" || len(h.Newest) > maxName {
		return errors.New("hint: a channel is needed")
	}
	return nil
}

func (h *Hint) admit(t *Team, d *Decision) Reason {
	switch {
	case t.channels[h.Channel] == nil:
		return NotFound
	case !t.HasAccess(d.Author, h.Channel):
		return NoAccess
	}
	t.hints[h.Channel] = HintState{Newest: h.Newest, By: d.Author, At: d.At, N: d.N}
	return Admitted
}

// HintState is the newest hint about a channel.
type HintState struct {
	Newest string
	By     inbox.MemberID
	At     time.Time
	N      uint64
}

// Hints gives the newest hint of each channel that has one.
func (t *Team) Hints() map[inbox.ChannelID]HintState {
	all := make(map[inbox.ChannelID]HintState, len(t.hints))
	for channel, h := range t.hints {
		all[channel] = h
	}
	return all
}
