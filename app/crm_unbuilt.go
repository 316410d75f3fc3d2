package app

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

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
func (a *App) duplicatesOf(context.Context, teamlog.Entity) ([]DuplicateHint, error) { return nil, nil }
