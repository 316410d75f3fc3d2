package contacts_test

import (
	"context"
	"testing"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// voiding is a log in which somebody else was always first.
type voiding struct {
	*memory
	why teamlog.Reason
}

func (v voiding) Decide(_ context.Context, events ...teamlog.Event) ([]contacts.Outcome, error) {
	outcomes := make([]contacts.Outcome, len(events))
	for i := range outcomes {
		outcomes[i].Void = v.why
	}
	return outcomes, nil
}

func TestR26WhatHasNoEffectIsSaid(t *testing.T) {
	m := newMemory()
	for why, want := range map[teamlog.Reason]inbox.Code{
		teamlog.FirstWins: inbox.Conflict, teamlog.DeletedSince: inbox.Conflict, teamlog.TooMany: inbox.Forbidden,
	} {
		b := bookOf(m, voiding{m, why})
		_, err := b.Create(t.Context(), inbox.RecordDraft{Kind: inbox.Person, Name: "Bob"})
		if inbox.CodeOf(err) != want {
			t.Errorf("%s: %v", why, err)
		}
		table, _ := contacts.Read([]byte("Name\nBob\n"))
		r, err := b.Import(t.Context(), table, table.Fields())
		if err != nil || len(r.Problems) != 1 || r.Problems[0].Line != 2 || inbox.CodeOf(r.Problems[0].Err) != inbox.Conflict {
			t.Errorf("%s: %+v, %v", why, r, err)
		}
	}
	broken := bookOf(m, &breaking{m, 0})
	if _, err := broken.Create(t.Context(), inbox.RecordDraft{Kind: inbox.Person, Name: "Bob"}); inbox.CodeOf(err) != inbox.Unavailable {
		t.Errorf("%v", err)
	}
}

// offline hears of no verdict yet.
type offline struct{ *memory }

func (o offline) Decide(ctx context.Context, events ...teamlog.Event) ([]contacts.Outcome, error) {
	outcomes, err := o.memory.Decide(ctx, events...)
	for i := range outcomes {
		outcomes[i].Void = teamlog.Admitted
	}
	return outcomes, err
}

func TestR24ANoteThatChangedIsNotWrittenOver(t *testing.T) {
	m := newMemory()
	b := bookOf(m, offline{m})
	bob, err := b.Create(t.Context(), inbox.RecordDraft{Kind: inbox.Person, Name: "Bob"})
	if err != nil {
		t.Fatal(err)
	}
	first, err := b.WriteNote(t.Context(), bob.RecordRef, "", "", "one", "m")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.WriteNote(t.Context(), bob.RecordRef, first.ID, first.Version, "two", "m"); err != nil {
		t.Fatal(err)
	}
	_, err = b.WriteNote(t.Context(), bob.RecordRef, first.ID, first.Version, "three", "m")
	if inbox.CodeOf(err) != inbox.Conflict {
		t.Errorf("%v", err)
	}
	if now, err := b.ReadNote(t.Context(), bob.RecordRef, first.ID); err != nil || now.Text != "two" {
		t.Errorf("%+v, %v", now, err)
	}
	if _, err := b.WriteNote(t.Context(), bob.RecordRef, "", "", "", "m"); inbox.CodeOf(err) != inbox.Invalid {
		t.Errorf("an empty note: %v", err)
	}
}

// A file that is taken in again never changes what a person changed since.
func TestWhatPeopleChangedStays(t *testing.T) {
	m := newMemory()
	file := "Name,E-mail,Company,Note\nBob,bob@x.example,Acme,Likes bread\nEve,eve@x.example,Acme,\n"
	takeIn(t, m, file)
	bob, err := m.EntitiesByEmail(t.Context(), "bob@x.example")
	if err != nil || len(bob) != 1 {
		t.Fatal(bob, err)
	}
	note := m.notes(func(n teamNote) bool { return true })[0]
	change := contacts.Changes(inbox.Person, bob[0].ID, bob[0].Fields, map[string]string{
		"name": "Robert", "emails": "robert@y.example", "organization": "Other",
	})
	if _, err := m.Decide(t.Context(), change, &teamlog.CRMNote{ID: note.ID, On: note.On, Was: note.Version, Deleted: true}); err != nil {
		t.Fatal(err)
	}
	if r := takeIn(t, m, file); r.Updated != 1 || r.Skipped != 1 {
		t.Errorf("%+v", r)
	}
	wantPersons(t, m, "Eve|eve@x.example||Acme", "Robert|robert@y.example,bob@x.example||Other")
	if left := m.notes(func(n teamNote) bool { return !n.Deleted }); len(left) != 0 {
		t.Errorf("a note that was deleted is back: %+v", left)
	}
}
