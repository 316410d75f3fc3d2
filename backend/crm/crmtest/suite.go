// Package crmtest has the one suite that every crm.Provider passes, and a
// provider in memory, which passes it too. Only tests import it.
package crmtest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// World is an empty CRM, with what people do in it behind the program's back.
type World struct {
	Provider crm.Provider
	// Now is the CRM's own clock.
	Now func() time.Time
	// EditNote and DeleteNote are done by a person in the CRM. text is HTML
	// without anything special in it.
	EditNote   func(t *testing.T, on inbox.RecordRef, id, text string)
	DeleteNote func(t *testing.T, on inbox.RecordRef, id string)
	// DeleteRecord is done by a person in the CRM.
	DeleteRecord func(t *testing.T, ref inbox.RecordRef)
	// Exhaust uses up the quota. Nil: there is none.
	Exhaust func(t *testing.T)
}

// Run runs the suite; open makes a World for each of its tests.
func Run(t *testing.T, open func(t *testing.T) World) {
	for name, test := range map[string]func(*suite){
		"Me":                (*suite).me,
		"Find":              (*suite).find,
		"FindPhone":         (*suite).findPhone,
		"FindTitles":        (*suite).findTitles,
		"FindPerson":        (*suite).findPerson,
		"CreatePerson":      (*suite).createPerson,
		"CreateLead":        (*suite).createLead,
		"CreateDeal":        (*suite).createDeal,
		"Refused":           (*suite).refused,
		"FindCreated":       (*suite).findCreated,
		"Gone":              (*suite).gone,
		"Notes":             (*suite).notes,
		"NoteTouched":       (*suite).touched,
		"NoteDeleted":       (*suite).deleted,
		"NoteMarkers":       (*suite).markers,
		"NoteStrangersText": (*suite).strangersText,
		"NoteLong":          (*suite).long,
		"Unicode":           (*suite).unicode,
		"Quota":             (*suite).quota,
		"Cancelled":         (*suite).cancelled,
	} {
		t.Run(name, func(t *testing.T) { test(&suite{t, open(t), t.Context()}) })
	}
}

type suite struct {
	*testing.T
	World
	ctx context.Context
}

func (s *suite) create(d inbox.RecordDraft) inbox.Record {
	s.Helper()
	r, err := s.Provider.Create(s.ctx, d)
	if err != nil {
		s.Fatalf("creating %+v: %v", d, err)
	}
	if r.Kind != d.Kind || r.ID == "" {
		s.Fatalf("creating %+v gave %+v", d, r)
	}
	return r
}

func (s *suite) bob() inbox.Record {
	return s.create(inbox.RecordDraft{Kind: inbox.Person, Name: "Bob Jansen", Email: "Bob@Customer.example", Phone: "+31 6 1234 5678"})
}

// found gives the ids of a search.
func (s *suite) found(kind inbox.RecordKind, text string) (ids []string) {
	s.Helper()
	all, err := s.Provider.Find(s.ctx, kind, text, 10)
	if err != nil {
		s.Fatalf("searching %q: %v", text, err)
	}
	for _, r := range all {
		if r.Kind != kind {
			s.Errorf("searching a %s by %q found a %s", kind, text, r.Kind)
		}
		ids = append(ids, r.ID)
	}
	return ids
}

func (s *suite) code(err error, want inbox.Code, what string) {
	s.Helper()
	var e *inbox.Error
	if !errors.As(err, &e) || e.Code != want || e.Message == "" {
		s.Errorf("%s: %v, not %s with a sentence", what, err, want)
	}
}

func (s *suite) me() {
	me, err := s.Provider.Me(s.ctx)
	if err != nil || me.Name == "" {
		s.Errorf("%+v, %v", me, err)
	}
	if s.Provider.ID() == "" || strings.ContainsFunc(s.Provider.ID(), unicode.IsSpace) {
		s.Errorf("its id is %q", s.Provider.ID())
	}
}

func (s *suite) find() {
	bob := s.bob()
	other := s.create(inbox.RecordDraft{Kind: inbox.Person, Name: "Bobbie Zwart", Email: "b.zwart@customer.example"})
	s.create(inbox.RecordDraft{Kind: inbox.Person, Name: "Carol Meijer"})
	for text, want := range map[string][]string{
		"bob": {bob.ID, other.ID}, "BOB JAN": {bob.ID}, "bob jansen": {bob.ID}, "zwart": {other.ID},
		"bob@customer": {bob.ID}, "bob@customer.example": {bob.ID}, "B.Zwart@Customer.Example": {other.ID},
		"dave": nil, "%": nil, "*": nil, " ": nil, "": nil, "_ob": nil,
	} {
		got := s.found(inbox.Person, text)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			s.Errorf("%q finds %v, not %v", text, got, want)
		}
	}
	if some, err := s.Provider.Find(s.ctx, inbox.Person, "bob", 1); err != nil || len(some) != 1 {
		s.Errorf("of two, %d were given, %v", len(some), err)
	}
	if got := s.found(inbox.Deal, "bob"); len(got) != 0 {
		s.Errorf("there are no deals, but %v", got)
	}
}

func (s *suite) findPhone() {
	bob := s.bob()
	s.create(inbox.RecordDraft{Kind: inbox.Person, Name: "Carol Meijer", Phone: "+31687654321"})
	for _, number := range []string{"+31612345678", "+31 6 1234 5678", "0031612345678", "06-12345678", "06 1234 5678", "(06) 12 34 56 78"} {
		if got := s.found(inbox.Person, number); !slices.Equal(got, []string{bob.ID}) {
			s.Errorf("%q finds %v", number, got)
		}
	}
}

func (s *suite) findTitles() {
	bob := s.bob()
	lead := s.create(inbox.RecordDraft{Kind: inbox.Lead, Title: "Bread for the office", PersonID: bob.ID})
	deal := s.create(inbox.RecordDraft{Kind: inbox.Deal, Title: "Bread, every day", PersonID: bob.ID})
	if got := s.found(inbox.Lead, "bread"); !slices.Equal(got, []string{lead.ID}) {
		s.Errorf("leads: %v", got)
	}
	if got := s.found(inbox.Deal, "BREAD, ev"); !slices.Equal(got, []string{deal.ID}) {
		s.Errorf("deals: %v", got)
	}
	if got := s.found(inbox.Person, "bread"); len(got) != 0 {
		s.Errorf("persons: %v", got)
	}
}

func (s *suite) findPerson() {
	bob := s.bob()
	namesake := s.create(inbox.RecordDraft{Kind: inbox.Person, Name: "Bob Jansen", Email: "other@customer.example"})
	s.create(inbox.RecordDraft{Kind: inbox.Person, Name: "Carol Meijer", Email: "not.bob@customer.example"})
	for _, c := range []struct {
		email, phone, name string
		first              string
		count              int
	}{
		{"bob@customer.example", "", "", bob.ID, 1},
		{"other@customer.example", "", "Bob Jansen", namesake.ID, 2},
		{"", "0612345678", "", bob.ID, 1},
		{"", "+31612345678", "Bob Jansen", bob.ID, 2},
		{"", "", "bob jansen", "", 2},
		{"ob@customer.example", "", "", "", 0},
		{"bob@customer", "", "", "", 0},
		{"", "12345", "", "", 0},
		{"", "", "", "", 0},
	} {
		got, err := s.Provider.FindPerson(s.ctx, c.email, c.phone, c.name)
		if err != nil || len(got) != c.count || c.first != "" && got[0].ID != c.first {
			s.Errorf("%+v finds %+v, %v", c, got, err)
		}
	}
}

func (s *suite) createPerson() {
	made := s.create(inbox.RecordDraft{Kind: inbox.Person, Name: "Dave O'Neil", Email: "dave@customer.example", Phone: "+442071838750"})
	got, err := s.Provider.Get(s.ctx, made.RecordRef)
	if err != nil || got.RecordRef != made.RecordRef || got.Title != "Dave O'Neil" ||
		!slices.Contains(got.Emails, "dave@customer.example") || len(got.Phones) != 1 || got.Created.IsZero() {
		s.Errorf("%+v, %v", got, err)
	}
}

// A lead brings its person in the same step.
func (s *suite) createLead() {
	lead := s.create(inbox.RecordDraft{
		Kind: inbox.Lead, Title: "Eve's order", Name: "Eve Smit", Email: "eve@customer.example", Value: "3250", Currency: "EUR",
	})
	got, err := s.Provider.Get(s.ctx, lead.RecordRef)
	if err != nil || got.Title != "Eve's order" || got.PersonID == "" || got.Currency != "EUR" || !strings.HasPrefix(string(got.Value), "3250") {
		s.Fatalf("%+v, %v", got, err)
	}
	eve, err := s.Provider.Get(s.ctx, inbox.RecordRef{Kind: inbox.Person, ID: got.PersonID})
	if err != nil || eve.Title != "Eve Smit" || !slices.Contains(eve.Emails, "eve@customer.example") {
		s.Errorf("%+v, %v", eve, err)
	}
	second := s.create(inbox.RecordDraft{Kind: inbox.Lead, Title: "Eve's other order", PersonID: eve.ID})
	if got, err := s.Provider.Get(s.ctx, second.RecordRef); err != nil || got.PersonID != eve.ID {
		s.Errorf("%+v, %v", got, err)
	}
	if all := s.found(inbox.Person, "Eve Smit"); len(all) != 1 {
		s.Errorf("Eve is there %d times", len(all))
	}
}

func (s *suite) createDeal() {
	bob := s.bob()
	deal := s.create(inbox.RecordDraft{Kind: inbox.Deal, Title: "Bread 2027", PersonID: bob.ID, Value: "1200.50", Currency: "EUR"})
	got, err := s.Provider.Get(s.ctx, deal.RecordRef)
	if err != nil || got.Title != "Bread 2027" || got.PersonID != bob.ID || got.Status != "open" || !strings.HasPrefix(string(got.Value), "1200.5") {
		s.Errorf("%+v, %v", got, err)
	}
	alone := s.create(inbox.RecordDraft{Kind: inbox.Deal, Title: "Nobody's"})
	if got, err := s.Provider.Get(s.ctx, alone.RecordRef); err != nil || got.PersonID != "" {
		s.Errorf("%+v, %v", got, err)
	}
}

func (s *suite) refused() {
	for _, d := range []inbox.RecordDraft{
		{Kind: inbox.Lead, Title: "Of nobody"}, {Kind: inbox.Deal}, {Kind: inbox.Person}, {Kind: inbox.Lead, Name: "Eve Smit"},
	} {
		_, err := s.Provider.Create(s.ctx, d)
		s.code(err, inbox.Invalid, d.Title)
	}
	for _, kind := range inbox.RecordKinds {
		if all := s.found(kind, "nobody"); len(all) != 0 {
			s.Errorf("what was refused is there: %v", all)
		}
	}
	if all := s.found(inbox.Person, "Eve Smit"); len(all) != 0 {
		s.Errorf("the person of a lead that was refused is there: %v", all)
	}
}

func (s *suite) findCreated() {
	since := s.Now().Add(-time.Minute)
	bob := s.bob()
	drafts := []inbox.RecordDraft{
		{Kind: inbox.Person, Name: "Fay Bakker", Email: "fay@customer.example"},
		{Kind: inbox.Lead, Title: "Fay's order", PersonID: bob.ID},
		{Kind: inbox.Lead, Title: "Gus asks", Name: "Gus Vos", Email: "gus@customer.example"},
		{Kind: inbox.Deal, Title: "Fay's deal", PersonID: bob.ID},
		{Kind: inbox.Deal, Title: "Nobody's deal"},
	}
	for _, d := range drafts {
		if r, found, err := s.Provider.FindCreated(s.ctx, d, since); found || err != nil {
			s.Errorf("before: %+v, %v", r, err)
		}
		made := s.create(d)
		if r, found, err := s.Provider.FindCreated(s.ctx, d, since); !found || err != nil || r.ID != made.ID {
			s.Errorf("of %+v: %+v, %v", d, r, err)
		}
		if r, found, err := s.Provider.FindCreated(s.ctx, d, s.Now().Add(time.Hour)); found || err != nil {
			s.Errorf("made too early, and found: %+v, %v", r, err)
		}
		other := d
		other.Title, other.Name = d.Title+" 2", d.Name+" 2"
		other.PersonID = d.PersonID
		if r, found, err := s.Provider.FindCreated(s.ctx, other, since); found || err != nil {
			s.Errorf("another draft: %+v, %v", r, err)
		}
	}
}

func (s *suite) gone() {
	bob := s.bob()
	lead := s.create(inbox.RecordDraft{Kind: inbox.Lead, Title: "Bread", PersonID: bob.ID})
	deal := s.create(inbox.RecordDraft{Kind: inbox.Deal, Title: "Bread"})
	for _, r := range []inbox.Record{deal, lead, bob} {
		s.DeleteRecord(s.T, r.RecordRef)
		_, err := s.Provider.Get(s.ctx, r.RecordRef)
		s.code(err, inbox.NotFound, "reading a deleted "+string(r.Kind))
		if all := s.found(r.Kind, r.Title); len(all) != 0 {
			s.Errorf("a deleted %s is found", r.Kind)
		}
		_, err = s.Provider.WriteNote(s.ctx, r.RecordRef, "", "", note("gone", "text"))
		s.code(err, inbox.NotFound, "writing a note on a deleted "+string(r.Kind))
	}
}

func (s *suite) quota() {
	if q := s.Provider.Quota(); q.Known && (q.Limit <= 0 || q.Left < 0 || q.Left > q.Limit) {
		s.Errorf("%+v", q)
	}
	if s.Exhaust == nil {
		return
	}
	s.Exhaust(s.T)
	_, err := s.Provider.Find(s.ctx, inbox.Person, "bob", 10)
	s.code(err, inbox.Unavailable, "with no quota left")
	var when crm.Retry
	if !errors.As(err, &when) || when.RetryAfter() <= 0 {
		s.Errorf("it does not say when to come back: %v", err)
	}
}

func (s *suite) cancelled() {
	bob := s.bob()
	n := s.write(bob.RecordRef, note("one", "text"))
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	p := s.Provider
	for name, call := range map[string]func() error{
		"Me":         func() error { _, err := p.Me(ctx); return err },
		"Find":       func() error { _, err := p.Find(ctx, inbox.Person, "bob", 5); return err },
		"FindPerson": func() error { _, err := p.FindPerson(ctx, "bob@customer.example", "", ""); return err },
		"Get":        func() error { _, err := p.Get(ctx, bob.RecordRef); return err },
		"Create": func() error {
			_, err := p.Create(ctx, inbox.RecordDraft{Kind: inbox.Person, Name: "Never"})
			return err
		},
		"FindCreated": func() error {
			_, _, err := p.FindCreated(ctx, inbox.RecordDraft{Kind: inbox.Person, Name: "Never"}, s.Now())
			return err
		},
		"ReadNote":  func() error { _, err := p.ReadNote(ctx, bob.RecordRef, n.ID); return err },
		"WriteNote": func() error { _, err := p.WriteNote(ctx, bob.RecordRef, "", "", note("never", "text")); return err },
		"FindNote":  func() error { _, _, err := p.FindNote(ctx, bob.RecordRef, marker("one")); return err },
	} {
		if err := call(); err == nil {
			s.Errorf("%s does not hear that it was cancelled", name)
		}
	}
	if all := s.found(inbox.Person, "Never"); len(all) != 0 {
		s.Error("a cancelled call made a person")
	}
	if _, found, err := p.FindNote(s.ctx, bob.RecordRef, marker("never")); found || err != nil {
		s.Errorf("a cancelled call made a note, %v", err)
	}
}
