package app

import (
	"context"

	"postvak/backend/inbox"
)

func (a *App) crmProvider(context.Context) (CrmProvider, error) {
	reason := a.readOnly()
	return CrmProvider{Kind: "builtin", Connected: true, Admin: reason == "", Reason: reason}, nil
}
func (a *App) connectCrm(context.Context, CrmConnect) error { return notBuilt("Crm.Connect") }
func (a *App) disconnectCrm(context.Context) error          { return notBuilt("Crm.Disconnect") }
func (a *App) searchRecords(context.Context, inbox.RecordKind, string) ([]RecordHit, error) {
	return nil, notBuilt("Crm.Search")
}
func (a *App) record(context.Context, inbox.RecordKind, string) (Record, error) {
	return Record{}, notBuilt("Crm.Get")
}
func (a *App) listRecords(context.Context, inbox.RecordKind, RecordQuery) ([]Record, error) {
	return nil, notBuilt("Crm.List")
}
func (a *App) createRecord(context.Context, inbox.Key, inbox.RecordKind, RecordFields) (Link, error) {
	return Link{}, notBuilt("Crm.Create")
}
func (a *App) link(context.Context, inbox.Key, inbox.RecordKind, string) (Link, error) {
	return Link{}, notBuilt("Crm.Link")
}
func (a *App) unlink(context.Context, inbox.Key, string) (Undo, error) {
	return Undo{}, notBuilt("Crm.Unlink")
}
func (a *App) crmNotes(context.Context, inbox.Key) ([]CrmNote, error) {
	return nil, notBuilt("Crm.Notes")
}
func (a *App) contactCard(context.Context, inbox.Key) (ContactCard, error) {
	return ContactCard{}, notBuilt("Crm.Contact")
}
func (a *App) openRecord(context.Context, inbox.RecordKind, string) error {
	return notBuilt("Crm.Open")
}
func (a *App) addRecord(context.Context, inbox.RecordKind, RecordFields) (Record, error) {
	return Record{}, notBuilt("Crm.Add")
}
func (a *App) saveRecord(context.Context, inbox.RecordKind, string, RecordChanges) (Undo, error) {
	return Undo{}, notBuilt("Crm.Save")
}
func (a *App) removeRecord(context.Context, inbox.RecordKind, string) (Undo, error) {
	return Undo{}, notBuilt("Crm.Remove")
}
func (a *App) addBookNote(context.Context, inbox.RecordRef, string) (string, error) {
	return "", notBuilt("Crm.AddNote")
}
func (a *App) saveBookNote(context.Context, string, string) error { return notBuilt("Crm.SaveNote") }
func (a *App) removeBookNote(context.Context, string) error       { return notBuilt("Crm.RemoveNote") }
func (a *App) previewContacts(context.Context, inbox.FileID) (ImportPreview, error) {
	return ImportPreview{}, notBuilt("Crm.Preview")
}
func (a *App) importContacts(context.Context, inbox.FileID, ImportOrder) (ImportResult, error) {
	return ImportResult{}, notBuilt("Crm.Import")
}
func (a *App) exportContacts(context.Context) (string, error) { return "", notBuilt("Crm.Export") }
func (a *App) duplicates(context.Context) ([]DuplicateGroup, error) {
	return nil, notBuilt("Crm.Duplicates")
}
