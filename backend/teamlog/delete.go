package teamlog

import (
	"errors"
	"slices"

	"postvak/backend/inbox"
)

// Delete takes a conversation away for good (R11, R12). What it covers is
// purged wherever it later falls; a message it does not cover shows the
// conversation again, open, unassigned and with only what came after (R13).
// Unlike a close it covers the team's own messages too.
type Delete struct {
	Conversation inbox.Key   `json:"c"`
	Covers       []inbox.Key `json:"covers"`
}

// Deleting makes the events that delete a conversation.
func Deleting(c inbox.Key, covers []inbox.Key) (events []Event) {
	for part := range slices.Chunk(covers, maxCovers) {
		events = append(events, &Delete{Conversation: c, Covers: part})
	}
	return events
}

// Kind implements Event.
func (*Delete) Kind() string { return "delete" }

// Anchor implements conversationEvent.
func (e *Delete) Anchor() inbox.Key { return e.Conversation }

// Validate implements Event.
func (e *Delete) Validate() error {
	return errors.Join(needsConversation("delete", e.Conversation), needsKeys("delete", e.Covers))
}

func (e *Delete) admit(t *Team, d *Decision) Reason {
	if channel := t.channels[e.Conversation.Channel()]; channel == nil || channel.Installer != d.Author {
		return NotInstaller
	}
	return Admitted
}

func (e *Delete) apply(f *fold, d *Decision) Reason {
	f.purge(e.Covers)
	f.state.Assignee, f.assignedBy, f.lastAssign = "", "", nil
	f.state.Drafting, f.markedUnread = nil, false
	f.state.Notes, f.links = nil, nil
	f.state.ContactName, f.namedBy = "", ""
	f.state.Activity = nil
	f.quiet = true
	f.lastStand = standClosed
	f.deletedAt = d
	return Admitted
}
