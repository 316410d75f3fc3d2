package app

import (
	"context"

	"postvak/backend/inbox"
)

// Add makes a record of the built-in contact book, with no conversation.
func (s *Crm) Add(kind string, fields RecordFields) (Record, error) {
	return do(s.app, "Crm.Add", func(ctx context.Context) (Record, error) {
		return s.app.addRecord(ctx, inbox.RecordKind(kind), fields)
	})
}

// Save changes a record of the built-in contact book.
func (s *Crm) Save(kind, id string, changes RecordChanges) (Undo, error) {
	return do(s.app, "Crm.Save", func(ctx context.Context) (Undo, error) {
		return s.app.saveRecord(ctx, inbox.RecordKind(kind), id, changes)
	})
}

// Remove takes a record out of the built-in contact book.
func (s *Crm) Remove(kind, id string) (Undo, error) {
	return do(s.app, "Crm.Remove", func(ctx context.Context) (Undo, error) {
		return s.app.removeRecord(ctx, inbox.RecordKind(kind), id)
	})
}

// AddNote writes a note at a record of the built-in contact book and gives its
// id.
func (s *Crm) AddNote(kind, id, text string) (string, error) {
	return do(s.app, "Crm.AddNote", func(ctx context.Context) (string, error) {
		return s.app.addBookNote(ctx, inbox.RecordRef{Kind: inbox.RecordKind(kind), ID: id}, text)
	})
}

// SaveNote changes a note of the built-in contact book. One that Postvak kept
// is left to people from then on (R24).
func (s *Crm) SaveNote(noteID, text, was string) error {
	return s.app.run("Crm.SaveNote", func(ctx context.Context) error { return s.app.saveBookNote(ctx, noteID, text, was) })
}

// RemoveNote deletes a note of the built-in contact book.
func (s *Crm) RemoveNote(noteID string) (Undo, error) {
	return do(s.app, "Crm.RemoveNote", func(ctx context.Context) (Undo, error) { return s.app.removeBookNote(ctx, noteID) })
}

// Preview reads a file of contacts without taking anything in.
func (s *Crm) Preview(fileID string) (ImportPreview, error) {
	return do(s.app, "Crm.Preview", func(ctx context.Context) (ImportPreview, error) {
		return s.app.previewContacts(ctx, inbox.FileID(fileID))
	})
}

// Import takes a file of contacts into the built-in contact book. Persons who
// are there already gain what is new about them. Again does nothing more.
func (s *Crm) Import(fileID string, order ImportOrder) (ImportResult, error) {
	return do(s.app, "Crm.Import", func(ctx context.Context) (ImportResult, error) {
		return s.app.importContacts(ctx, inbox.FileID(fileID), order)
	})
}

// Export writes all persons of the built-in contact book into a file and gives
// its id.
func (s *Crm) Export() (string, error) {
	return do(s.app, "Crm.Export", s.app.exportContacts)
}

// Duplicates lists records of the built-in contact book that may be one.
func (s *Crm) Duplicates() ([]DuplicateGroup, error) {
	return do(s.app, "Crm.Duplicates", s.app.duplicates)
}
