package contacts

import (
	"context"
	"slices"
	"strings"
	"sync"
	"unicode"

	"postvak/backend/inbox"
	"postvak/backend/phone"
	"postvak/backend/teamlog"
)

// Store is the part of the cache that keeps the contact book. It answers from
// this computer, what the log has not given back yet included.
type Store interface {
	// Entity gives a deleted one too, marked as such.
	Entity(ctx context.Context, kind inbox.RecordKind, id string) (teamlog.Entity, bool, error)
	// FindEntities searches as a person types, the best first.
	FindEntities(ctx context.Context, kind inbox.RecordKind, text string, limit int) ([]teamlog.Entity, error)
	// EntitiesByEmail gives the persons who have exactly this address.
	EntitiesByEmail(ctx context.Context, email string) ([]teamlog.Entity, error)
	// EntitiesByPhone gives the persons who have a number with these last digits
	// (phone.Digits).
	EntitiesByPhone(ctx context.Context, digits string) ([]teamlog.Entity, error)
	// Persons gives all persons, a page at a time: after is "" and then what came
	// as next, which is "" with the last page.
	Persons(ctx context.Context, after string, limit int) (page []teamlog.Entity, next string, err error)

	// BookNote gives a deleted one too, marked as such.
	BookNote(ctx context.Context, id string) (teamlog.BookNote, bool, error)
	// BookNotes gives the notes at a record that are there.
	BookNotes(ctx context.Context, on inbox.RecordRef) ([]teamlog.BookNote, error)
	// BookNoteByMarker finds a note at a record, one that is there before others.
	BookNoteByMarker(ctx context.Context, on inbox.RecordRef, marker string) (teamlog.BookNote, bool, error)
}

// Outcome is what became of an event: its id, and why it has no effect. What
// the log has not given back yet has none of the latter.
type Outcome struct {
	ID   string
	Void teamlog.Reason
}

// Log takes events. They are stored, and Store knows them, when it returns
// without an error; with one, none of them or the first ones are.
type Log interface {
	Decide(ctx context.Context, events ...teamlog.Event) ([]Outcome, error)
}

// Config is what a Book works with; all of it is needed.
type Config struct {
	Store Store
	Log   Log
	// Me is who uses this computer: their name and e-mail address.
	Me func() (name, email string)
	// MemberName is for a person to read, "" when not known.
	MemberName func(inbox.MemberID) string
}

// Book is the contact book as a CRM. Its methods are those of crm.Provider in
// plain types. Safe for concurrent use.
type Book struct {
	Config
	importing sync.Mutex
}

// New makes a Book.
func New(c Config) *Book { return &Book{Config: c} }

// ID implements crm.Provider.
func (b *Book) ID() string { return inbox.BuiltinCRM }

// Account says who uses the book here.
func (b *Book) Account(ctx context.Context) (name, email string, err error) {
	if err := ctx.Err(); err != nil {
		return "", "", notAsked(err)
	}
	name, email = b.Me()
	return name, email, nil
}

func notAsked(err error) error {
	return inbox.Errorf(inbox.Unavailable, "The contact book could not be read.").Because(err)
}

// asked puts an error of the cache into a sentence, unless it has one.
func asked(err error) error {
	if err == nil || inbox.CodeOf(err) != inbox.Internal {
		return err
	}
	return notAsked(err)
}

// Find implements crm.Provider.
func (b *Book) Find(ctx context.Context, kind inbox.RecordKind, text string, limit int) ([]inbox.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, notAsked(err)
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return nil, nil
	}
	found, err := b.findEntities(ctx, kind, text, limit)
	if err != nil {
		return nil, asked(err)
	}
	return b.records(ctx, found[:min(len(found), limit)])
}

// findEntities looks for an address as a whole: the cache looks for its words,
// which may be one person's name and another one's address.
func (b *Book) findEntities(ctx context.Context, kind inbox.RecordKind, text string, limit int) ([]teamlog.Entity, error) {
	if !strings.Contains(text, "@") {
		return b.Store.FindEntities(ctx, kind, text, limit)
	}
	found, err := b.Store.FindEntities(ctx, kind, text, max(5*limit, maxNamesakes))
	whole := inbox.NormalAddress(text)
	return slices.DeleteFunc(found, func(e teamlog.Entity) bool {
		says := strings.ToLower(e.Fields[FieldTitle] + "\n" + e.Fields[FieldName] + "\n" + e.Fields[FieldEmails])
		return !strings.Contains(says, whole)
	}), err
}

// FindPerson implements crm.Provider.
func (b *Book) FindPerson(ctx context.Context, email, number, name string) ([]inbox.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, notAsked(err)
	}
	var found []teamlog.Entity
	for _, look := range []func() ([]teamlog.Entity, error){
		func() ([]teamlog.Entity, error) { return b.byEmail(ctx, email) },
		func() ([]teamlog.Entity, error) { return b.byPhone(ctx, number) },
		func() ([]teamlog.Entity, error) { return b.byName(ctx, name) },
	} {
		more, err := look()
		if err != nil {
			return nil, asked(err)
		}
		for _, e := range more {
			if !slices.ContainsFunc(found, func(known teamlog.Entity) bool { return known.ID == e.ID }) {
				found = append(found, e)
			}
		}
	}
	return b.records(ctx, found)
}

func (b *Book) byEmail(ctx context.Context, email string) ([]teamlog.Entity, error) {
	if email = inbox.NormalAddress(email); email == "" {
		return nil, nil
	}
	return b.Store.EntitiesByEmail(ctx, email)
}

func (b *Book) byPhone(ctx context.Context, number string) ([]teamlog.Entity, error) {
	digits := phone.Digits(number)
	if digits == "" {
		return nil, nil
	}
	found, err := b.Store.EntitiesByPhone(ctx, digits)
	return slices.DeleteFunc(found, func(e teamlog.Entity) bool { return !hasPhone(e, number) }), err
}

func hasPhone(e teamlog.Entity, number string) bool {
	return slices.ContainsFunc(list(e.Fields[FieldPhones]), func(p string) bool { return phone.Same(p, number) })
}

const maxNamesakes = 50

func (b *Book) byName(ctx context.Context, name string) ([]teamlog.Entity, error) {
	if name == "" {
		return nil, nil
	}
	found, err := b.Store.FindEntities(ctx, inbox.Person, name, maxNamesakes)
	return slices.DeleteFunc(found, func(e teamlog.Entity) bool { return !sameName(name, e.Fields[FieldName]) }), err
}

// sameName compares names as the rules do.
func sameName(a, b string) bool {
	_, why := inbox.MatchPerson(inbox.Address{Name: a}, nil, inbox.Record{Title: b}, phone.Same)
	return why == inbox.MatchName
}

// pageSize is how many persons are read at once.
const pageSize = 500

// persons hands over all persons of the book.
func (b *Book) persons(ctx context.Context, each func(teamlog.Entity)) error {
	for after := ""; ; {
		page, next, err := b.Store.Persons(ctx, after, pageSize)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return asked(err)
		}
		for _, e := range page {
			each(e)
		}
		if after = next; next == "" {
			return nil
		}
	}
}

// Get implements crm.Provider.
func (b *Book) Get(ctx context.Context, ref inbox.RecordRef) (inbox.Record, error) {
	e, err := b.entity(ctx, ref)
	if err != nil {
		return inbox.Record{}, err
	}
	return b.Record(ctx, e)
}

func (b *Book) entity(ctx context.Context, ref inbox.RecordRef) (teamlog.Entity, error) {
	if err := ctx.Err(); err != nil {
		return teamlog.Entity{}, notAsked(err)
	}
	e, found, err := b.Store.Entity(ctx, ref.Kind, ref.ID)
	if err == nil && (!found || e.Deleted) {
		err = inbox.Errorf(inbox.NotFound, "This record is not in the contact book any more.")
	}
	return e, asked(err)
}

// Record is an entity with the names that stand elsewhere.
func (b *Book) Record(ctx context.Context, e teamlog.Entity) (inbox.Record, error) {
	r := RecordOf(e)
	r.Owner = b.MemberName(inbox.MemberID(e.Fields[FieldOwner]))
	if r.PersonID == "" {
		return r, nil
	}
	person, found, err := b.Store.Entity(ctx, inbox.Person, r.PersonID)
	if err != nil {
		return r, asked(err)
	}
	if found && !person.Deleted {
		r.Person = person.Fields[FieldName]
	}
	return r, nil
}

func (b *Book) records(ctx context.Context, entities []teamlog.Entity) ([]inbox.Record, error) {
	all := make([]inbox.Record, 0, len(entities))
	for _, e := range entities {
		r, err := b.Record(ctx, e)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}
