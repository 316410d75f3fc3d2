package teamlog

import (
	"errors"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// bookNotes is the kind of a note in an anchor (EntityKey).
const bookNotes = "note"

// CRMNote writes a note at a person, lead or deal of the built-in contact book
// (R26), or a new version of one. Was is the version that its author saw: when
// there is a later one the event is void.
type CRMNote struct {
	ID   string          `json:"id"`
	On   inbox.RecordRef `json:"on"` // of the first version; a note does not move
	Text string          `json:"text"`
	Was  string          `json:"was,omitempty"` // BookNote.Version; "" for a new note
	// Deleted takes the note away; a later version brings it back.
	Deleted bool `json:"deleted,omitempty"`
	// Marker names the work that a note of a conversation was, for FindNote. That
	// of the first version holds: no later one turns into another work's note.
	Marker string `json:"marker,omitempty"`
	// Next stands in a snapshot only, in the place of the first version's text:
	// the last version that it leaves out.
	Next string `json:"next,omitempty"`
}

// Kind implements Event.
func (*CRMNote) Kind() string { return "crm.note" }

// Anchor is that of the note.
func (n *CRMNote) Anchor() inbox.Key { return EntityKey(bookNotes, n.ID) }

// Validate implements Event.
func (n *CRMNote) Validate() error {
	if !entityID.MatchString(n.ID) || !slices.Contains(inbox.RecordKinds, n.On.Kind) || !entityID.MatchString(n.On.ID) {
		return errors.New("crm.note: an id and a record are needed")
	}
	if n.Text == "" && !n.Deleted && n.Next == "" || len(n.Text) > MaxNote {
		return errors.New("crm.note: a text of at most 64 kB is needed")
	}
	if tooLong(n.Was) || tooLong(n.Marker) || tooLong(n.Next) {
		return errors.New("crm.note: a name is too long")
	}
	return nil
}

func (n *CRMNote) admit(*Team, *Decision) Reason { return Admitted }

// BookNote is a note of the built-in contact book.
type BookNote struct {
	ID      string
	On      inbox.RecordRef
	Text    string
	Marker  string
	Author  inbox.MemberID // of the first version
	At      time.Time      // of the first version, by its author's clock
	Changed time.Time      // of the present one
	Version string         // the decision that wrote it; "" for a note that was never written
	Deleted bool
	Pending bool // something of it is not in the team log yet
}

// FoldBookNote gives a note from the decisions of its anchor, in the order of
// the log with pending ones last, and why those without effect have none.
func FoldBookNote(decisions []Decision) (BookNote, map[string]Reason) {
	var note BookNote
	voids := applyEach(decisions, note.apply)
	return note, voids
}

func (n *BookNote) apply(event *CRMNote, d *Decision) Reason {
	switch {
	case n.Version == "" && event.Deleted:
		return NotFound
	case n.Version != "" && n.Version != event.Was:
		return FirstWins
	case n.Version == "":
		n.ID, n.On, n.Marker, n.Author, n.At = event.ID, event.On, event.Marker, d.Author, d.At
	}
	n.Text, n.Deleted, n.Changed, n.Version = event.Text, event.Deleted, d.At, d.ID
	if event.Next != "" {
		n.Version = event.Next
	}
	n.Pending = n.Pending || d.Pending
	return Admitted
}

// compactVersions leaves of the versions of a note of the contact book, all of
// which count, the last one and the first without its text: it says whose the
// note is and since when.
func compactVersions(versions []Decision) []Decision {
	if len(versions) < 2 {
		return versions
	}
	for i := range versions {
		if _, ok := versions[i].Event.(*CRMNote); !ok {
			return versions
		}
	}
	first, last := versions[0], versions[len(versions)-1]
	origin := *first.Event.(*CRMNote)
	origin.Text, origin.Next = "", last.Event.(*CRMNote).Was
	first.Event = &origin
	return []Decision{first, last}
}
