package crm_test

import (
	"context"
	"slices"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// store is a desk's cache.
type store struct {
	d         *desk
	creations map[string]crm.Creation
	notes     map[string]inbox.NoteVersion
	records   map[inbox.RecordRef]inbox.Record
	matches   map[string][]inbox.Record
	matched   map[string]time.Time
	broken    error
}

func newStore(d *desk) *store {
	return &store{
		d: d, creations: map[string]crm.Creation{}, notes: map[string]inbox.NoteVersion{},
		records: map[inbox.RecordRef]inbox.Record{}, matches: map[string][]inbox.Record{}, matched: map[string]time.Time{},
	}
}

func (s *store) views() []*replay { return []*replay{&s.d.view, &s.d.book} }

func (s *store) OwedNotes(_ context.Context, now time.Time, after string, limit int) (all []crm.Owed, err error) {
	for _, view := range s.views() {
		for conv, t := range view.talks {
			for _, l := range t.links {
				subject, _ := s.d.subject(conv, l.ID)
				subject.Facts.Now = now
				if l.ID > after && inbox.DecideNote(subject.Facts).Act != inbox.NoteNothing {
					all = append(all, crm.Owed{Conversation: conv, Link: l.ID})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b crm.Owed) int { return compare(a.Link, b.Link) })
	return all[:min(limit, len(all))], s.broken
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (s *store) Subject(_ context.Context, conversation inbox.Key, link string) (crm.Subject, bool, error) {
	subject, ok := s.d.subject(conversation, link)
	return subject, ok, s.broken
}

func (s *store) Links(_ context.Context, conversation inbox.Key) (all []inbox.Link, err error) {
	for _, view := range s.views() {
		if t := view.talks[conversation]; t != nil {
			all = append(all, t.links...)
		}
	}
	return all, s.broken
}

func (s *store) PutCreation(_ context.Context, c crm.Creation) error {
	s.d.w.step(s.d)
	s.creations[c.ID] = c
	s.d.w.step(s.d)
	return s.broken
}

func (s *store) Creations(context.Context) (all []crm.Creation, err error) {
	for _, c := range s.creations {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b crm.Creation) int { return a.At.Compare(b.At) })
	return all, s.broken
}

func (s *store) DropCreation(_ context.Context, id string) error {
	s.d.w.step(s.d)
	delete(s.creations, id)
	return s.broken
}

func (s *store) PutSeenNote(_ context.Context, _ string, n inbox.NoteVersion, _ time.Time) error {
	s.notes[n.ID] = n
	return s.broken
}

func (s *store) SeenNote(_ context.Context, _, id string) (inbox.NoteVersion, time.Time, bool, error) {
	n, ok := s.notes[id]
	return n, s.d.Now(), ok, s.broken
}

func (s *store) PutSeenRecord(_ context.Context, _ string, r inbox.Record, _ time.Time) error {
	s.records[r.RecordRef] = r
	return s.broken
}

func (s *store) SeenRecord(_ context.Context, _ string, ref inbox.RecordRef) (inbox.Record, time.Time, bool, error) {
	r, ok := s.records[ref]
	return r, s.d.Now(), ok, s.broken
}

func (s *store) PutMatches(_ context.Context, provider, contact string, found []inbox.Record, at time.Time) error {
	key := provider + "|" + contact
	s.matches[key], s.matched[key] = found, at
	return s.broken
}

func (s *store) Matches(_ context.Context, provider, contact string) ([]inbox.Record, time.Time, bool, error) {
	key := provider + "|" + contact
	found, ok := s.matches[key]
	return found, s.matched[key], ok, s.broken
}
