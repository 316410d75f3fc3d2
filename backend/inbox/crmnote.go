package inbox

import (
	"fmt"
	"time"
)

// The lengths that R22 and R23 name.
const (
	NoteWindow   = 24 * time.Hour // how long a note takes in messages, from its creation
	NoteLookback = 24 * time.Hour // how far back its first messages go, at linking
	NoteFirstMax = 20             // and at most how many
	NotePartSize = 30_000         // bytes of a note, about, before it goes on in another
)

// BuiltinCRM names the contact book that needs no account, as a provider (R26).
const BuiltinCRM = "builtin"

// Link ties a conversation to a record (R21).
type Link struct {
	ID       string // the decision's
	Provider string // whose record it is: BuiltinCRM, or "pipedrive:" and the company
	RecordRef
	Title   string // as it was when linked
	By      MemberID
	At      time.Time // when, by the linker's clock
	Pending bool      // not in the team log yet
	Notes   []WrittenNote
	// Elsewhere are names of messages that are written in notes of another link
	// of this conversation with the same record: two members linked it at once,
	// or two conversations turned out to be one. They count as written.
	Elsewhere []string
	Removed   bool // unlinked: nothing is written any more
}

// Newest is the newest part of the link's newest window; false when nothing is
// noted yet.
func (l Link) Newest() (newest WrittenNote, noted bool) {
	for _, n := range l.Notes {
		if !noted || n.after(newest) {
			newest, noted = n, true
		}
	}
	return newest, noted
}

// WindowFrom is when a window of the link's notes began; zero when nothing is
// noted of it yet. All its parts have the first one's hours.
func (l Link) WindowFrom(window int) time.Time {
	var first WrittenNote
	for _, n := range l.Notes {
		if n.Window == window && (first.Part == 0 || first.after(n)) {
			first = n
		}
	}
	return first.From
}

// WrittenNote is what the team log says of one part of a link's note. Windows
// count from 1; a window's part after the first begins when the one before it
// was full, or was edited or deleted by a person (R24).
type WrittenNote struct {
	Window, Part int
	Revision     int       // grows with every writing of this part, from 1
	NoteID       string    // the provider's; "" when nothing was written
	From         time.Time // when the window was first claimed: it takes in messages before From + NoteWindow
	Names        []string  // of all messages that it has (NoteMessage.Names)
	Assignee     MemberID  // as its status line says it
	Version      string    // NoteVersion.Version after the last writing
	Hash         string    // of NoteVersion.Content after the last writing
	Size         int       // bytes of its content
	State        NoteState // current, edited or deleted
	Language     string    // in which it is written
}

// NextWork names the work of the link's next writing: after the newest part that
// is noted, with the revision behind its own, also when the writing begins
// another part or window. So all who want to write anything next want the same
// work.
func (l Link) NextWork() string {
	n, noted := l.Newest()
	if !noted {
		n.Window, n.Part = 1, 1
	}
	return NoteWork(l.ID, n.Window, n.Part, n.Revision+1)
}

// NoteWork is the name under which one writing of a note is claimed (R25).
func NoteWork(link string, window, part, revision int) string {
	return fmt.Sprintf("%s%d/%d/%d", NoteWorks(link), window, part, revision)
}

// NoteWorks begins the names of all works of a link.
func NoteWorks(link string) string { return "note/" + link + "/" }

func (n WrittenNote) after(other WrittenNote) bool {
	return n.Window > other.Window || n.Window == other.Window && n.Part > other.Part
}

// NoteMessage is what the rule looks at of a message that went to or came from
// the contact. What waits to be sent or could not be sent is none.
type NoteMessage struct {
	// Names are all names by which desktops may know it: its keys, and for an
	// outgoing one the hash of its Message-ID.
	Names []string
	At    time.Time // the provider's clock
	Size  int       // bytes that it takes in a note
}

// NoteFacts is all that DecideNote looks at.
type NoteFacts struct {
	Link     Link
	Messages []NoteMessage // of the conversation, ascending
	Assignee MemberID
	Now      time.Time
	// Provider is what the CRM says of the newest part; nil: not asked yet.
	Provider *NoteStanding
}

// NoteStanding says whether a note is still as the team wrote it.
type NoteStanding struct {
	State NoteState // current, edited or deleted
	// Ahead: it is one of ours of a later revision than the log knows, because
	// whoever wrote it died before saying so.
	Ahead bool
}

// NoteAct is what is to be done about a link's note.
type NoteAct string

// The acts.
const (
	NoteNothing NoteAct = ""
	NoteLook    NoteAct = "look"   // ask the provider for the newest part, then decide again
	NoteStart   NoteAct = "start"  // write a new note: Window and Part
	NoteAppend  NoteAct = "append" // write the newest part anew, with Messages added
	NoteMark    NoteAct = "mark"   // say that a person edited or deleted it: Mark
)

// NoteVerdict is DecideNote's answer.
type NoteVerdict struct {
	Act          NoteAct
	Window, Part int
	// Messages index into NoteFacts.Messages: all that the part is to have
	// after the act, ascending.
	Messages []int
	// Mark is the state that the newest part is in by a person's hand, to be
	// said in the log together with (or, for NoteMark, without) a new part.
	Mark NoteState
	// Lacking: the newest part has messages that this desktop does not know, so
	// it is not written anew here. Somebody who knows them may be quicker: wait
	// a minute before acting.
	Lacking bool
}
