package contacts_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/phone"
	"postvak/backend/teamlog"
)

// memory is a contact book that forgets: what was decided, folded anew for each
// question.
type memory struct {
	mu        sync.Mutex
	now       time.Time
	n         int
	decisions map[inbox.Key][]teamlog.Decision
	fail      error // what the next decisions end with
	batches   []int // how many events each call of Decide brought
}

func newMemory() *memory {
	return &memory{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), decisions: map[inbox.Key][]teamlog.Decision{}}
}

func (m *memory) book() *contacts.Book { return bookOf(m, m) }

func bookOf(s contacts.Store, l contacts.Log) *contacts.Book {
	return contacts.New(contacts.Config{
		Store: s, Log: l,
		Me:         func() (string, string) { return "Ann", "ann@bakery.example" },
		MemberName: func(id inbox.MemberID) string { return strings.ToUpper(string(id)) },
	})
}

func (m *memory) Decide(_ context.Context, events ...teamlog.Event) (outcomes []contacts.Outcome, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	m.batches = append(m.batches, len(events))
	for _, e := range events {
		if err := e.Validate(); err != nil {
			return outcomes, err
		}
		m.n++
		d := teamlog.Decision{ID: fmt.Sprint("d", m.n), At: m.now, Author: "ann", Event: e}
		anchor := teamlog.Anchor(e)
		m.decisions[anchor] = append(m.decisions[anchor], d)
		_, voids := teamlog.FoldEntity(m.decisions[anchor])
		_, notes := teamlog.FoldBookNote(m.decisions[anchor])
		outcomes = append(outcomes, contacts.Outcome{ID: d.ID, Void: cmp.Or(voids[d.ID], notes[d.ID])})
	}
	return outcomes, nil
}

func (m *memory) all(kind inbox.RecordKind, keep func(teamlog.Entity) bool) (found []teamlog.Entity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, decisions := range m.decisions {
		e, _ := teamlog.FoldEntity(decisions)
		if e.Version != "" && !e.Deleted && e.Kind == string(kind) && keep(e) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b teamlog.Entity) int {
		return cmp.Or(cmp.Compare(a.Fields["name"], b.Fields["name"]), cmp.Compare(a.ID, b.ID))
	})
	return found
}

func fieldList(e teamlog.Entity, field string) []string { return strings.Split(e.Fields[field], "\n") }

func (m *memory) Entity(_ context.Context, kind inbox.RecordKind, id string) (teamlog.Entity, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, _ := teamlog.FoldEntity(m.decisions[teamlog.EntityKey(string(kind), id)])
	return e, e.Version != "", nil
}

func (m *memory) FindEntities(_ context.Context, kind inbox.RecordKind, text string, limit int) ([]teamlog.Entity, error) {
	text = strings.ToLower(text)
	digits := strings.TrimLeft(phoneDigits(text), "0")
	found := m.all(kind, func(e teamlog.Entity) bool {
		for _, p := range fieldList(e, "phones") {
			if len(digits) > 7 && strings.HasSuffix(phoneDigits(p), digits[len(digits)-8:]) {
				return true
			}
		}
		return strings.Contains(strings.ToLower(e.Fields["name"]+e.Fields["title"]), text) ||
			slices.ContainsFunc(fieldList(e, "emails"), func(a string) bool { return strings.HasPrefix(strings.ToLower(a), text) })
	})
	return found[:min(len(found), limit)], nil
}

func phoneDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func (m *memory) EntitiesByEmail(_ context.Context, email string) ([]teamlog.Entity, error) {
	return m.all(inbox.Person, func(e teamlog.Entity) bool {
		return slices.ContainsFunc(fieldList(e, "emails"), func(a string) bool { return inbox.NormalAddress(a) == email })
	}), nil
}

func (m *memory) EntitiesByPhone(_ context.Context, digits string) ([]teamlog.Entity, error) {
	return m.all(inbox.Person, func(e teamlog.Entity) bool {
		return slices.ContainsFunc(fieldList(e, "phones"), func(p string) bool { return phone.Digits(p) == digits })
	}), nil
}

func (m *memory) Persons(_ context.Context, after string, limit int) (page []teamlog.Entity, next string, err error) {
	all := m.all(inbox.Person, func(teamlog.Entity) bool { return true })
	from := slices.IndexFunc(all, func(e teamlog.Entity) bool { return e.ID == after }) + 1
	all = all[from:]
	if len(all) > limit {
		all, next = all[:limit], all[limit-1].ID
	}
	return all, next, nil
}

func (m *memory) notes(keep func(teamlog.BookNote) bool) (found []teamlog.BookNote) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, decisions := range m.decisions {
		if n, _ := teamlog.FoldBookNote(decisions); n.Version != "" && keep(n) {
			found = append(found, n)
		}
	}
	slices.SortFunc(found, func(a, b teamlog.BookNote) int { return cmp.Compare(a.ID, b.ID) })
	return found
}

func (m *memory) BookNote(_ context.Context, id string) (teamlog.BookNote, bool, error) {
	found := m.notes(func(n teamlog.BookNote) bool { return n.ID == id })
	if len(found) == 0 {
		return teamlog.BookNote{}, false, nil
	}
	return found[0], true, nil
}

func (m *memory) BookNotes(_ context.Context, on inbox.RecordRef) ([]teamlog.BookNote, error) {
	return m.notes(func(n teamlog.BookNote) bool { return n.On == on && !n.Deleted }), nil
}

func (m *memory) BookNoteByMarker(_ context.Context, on inbox.RecordRef, marker string) (teamlog.BookNote, bool, error) {
	found := m.notes(func(n teamlog.BookNote) bool { return n.On == on && !n.Deleted && n.Marker == marker })
	if len(found) == 0 {
		return teamlog.BookNote{}, false, nil
	}
	return found[0], true, nil
}

// persons gives all persons as lines "name|emails|phones|organization".
func persons(t *testing.T, s contacts.Store) (lines []string) {
	t.Helper()
	for after := ""; ; {
		page, next, err := s.Persons(t.Context(), after, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			f := e.Fields
			lines = append(lines, strings.ReplaceAll(f["name"]+"|"+f["emails"]+"|"+f["phones"]+"|"+f["organization"], "\n", ","))
		}
		if after = next; next == "" {
			slices.Sort(lines)
			return lines
		}
	}
}
