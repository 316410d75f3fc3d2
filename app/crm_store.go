package app

import (
	"context"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
	"postvak/backend/sqlite"
)

// crmStore gives the CRM's notes the cache.
type crmStore struct{ app *App }

var _ crm.Store = crmStore{}

// OwedNotes implements crm.Store.
func (s crmStore) OwedNotes(ctx context.Context, now time.Time, after string, limit int) ([]crm.Owed, error) {
	owed, err := s.app.db.OwedNotes(ctx, now, after, limit)
	return mapped(owed, func(o sqlite.OwedNote) crm.Owed { return crm.Owed(o) }), err
}

// Subject implements crm.Store. Notes of a channel that this member has no
// access to are for others to write.
func (s crmStore) Subject(ctx context.Context, conversation inbox.Key, link string) (crm.Subject, bool, error) {
	found, any, err := s.app.db.NoteFacts(ctx, conversation, link)
	if err != nil || !any || !s.app.team.HasAccess(s.app.team.Me(), found.Channel.ID) {
		return crm.Subject{}, false, err
	}
	return crm.Subject{
		Facts: found.Facts, Channel: found.Channel, Contact: found.Contact, Anchor: found.Anchor,
		Messages: mapped(found.Messages, func(m sqlite.NoteMessage) crm.Message {
			return crm.Message{At: m.At, Author: m.Author, Member: m.Member, Text: m.Text, Attachments: m.Attachments}
		}),
	}, true, nil
}

// Links implements crm.Store.
func (s crmStore) Links(ctx context.Context, conversation inbox.Key) ([]inbox.Link, error) {
	return s.app.db.Links(ctx, conversation)
}

// PutCreation implements crm.Store.
func (s crmStore) PutCreation(ctx context.Context, c crm.Creation) error {
	return s.app.db.PutCreation(ctx, sqlite.Creation(c))
}

// Creations implements crm.Store.
func (s crmStore) Creations(ctx context.Context) ([]crm.Creation, error) {
	all, err := s.app.db.Creations(ctx)
	return mapped(all, func(c sqlite.Creation) crm.Creation { return crm.Creation(c) }), err
}

// DropCreation implements crm.Store.
func (s crmStore) DropCreation(ctx context.Context, id string) error {
	return s.app.db.DropCreation(ctx, id)
}

// PutSeenNote implements crm.Store.
func (s crmStore) PutSeenNote(ctx context.Context, provider string, n inbox.NoteVersion, at time.Time) error {
	return s.app.db.PutSeenNote(ctx, provider, n, at)
}

// SeenNote implements crm.Store.
func (s crmStore) SeenNote(ctx context.Context, provider, id string) (inbox.NoteVersion, time.Time, bool, error) {
	return s.app.db.SeenNote(ctx, provider, id)
}

// PutSeenRecord implements crm.Store.
func (s crmStore) PutSeenRecord(ctx context.Context, provider string, r inbox.Record, at time.Time) error {
	return s.app.db.PutSeenRecord(ctx, provider, r, at)
}

// SeenRecord implements crm.Store.
func (s crmStore) SeenRecord(ctx context.Context, provider string, ref inbox.RecordRef) (inbox.Record, time.Time, bool, error) {
	return s.app.db.SeenRecord(ctx, provider, ref)
}

// PutMatches implements crm.Store.
func (s crmStore) PutMatches(ctx context.Context, provider, contact string, matches []inbox.Record, at time.Time) error {
	return s.app.db.PutMatches(ctx, provider, contact, matches, at)
}

// Matches implements crm.Store.
func (s crmStore) Matches(ctx context.Context, provider, contact string) ([]inbox.Record, time.Time, bool, error) {
	return s.app.db.Matches(ctx, provider, contact)
}
