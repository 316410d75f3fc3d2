package crm

import (
	"context"
	"time"

	"postvak/backend/inbox"
)

// Provider is a CRM: the built-in contact book, or somebody's account at one.
// Every implementation passes crmtest.Run.
//
// A method makes one attempt and never retries; it ends with its context, and
// in any case within half a minute. Its errors are *inbox.Error: Auth (the token
// is not taken), Forbidden, NotFound (never there, gone, or deleted), Invalid
// (refused for what was sent), Conflict (changed meanwhile; nothing was done),
// and Unavailable (network, server, quota; after a writing it is not known
// whether it was done). An error that has Retry in its chain says when to come
// back. Safe for concurrent use.
type Provider interface {
	// ID names it on every desktop of the team: inbox.BuiltinCRM, or "pipedrive:" and
	// the company's id. It asks nobody.
	ID() string
	Me(ctx context.Context) (Account, error)

	// Find searches as somebody types: in name or title, e-mail addresses and
	// phone numbers in any format, whole or their beginning. The best come
	// first, limit at most. A text without a letter or digit finds nothing. Who
	// types goes back and types again: a provider that counts its calls remembers
	// for some minutes what it answered, and forgets it with the next Create.
	Find(ctx context.Context, kind inbox.RecordKind, text string, limit int) ([]inbox.Record, error)
	// FindPerson looks for one person: whoever has exactly this e-mail address
	// or this number in any format comes first, then who has the name. Empty
	// ones are not looked for.
	FindPerson(ctx context.Context, email, phone, name string) ([]inbox.Record, error)
	// Get is NotFound when the record is gone.
	Get(ctx context.Context, ref inbox.RecordRef) (inbox.Record, error)
	// Create makes a record, and the person of a lead or deal with it when the
	// draft has no PersonID. It is not idempotent: after an error whose outcome
	// is not known, FindCreated comes first.
	Create(ctx context.Context, d inbox.RecordDraft) (inbox.Record, error)
	// FindCreated looks for a record that Create may have made of a draft at or
	// after since, by the provider's clock: same kind, same title or name, same
	// person. Of several it gives the newest.
	FindCreated(ctx context.Context, d inbox.RecordDraft, since time.Time) (inbox.Record, bool, error)

	// ReadNote gives a note as it is stored now. One that is gone, or marked as
	// deleted, has Deleted set and is no error.
	ReadNote(ctx context.Context, on inbox.RecordRef, id string) (inbox.NoteVersion, error)
	// WriteNote writes a note: a new one with id "", else the one with that id,
	// whole. was is the NoteVersion.Version that it replaces: a provider that
	// can tell refuses with Conflict when somebody changed it since. It gives
	// the note as ReadNote would: what is stored may differ from what was sent.
	// A note that is gone is NotFound, and so is one on a record that is gone.
	WriteNote(ctx context.Context, on inbox.RecordRef, id, was string, body Body) (inbox.NoteVersion, error)
	// FindNote looks among a record's notes that are there for one whose text
	// has this marker. Of several it gives the oldest.
	FindNote(ctx context.Context, on inbox.RecordRef, marker string) (inbox.NoteVersion, bool, error)

	// Quota says what is left of the calls that the provider allows. It asks
	// nobody: it is what the last answers said.
	Quota() Quota
}

// Account is whose token a provider works with.
type Account struct {
	Name, Email string
	Company     string
	CompanyID   string // "" for the built-in contact book
	Domain      string // of the company's pages: "acme" of acme.pipedrive.com
}

// Body is a note's content. HTML and Text say the same; everything that others
// wrote is escaped in HTML.
type Body struct {
	HTML string
	Text string
	// Marker stands in both, in the link: FindNote looks for it. It is the same
	// for every writing of one note.
	Marker string
}

// Quota is a provider's budget.
type Quota struct {
	Limit, Left int
	Known       bool      // false: it has none, or none was said yet
	Until       time.Time // when it begins anew; zero: not known
	Waiting     string    // why nothing is asked at present, for a person; "" otherwise
}

// Retry is found in the chain of an Unavailable error whose server said when to
// come back.
type Retry interface {
	RetryAfter() time.Duration
}
