package teamlog

import (
	"errors"
	"time"

	"postvak/backend/inbox"
)

// Assign gives a conversation to a member, or to nobody. Was is whom its
// author saw it assigned to: if that is no longer true the event is void, so
// that of two members who had not seen each other the first stands (R7).
type Assign struct {
	Conversation inbox.Key      `json:"c"`
	To           inbox.MemberID `json:"to"`
	Was          inbox.MemberID `json:"was"`
	// Undo names the author's own assign, of the last ten seconds, that this
	// takes back: then availability is not asked.
	Undo string `json:"undo,omitempty"`
}

// Kind implements Event.
func (*Assign) Kind() string { return "assign" }

// Anchor implements conversationEvent.
func (a *Assign) Anchor() inbox.Key { return a.Conversation }

// Validate implements Event.
func (a *Assign) Validate() error {
	if len(a.To) > maxName || len(a.Was) > maxName || len(a.Undo) > maxName {
		return errors.New("assign: a member's id is too long")
	}
	return needsConversation("assign", a.Conversation)
}

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
	case a.Undo != "" && !f.mayUndo(a, d):
		return NothingToUndo
	default:
		f.lastAssign, f.took = d, f.state.Assignee
		f.state.Assignee, f.assignedBy = a.To, d.Author
	}
	return Admitted
}

// undoWithin is how long an assignment can be taken back, by its author's own
// clock.
const undoWithin = 10 * time.Second

// mayUndo says whether an assign gives back exactly what its author's own,
// fresh and latest assign of this conversation took.
func (f *fold) mayUndo(a *Assign, d *Decision) bool {
	last := f.lastAssign
	if last == nil || last.ID != a.Undo || last.Author != d.Author || a.To != f.took {
		return false
	}
	if last.Event.(*Assign).To != f.state.Assignee {
		return false
	}
	passed := d.At.Sub(last.At)
	return passed >= 0 && passed <= undoWithin
}

// maxKeyLength is how long the key of a message may be, in bytes.
const maxKeyLength = 1000

func needsConversation(kind string, c inbox.Key) error {
	if c == "" || c.Channel() == "" || len(c) > maxKeyLength {
		return errors.New(kind + ": a conversation is needed")
	}
	return nil
}

func needsKeys(kind string, keys []inbox.Key) error {
	if len(keys) > mostCovers {
		return errors.New(kind + ": too many messages for one event")
	}
	for _, key := range keys {
		if len(key) > maxKeyLength {
			return errors.New(kind + ": the key of a message is too long")
		}
	}
	return nil
}
