package app

import (
	"context"

	"postvak/backend/contacts"
)

// stageNames are the built-in contact book's stages in words.
var stageNames = map[string]string{
	"qualified": "Qualified", "contacted": "Contacted", "quote_sent": "Quote sent", "negotiating": "Negotiating",
}

// staged is a CRM that has stages of its own for deals.
type staged interface {
	Stages(ctx context.Context) ([]string, error)
}

// dealStages are where a new deal can stand, in their order: the built-in
// contact book's, or those that the outside account has.
func (a *App) dealStages(ctx context.Context) ([]CrmStage, error) {
	provider, err := a.askable()
	if err != nil {
		return nil, err
	}
	outside, ok := provider.(staged)
	if !ok {
		return mapped(contacts.Stages, func(id string) CrmStage { return CrmStage{ID: id, Name: a.inWords(stageNames[id])} }), nil
	}
	ctx, cancel := context.WithTimeout(ctx, crmCheck)
	defer cancel()
	names, err := outside.Stages(ctx)
	return mapped(names, func(name string) CrmStage { return CrmStage{ID: name, Name: name} }), err
}
