package teamlog

import (
	"errors"
	"slices"
	"strings"

	"postvak/backend/inbox"
)

// MaxNote is how long an internal note may be, in bytes.
const MaxNote = 64 << 10

const maxMentions = 100

// Note is an internal note: for the team, never sent.
type Note struct {
	Conversation inbox.Key `json:"c"`
	Text         string    `json:"text"`
	// Mentions are members whom the note is for: it is unread for them.
	Mentions []inbox.MemberID `json:"mentions,omitempty"`
}

// Kind implements Event.
func (*Note) Kind() string { return "note" }

// Anchor implements conversationEvent.
func (n *Note) Anchor() inbox.Key { return n.Conversation }

// Validate implements Event.
func (n *Note) Validate() error {
	if strings.TrimSpace(n.Text) == "" || len(n.Text) > MaxNote || len(n.Mentions) > maxMentions {
		return errors.New("note: a text of at most 64 kB is needed")
	}
	if slices.ContainsFunc(n.Mentions, func(m inbox.MemberID) bool { return len(m) > maxName }) {
		return errors.New("note: a member's id is too long")
	}
	return needsConversation("note", n.Conversation)
}

func (n *Note) admit(*Team, *Decision) Reason { return Admitted }

func (n *Note) apply(f *fold, d *Decision) Reason {
	f.state.Notes = append(f.state.Notes, NoteState{
		ID: d.ID, At: d.At, Author: d.Author, Text: n.Text, Mentions: n.Mentions, Pending: d.Pending,
	})
	f.quiet = true
	if d.Author != f.facts.Me && slices.Contains(n.Mentions, f.facts.Me) {
		f.markedUnread = true
	}
	return Admitted
}
