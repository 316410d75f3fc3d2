package app

import (
	"context"
	"slices"
	"sync"

	"postvak/backend/contacts"
	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// crmDesk is the CRM as this computer reaches it.
type crmDesk struct {
	service  *crm.CRM
	book     *contacts.Book // the built-in contact book
	changing sync.Mutex     // one change of the choice at a time

	mu  sync.Mutex
	now crmNow
}

// crmNow is the choice that is in use, with the provider made for it.
type crmNow struct {
	choice   crmChoice
	token    Secret
	account  string
	provider crm.Provider // nil: it cannot be asked from here
}

func (d *crmDesk) present() crmNow {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

// refreshCrm takes over what the team chose, and which token lies here for it.
// A keyring that does not answer is like one without a token.
func (a *App) refreshCrm(ctx context.Context) {
	next := crmNow{choice: a.crmChosen()}
	if next.choice.Kind == pipedriveKind && a.outside() == "" {
		var err error
		if next.token, next.account, err = a.crmToken(ctx, next.choice); err != nil {
			a.log.Warn("the CRM's token could not be read", "error", err.Error())
		}
	}
	if !a.crm.take(next, a.makeProvider) {
		return
	}
	a.crm.service.SetProvider(a.crm.present().provider)
	a.hub.emit("crm.changed", CrmChanged{ConversationIDs: []string{}, Records: []string{}})
}

// take makes a provider for what is chosen now; false when nothing changed.
func (d *crmDesk) take(next crmNow, provide func(crmNow) crm.Provider) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now.choice == next.choice && d.now.token == next.token && d.now.account == next.account {
		return false
	}
	next.provider = provide(next)
	d.now = next
	return true
}

// makeProvider gives what asks the team's CRM, nil when that cannot be asked
// from here.
func (a *App) makeProvider(n crmNow) crm.Provider {
	switch {
	case n.choice.builtin():
		return bookCrm{a.crm.book}
	case n.choice.Kind == pipedriveKind && n.token != "":
		provider, err := a.newPipedrive(n.choice, n.token)
		if err != nil {
			a.log.Error("the CRM", "error", err.Error())
			return nil
		}
		return provider
	}
	return nil
}

// crmProvider gives Crm.Provider.
func (a *App) crmProvider(context.Context) (CrmProvider, error) {
	now, readOnly := a.crm.present(), a.readOnly()
	p := CrmProvider{
		Kind: now.choice.Kind, Account: now.account, Company: now.choice.Name, Connected: now.provider != nil,
		Admin: readOnly == "", Reason: readOnly,
	}
	if now.provider == nil {
		p.Reason = a.crmUnreachable(now)
		return p, nil
	}
	q := now.provider.Quota()
	p.Budget = CrmBudget{Left: q.Left, Limit: q.Limit, Known: q.Known}
	if trouble := a.crm.service.Status().Trouble; trouble != "" {
		p.Reason = trouble
	}
	return p, nil
}

// crmUnreachable says why the team's CRM cannot be asked from here.
func (a *App) crmUnreachable(now crmNow) string {
	switch {
	case a.outside() != "":
		return a.outside()
	case now.choice.Kind != pipedriveKind:
		return "The team uses a CRM that this version of Postvak does not know. Update Postvak."
	}
	return "Pipedrive does not know you yet. Give your own API token under Settings > CRM."
}

// askable gives the CRM to ask, or says why there is none.
func (a *App) askable() (crm.Provider, error) {
	now := a.crm.present()
	if now.provider == nil {
		return nil, &inbox.Error{Code: inbox.Forbidden, Message: a.crmUnreachable(now)}
	}
	return now.provider, nil
}

// bookInUse refuses a change of the built-in contact book while the team uses
// another CRM.
func (a *App) bookInUse() error {
	if choice := a.crm.present().choice; !choice.builtin() {
		return inbox.Errorf(inbox.Conflict, "The team uses Pipedrive now. Change it there.")
	}
	return nil
}

// checkKind refuses what is no kind of record.
func checkKind(kind inbox.RecordKind) error {
	if !slices.Contains(inbox.RecordKinds, kind) {
		return inbox.Errorf(inbox.Invalid, "There is no kind of record %q: person, lead or deal.", string(kind))
	}
	return nil
}
