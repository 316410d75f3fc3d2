package teamlog

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postvak/backend/inbox"
)

// How large canned replies may be, in bytes, and how many a team has.
const (
	MaxReplyName = 200
	MaxReplyText = 8 << 10
	MaxReplies   = 200
	// maxReplyBytes is for all together: they stand in every state.
	maxReplyBytes = 512 << 10
)

// ReplySet makes or changes one of the team's canned replies. Was is the
// decision that its author saw standing (ReplyState.Version), "" for a new one:
// when another stands by now the event is void, so that of two members who had
// not seen each other the first stands (R7). Setting back is how it is undone.
type ReplySet struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Text string `json:"text"`
	Was  string `json:"was,omitempty"`
}

// Kind implements Event.
func (*ReplySet) Kind() string { return "reply.set" }

// Validate implements Event.
func (r *ReplySet) Validate() error {
	switch {
	case !entityID.MatchString(r.ID) || tooLong(r.Was):
		return errors.New("reply.set: an id is needed")
	case r.Name == "" || !properName(r.Name):
		return errors.New("reply.set: a name of one line and at most 200 bytes is needed")
	case strings.TrimSpace(r.Text) == "" || !properText(r.Text, MaxReplyText):
		return errors.New("reply.set: a text of at most 8 kB is needed")
	}
	return nil
}

// properText says whether a text is of so many bytes at most and has no control
// characters but line ends and tabs.
func properText(text string, most int) bool {
	return len(text) <= most && utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t'
	})
}

func (r *ReplySet) admit(t *Team, d *Decision) Reason {
	if reason := t.replyStands(r.ID, r.Was); reason != Admitted {
		return reason
	}
	reply := ReplyState{ID: r.ID, Name: r.Name, Text: r.Text, By: d.Author, At: d.At, Version: d.ID}
	if !t.hasRoom(reply) {
		return TooMany
	}
	t.replies[r.ID] = &reply
	return Admitted
}

// replyStands says whether a canned reply is what somebody saw.
func (t *Team) replyStands(id, was string) Reason {
	switch present := t.replies[id]; {
	case present == nil && was != "":
		return DeletedSince
	case present != nil && present.Version != was:
		return FirstWins
	}
	return Admitted
}

// hasRoom says whether the team may have a reply, in place of the one it has.
func (t *Team) hasRoom(reply ReplyState) bool {
	bytes, number := reply.bytes(), 1
	for id, other := range t.replies {
		if id != reply.ID {
			bytes, number = bytes+other.bytes(), number+1
		}
	}
	return number <= MaxReplies && bytes <= maxReplyBytes
}

// ReplyDelete takes a canned reply away. Was is as in ReplySet. That it is gone
// already is nothing to be told of.
type ReplyDelete struct {
	ID  string `json:"id"`
	Was string `json:"was"`
}

// Kind implements Event.
func (*ReplyDelete) Kind() string { return "reply.delete" }

// Validate implements Event.
func (r *ReplyDelete) Validate() error {
	if !entityID.MatchString(r.ID) || r.Was == "" || tooLong(r.Was) {
		return errors.New("reply.delete: an id and what stands are needed")
	}
	return nil
}

func (r *ReplyDelete) admit(t *Team, _ *Decision) Reason {
	if t.replies[r.ID] == nil {
		return Admitted
	}
	reason := t.replyStands(r.ID, r.Was)
	if reason == Admitted {
		delete(t.replies, r.ID)
	}
	return reason
}

// ReplyState is one of the team's canned replies: a text that members put into
// their answers. Variables stand in double braces; the log does not look inside.
type ReplyState struct {
	ID      string
	Name    string
	Text    string
	By      inbox.MemberID // who wrote it so
	At      time.Time      // by their clock
	Version string         // the decision that stands
	Pending bool           `json:"-"` // it is not in the team log yet
}

func (r *ReplyState) bytes() int { return len(r.ID) + len(r.Name) + len(r.Text) }

// Replies lists the canned replies, sorted by id, as they are once the team has
// an author's own decisions that still wait. Those change nothing here.
func (t *Team) Replies(waiting ...Decision) []ReplyState {
	shown := &Team{replies: maps.Clone(t.replies)}
	for _, d := range waiting {
		switch event := d.Event.(type) {
		case *ReplySet:
			if event.admit(shown, &d) == Admitted {
				shown.replies[event.ID].Pending = true
			}
		case *ReplyDelete:
			event.admit(shown, &d)
		}
	}
	return sortedValues(shown.replies)
}

// soundReplies says whether canned replies could be such that folding gave.
func soundReplies(all []ReplyState) bool {
	t := NewTeam()
	return !slices.ContainsFunc(all, func(r ReplyState) bool {
		event := &ReplySet{ID: r.ID, Name: r.Name, Text: r.Text, Was: r.Version}
		if event.Validate() != nil || r.Version == "" || t.replies[r.ID] != nil || !t.hasRoom(r) {
			return true
		}
		t.replies[r.ID] = &r
		return false
	})
}
