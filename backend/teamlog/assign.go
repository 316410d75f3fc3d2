package teamlog

import (
	"errors"

	"postvak/backend/inbox"
)

// Assign gives a conversation to a member, or to nobody. Was is whom its
// author saw it assigned to: if that is no longer true the event is void, so
// that of two members who had not seen each other the first stands (R7).
type Assign struct {
	Conversation inbox.Key      `json:"c"`
	To           inbox.MemberID `json:"to"`
	Was          inbox.MemberID `json:"was"`
	// Undo names the author's own event that this takes back: then
	// availability is not asked.
	Undo string `json:"undo,omitempty"`
}

// Kind implements Event.
func (*Assign) Kind() string { return "assign" }

// Anchor implements conversationEvent.
func (a *Assign) Anchor() inbox.Key { return a.Conversation }

// Validate implements Event.
func (a *Assign) Validate() error { return needsConversation("assign", a.Conversation) }

// admit asks R2 and R3: the assignee is a member with access who is available.
func (a *Assign) admit(t *Team, _ *Decision) Reason {
	switch {
	case a.To == "":
		return Admitted
	case !t.active(a.To):
		return NotMember
	case !t.HasAccess(a.To, a.Conversation.Channel()):
		return NoAccess
	case a.Undo == "" && !t.members[a.To].Available:
		return NotAvailable
	}
	return Admitted
}

func (a *Assign) apply(f *fold, d *Decision) Reason {
	switch {
	case a.To == f.state.Assignee:
		f.quiet = true
	case a.Was != f.state.Assignee:
		f.first = f.assignedBy
		return FirstWins
	default:
		f.state.Assignee, f.assignedBy = a.To, d.Author
	}
	return Admitted
}

func needsConversation(kind string, c inbox.Key) error {
	if c == "" || c.Channel() == "" {
		return errors.New(kind + ": a conversation is needed")
	}
	return nil
}
