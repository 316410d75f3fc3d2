package sqlite

import (
	"time"

	"postvak/backend/inbox"
)

// OwedNote names a link whose notes lack a message, or say another assignee
// than the present one.
type OwedNote struct {
	Conversation inbox.Key // its present id
	Link         string
}

// NoteSubject is what the notes of one link are written from.
type NoteSubject struct {
	// Facts is what inbox.DecideNote looks at, but for Now, Provider and the
	// messages' Size, which only whoever writes the note knows.
	Facts    inbox.NoteFacts
	ID       inbox.Key // the conversation's present id
	Channel  inbox.Channel
	Contact  inbox.Address
	Anchor   inbox.Key     // by which the link names the conversation
	Messages []NoteMessage // as in Facts.Messages, one for one
}

// NoteMessage is what a note tells of a message. One that stands in an older
// part, which is never written again, has neither author nor text.
type NoteMessage struct {
	Key         inbox.Key
	At          time.Time
	Author      inbox.Address
	Member      inbox.MemberID // who of the team wrote it, as the log says
	Text        string         // without the quoted tail
	Attachments []inbox.Attachment
}

// Creation is a record that is to be made at an outside provider and linked to
// a conversation.
type Creation struct {
	ID           string
	Conversation inbox.Key // by any message of it; read back, its present id
	Provider     string
	Draft        inbox.RecordDraft
	At           time.Time
	// Tried is when it was first handed to the provider; zero: certainly never.
	Tried time.Time
	// Trouble is why it cannot be done, when a person must change something.
	Trouble string
}

// EntityQuery asks for entities of the contact book by name. After is the ID of
// the last one of the page before. With Text the page is of those that match,
// of which the newest 5,000 count. Limit 0 means 50.
type EntityQuery struct {
	Kind  inbox.RecordKind
	Text  string // as in FindEntities
	After string
	Limit int
}
