package app

import (
	"context"

	"postvak/backend/inbox"
)

// Crm is the contract's service of that name: persons, leads and deals, and the
// conversations that are linked to them (R21–R26).
type Crm struct{ app *App }

// Provider says which CRM the team uses and whether it can be asked from here.
func (s *Crm) Provider() (CrmProvider, error) {
	return do(s.app, "Crm.Provider", s.app.crmProvider)
}

// Connect chooses the team's CRM (R30), or signs this computer's member in to
// the one that the team uses. It answers within 30 seconds and stores nothing
// when it fails.
func (s *Crm) Connect(r CrmConnect) error {
	return s.app.run("Crm.Connect", func(ctx context.Context) error { return s.app.connectCrm(ctx, r) })
}

// Disconnect forgets the token here; an admin's gives the whole team back the
// built-in contact book. Links and notes stay.
func (s *Crm) Disconnect() error {
	return s.app.run("Crm.Disconnect", s.app.disconnectCrm)
}

// Search finds records as you type, from two characters on.
func (s *Crm) Search(kind, text string) ([]RecordHit, error) {
	return do(s.app, "Crm.Search", func(ctx context.Context) ([]RecordHit, error) {
		return s.app.searchRecords(ctx, inbox.RecordKind(kind), text)
	})
}

// Get gives a record with its notes and conversations.
func (s *Crm) Get(kind, id string) (Record, error) {
	return do(s.app, "Crm.Get", func(ctx context.Context) (Record, error) {
		return s.app.record(ctx, inbox.RecordKind(kind), id)
	})
}

// List gives a page of records of the built-in contact book, by title. Of an
// outside CRM it gives what the text finds.
func (s *Crm) List(kind string, q RecordQuery) ([]Record, error) {
	return do(s.app, "Crm.List", func(ctx context.Context) ([]Record, error) {
		return s.app.listRecords(ctx, inbox.RecordKind(kind), q)
	})
}

// Create makes a record of a conversation and links it. Offline, the link waits
// with an empty target.
func (s *Crm) Create(conversationID, kind string, fields RecordFields) (Link, error) {
	return do(s.app, "Crm.Create", func(ctx context.Context) (Link, error) {
		return s.app.createRecord(ctx, inbox.Key(conversationID), inbox.RecordKind(kind), fields)
	})
}

// Link links a conversation to a record; to one it is linked to, it is a
// conflict.
func (s *Crm) Link(conversationID, kind, id string) (Link, error) {
	return do(s.app, "Crm.Link", func(ctx context.Context) (Link, error) {
		return s.app.link(ctx, inbox.Key(conversationID), inbox.RecordKind(kind), id)
	})
}

// Unlink takes a link away. What its notes say stays in the CRM.
func (s *Crm) Unlink(conversationID, linkID string) (Undo, error) {
	return do(s.app, "Crm.Unlink", func(ctx context.Context) (Undo, error) {
		return s.app.unlink(ctx, inbox.Key(conversationID), linkID)
	})
}

// Notes gives what Postvak keeps in the CRM for a conversation, the oldest
// first.
func (s *Crm) Notes(conversationID string) ([]CrmNote, error) {
	return do(s.app, "Crm.Notes", func(ctx context.Context) ([]CrmNote, error) {
		return s.app.crmNotes(ctx, inbox.Key(conversationID))
	})
}

// Contact says who the contact of a conversation is, as far as is known.
func (s *Crm) Contact(conversationID string) (ContactCard, error) {
	return do(s.app, "Crm.Contact", func(ctx context.Context) (ContactCard, error) {
		return s.app.contactCard(ctx, inbox.Key(conversationID))
	})
}

// Stages are where a new deal can stand: Crm.Create takes their ids. An outside
// CRM has its own.
func (s *Crm) Stages() ([]CrmStage, error) { return do(s.app, "Crm.Stages", s.app.dealStages) }

// Open shows a record in the system's browser. Window only.
func (s *Crm) Open(kind, id string) error {
	return s.app.run("Crm.Open", func(ctx context.Context) error {
		return s.app.openRecord(ctx, inbox.RecordKind(kind), id)
	})
}
