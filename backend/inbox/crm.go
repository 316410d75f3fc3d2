package inbox

import (
	"encoding/json"
	"time"
)

// RecordKind says what a conversation can be linked to in a CRM (R21).
type RecordKind string

// The three kinds of record.
const (
	Person RecordKind = "person"
	Lead   RecordKind = "lead"
	Deal   RecordKind = "deal"
)

// RecordKinds lists them in the screen's order.
var RecordKinds = []RecordKind{Person, Lead, Deal}

// RecordRef names one record of a provider.
type RecordRef struct {
	Kind RecordKind `json:"kind"`
	ID   string     `json:"id"` // the provider's
}

// Record is a person, lead or deal as its provider last described it. Every
// field but Kind, ID and Title may be empty.
type Record struct {
	RecordRef
	Title        string   // a person's name, a lead's or deal's title
	Emails       []string // as written there
	Phones       []string // as written there
	Organization string
	Person       string // whom a lead or deal is about: the name
	PersonID     string
	Value        json.Number // "" none
	Currency     string      // ISO 4217
	Stage        string      // of a deal, as its provider says it
	Status       string      // of a deal: open, won, lost; of a lead: open, archived
	Label        string      // of a lead, such as "warm"
	Owner        string      // who of the team looks after it: the name
	URL          string      // where a browser shows it; "" for the built-in contact book
	Created      time.Time
	Updated      time.Time
	Gone         bool // when it was last looked for, it was not there any more
}

// RecordDraft is what a new record begins with. A lead needs a person or an
// organization: PersonID names one that is there, else Name, Email and Phone
// make one in the same step. A deal may have one.
type RecordDraft struct {
	Kind         RecordKind
	Title        string // of a lead or deal
	Name         string // of the person
	Email, Phone string
	Organization string
	PersonID     string
	Value        json.Number
	Currency     string
	Stage        string
	Label        string // of a lead
	Owner        MemberID
}

// NoteVersion is a CRM's note as its provider last gave it.
type NoteVersion struct {
	ID      string
	On      RecordRef
	Content string // as stored there: the provider may have cleaned it
	Text    string // the same without markup
	Version string // changes with every change of the note
	Deleted bool   // gone, or marked as deleted: the rest may be empty
}

// NoteState says what became of a note.
type NoteState string

// The states of a note. Past is never stored: a current note whose 24 hours
// are over is past. Pending is a note that is not written yet.
const (
	NoteCurrent NoteState = "current"
	NotePast    NoteState = "past"
	NoteEdited  NoteState = "edited"
	NoteDeleted NoteState = "deleted"
	NotePending NoteState = "pending"
)
