package teamlog

import (
	"errors"
	"strings"
	"time"

	"postvak/backend/inbox"
)

const (
	maxNoted      = 2000     // messages' names in one event
	maxNotedBytes = 64 << 10 // and what they take
	maxWindow     = 1 << 20
	maxRevision   = 1 << 30
	maxNoteSize   = 1 << 30
)

// CRMNoted says what stands in the CRM now: one writing of one part of a link's
// note (R22–R25), appended together with the Done of the work that it was
// (inbox.NoteWork). It decides nothing: it leaves no line between the messages. Of a
// shared channel it counts only from the desktop that holds that work, so that
// whoever lost it meanwhile does not speak.
type CRMNoted struct {
	Conversation inbox.Key `json:"c"`
	Link         string    `json:"link"`
	// Work is the one whose holder says this (inbox.Link.NextWork), whatever it
	// turned out to write.
	Work     string    `json:"work,omitempty"`
	NoteID   string    `json:"note,omitempty"` // the provider's
	Window   int       `json:"window"`         // from 1
	Part     int       `json:"part"`           // from 1
	Revision int       `json:"revision"`       // from 1
	From     time.Time `json:"from"`           // of the window; what its first noted says holds
	// Names are of the messages that this writing added.
	Names    []string        `json:"names,omitempty"`
	Assignee inbox.MemberID  `json:"assignee,omitempty"`
	Version  string          `json:"version,omitempty"`
	Hash     string          `json:"hash,omitempty"`
	Size     int             `json:"size,omitempty"` // bytes
	State    inbox.NoteState `json:"state"`          // current, edited or deleted
	Language string          `json:"language,omitempty"`
}

// Kind implements Event.
func (*CRMNoted) Kind() string { return "crm.noted" }

// Anchor implements conversationEvent.
func (n *CRMNoted) Anchor() inbox.Key { return n.Conversation }

func (*CRMNoted) bookkeeping() {}

// Validate implements Event.
func (n *CRMNoted) Validate() error {
	if n.Link == "" || tooLong(n.Link) || len(n.Work) > maxWork || tooLong(n.NoteID) || tooLong(n.Version) || tooLong(n.Hash) {
		return errors.New("crm.noted: a link is needed, and short names")
	}
	if !within(n.Window, 1, maxWindow) || !within(n.Part, 1, maxWindow) || !within(n.Revision, 1, maxRevision) || !within(n.Size, 0, maxNoteSize) {
		return errors.New("crm.noted: window, part and revision count from 1")
	}
	if tooLong(string(n.Assignee)) || tooLong(n.Language) || !plausible(n.From) || !n.stateKnown() {
		return errors.New("crm.noted: a moment and a state are needed")
	}
	return errors.Join(needsNames(n.Names), needsConversation("crm.noted", n.Conversation))
}

func (n *CRMNoted) stateKnown() bool {
	switch n.State {
	case inbox.NoteCurrent, inbox.NoteEdited, inbox.NoteDeleted:
		return true
	case inbox.NotePast, inbox.NotePending:
	}
	return false
}

func within(n, least, most int) bool { return least <= n && n <= most }

func needsNames(names []string) error {
	bytes := 0
	for _, name := range names {
		bytes += len(name)
	}
	if len(names) > maxNoted || bytes > maxNotedBytes {
		return errors.New("crm.noted: too many messages for one event")
	}
	return nil
}

// admit asks for the claim. A channel that is private, or that comes into the
// log behind its history, has one desktop.
func (n *CRMNoted) admit(t *Team, d *Decision) Reason {
	if c := t.channels[n.Conversation.Channel()]; c == nil || !c.Shared {
		return Admitted
	}
	if !n.ofWork() {
		return Malformed
	}
	switch claim := t.claims.get(n.Work); {
	case claim == nil:
		return NotFound
	case claim.Holder != d.Author || claim.Device != d.Device:
		return Taken
	}
	return Admitted
}

func (n *CRMNoted) ofWork() bool { return strings.HasPrefix(n.Work, inbox.NoteWorks(n.Link)) }

// apply takes over the latest revision. What an earlier one wrote stands in
// the CRM all the same: its names count, so that nothing is written twice.
func (n *CRMNoted) apply(f *fold, _ *Decision) Reason {
	link := f.link(n.Link)
	if link == nil {
		return NotFound
	}
	note, from := link.note(n)
	note.Names = union(note.Names, n.Names)
	if n.Revision <= note.Revision {
		return FirstWins
	}
	names := note.Names
	*note = inbox.WrittenNote{
		Window: n.Window, Part: n.Part, Revision: n.Revision, NoteID: n.NoteID, From: from, Names: names,
		Assignee: n.Assignee, Version: n.Version, Hash: n.Hash, Size: n.Size, State: n.State, Language: n.Language,
	}
	return Admitted
}

// note finds the part that an event is about, in the order of windows and
// parts, or makes room for it; and says since when its window is.
func (l *linkFold) note(n *CRMNoted) (note *inbox.WrittenNote, from time.Time) {
	from = n.From
	at := len(l.Notes)
	for i, have := range l.Notes {
		if have.Window == n.Window {
			from = have.From
		}
		switch {
		case have.Window == n.Window && have.Part == n.Part:
			return &l.Notes[i], from
		case at == len(l.Notes) && (have.Window > n.Window || have.Window == n.Window && have.Part > n.Part):
			at = i
		}
	}
	l.Notes = append(l.Notes, inbox.WrittenNote{})
	copy(l.Notes[at+1:], l.Notes[at:])
	l.Notes[at] = inbox.WrittenNote{Window: n.Window, Part: n.Part}
	return &l.Notes[at], from
}
