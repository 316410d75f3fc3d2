package teamlog

import (
	"errors"

	"postvak/backend/inbox"
)

// Sent says which member wrote an outgoing message. It is appended when the
// provider took the message. Who says it of the same message later takes it
// from nobody.
type Sent struct {
	Conversation inbox.Key `json:"c"`
	// Key is the message's on every desktop. A chat message's is that of the id
	// which its provider gave it (inbox.ChatKey): the others know it by no other.
	Key inbox.Key      `json:"key"`
	By  inbox.MemberID `json:"by"`
}

// Kind implements Event.
func (*Sent) Kind() string { return "sent" }

// Anchor implements conversationEvent.
func (s *Sent) Anchor() inbox.Key { return s.Conversation }

// Validate implements Event.
func (s *Sent) Validate() error {
	return errors.Join(needsConversation("sent", s.Conversation), needsKeys("sent", []inbox.Key{s.Key}))
}

func (s *Sent) admit(_ *Team, d *Decision) Reason {
	if s.By != d.Author {
		return NotMember
	}
	return Admitted
}

func (s *Sent) apply(f *fold, _ *Decision) Reason {
	if _, known := f.state.SentBy[s.Key]; !known { // the first stands (R7)
		f.state.SentBy[s.Key] = s.By
	}
	f.endDraft(s.By)
	return Admitted
}
