package contacts_test

import (
	"context"
	"testing"
	"time"

	"postvak/backend/contacts"
	"postvak/backend/crm"
	"postvak/backend/crm/crmtest"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// provider puts a Book into the CRM service's types, as the program does.
type provider struct{ *contacts.Book }

var _ crm.Provider = provider{}

func (p provider) Me(ctx context.Context) (crm.Account, error) {
	name, email, err := p.Account(ctx)
	return crm.Account{Name: name, Email: email}, err
}

func (p provider) WriteNote(ctx context.Context, on inbox.RecordRef, id, was string, body crm.Body) (inbox.NoteVersion, error) {
	return p.Book.WriteNote(ctx, on, id, was, body.Text, body.Marker)
}

func (p provider) Quota() crm.Quota { return crm.Quota{} }

func TestProviderInMemory(t *testing.T) {
	crmtest.Run(t, func(t *testing.T) crmtest.World {
		m := newMemory()
		return worldOf(m.book(), func() time.Time { return m.now })
	})
}

func worldOf(b *contacts.Book, now func() time.Time) crmtest.World {
	touch := func(t *testing.T, id string, change func(*teamlog.CRMNote)) {
		t.Helper()
		note, found, err := b.Store.BookNote(t.Context(), id)
		if err != nil || !found {
			t.Fatal(found, err)
		}
		event := &teamlog.CRMNote{ID: id, On: note.On, Text: note.Text, Was: note.Version}
		change(event)
		if _, err := b.Log.Decide(t.Context(), event); err != nil {
			t.Fatal(err)
		}
	}
	return crmtest.World{
		Provider: provider{b}, Now: now,
		EditNote: func(t *testing.T, _ inbox.RecordRef, id, text string) {
			touch(t, id, func(n *teamlog.CRMNote) { n.Text = text })
		},
		DeleteNote: func(t *testing.T, _ inbox.RecordRef, id string) {
			touch(t, id, func(n *teamlog.CRMNote) { n.Text, n.Deleted = "", true })
		},
		DeleteRecord: func(t *testing.T, ref inbox.RecordRef) {
			if _, err := b.Log.Decide(t.Context(), &teamlog.CRMEntity{ID: ref.ID, RecordKind: ref.Kind, Deleted: true}); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func TestANewDealBeginsItsPipeline(t *testing.T) {
	b := newMemory().book()
	deal, err := b.Create(t.Context(), inbox.RecordDraft{Kind: inbox.Deal, Title: "Bread", Name: "Eve Smit", Phone: "06 12345678", Value: "12,50", Currency: "eur", Owner: "ben"})
	if err != nil || deal.Stage != "qualified" || deal.Status != "open" || deal.Value != "12.50" || deal.Currency != "EUR" || deal.Owner != "BEN" || deal.Person != "Eve Smit" {
		t.Errorf("%+v, %v", deal, err)
	}
}

func TestR26TwoChangeOneFieldTheFirstStands(t *testing.T) {
	m := newMemory()
	b := m.book()
	bob, err := b.Create(t.Context(), inbox.RecordDraft{Kind: inbox.Person, Name: "Bob"})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{"name": "Bob"}
	first := contacts.Changes(inbox.Person, bob.ID, seen, map[string]string{"name": "Bob Jansen"})
	other := contacts.Changes(inbox.Person, bob.ID, seen, map[string]string{"organization": "Acme", "name": "Bob"})
	second := contacts.Changes(inbox.Person, bob.ID, seen, map[string]string{"name": "Robert"})
	outcomes, err := m.Decide(t.Context(), first, other, second)
	if err != nil || outcomes[0].Void != "" || outcomes[1].Void != "" || outcomes[2].Void != teamlog.FirstWins {
		t.Errorf("%+v, %v", outcomes, err)
	}
	if got := persons(t, m); len(got) != 1 || got[0] != "Bob Jansen|||Acme" {
		t.Errorf("%q", got)
	}
}
