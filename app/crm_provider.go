package app

import (
	"context"

	"postvak/backend/contacts"
	"postvak/backend/crm"
	"postvak/backend/inbox"
	"postvak/backend/pipedrive"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
)

// bookCrm is the built-in contact book as a CRM: it has no quota.
type bookCrm struct{ *contacts.Book }

var _ crm.Provider = bookCrm{}

// Me implements crm.Provider.
func (b bookCrm) Me(ctx context.Context) (crm.Account, error) {
	name, email, err := b.Account(ctx)
	return crm.Account{Name: name, Email: email}, err
}

// WriteNote implements crm.Provider.
func (b bookCrm) WriteNote(ctx context.Context, on inbox.RecordRef, id, was string, body crm.Body) (inbox.NoteVersion, error) {
	return b.Book.WriteNote(ctx, on, id, was, body.Text, body.Marker)
}

// Quota implements crm.Provider.
func (bookCrm) Quota() crm.Quota { return crm.Quota{} }

// pipedriveCrm is a Pipedrive account as a CRM.
type pipedriveCrm struct{ *pipedrive.Client }

var _ crm.Provider = pipedriveCrm{}

// Me implements crm.Provider.
func (p pipedriveCrm) Me(ctx context.Context) (crm.Account, error) {
	account, err := p.Client.Me(ctx)
	return crm.Account(account), err
}

// WriteNote implements crm.Provider.
func (p pipedriveCrm) WriteNote(ctx context.Context, on inbox.RecordRef, id, was string, body crm.Body) (inbox.NoteVersion, error) {
	return p.Client.WriteNote(ctx, on, id, was, pipedrive.Body(body))
}

// Quota implements crm.Provider.
func (p pipedriveCrm) Quota() crm.Quota { return crm.Quota(p.Client.Quota()) }

// newPipedrive makes an account that is asked with a token.
func (a *App) newPipedrive(c crmChoice, token Secret) (crm.Provider, error) {
	client, err := pipedrive.New(pipedrive.Config{
		BaseURL: c.BaseURL, CompanyID: c.Company, Domain: c.Domain, Clock: a.clock,
		Token: func() (string, error) { return token.reveal(), nil },
		Owner: func(id inbox.MemberID) string {
			member, _ := a.team.Member(id)
			return member.Email
		},
	})
	if err != nil {
		return nil, err
	}
	return pipedriveCrm{client}, nil
}

// bookStore gives the contact book the cache.
type bookStore struct{ *sqlite.DB }

var _ contacts.Store = bookStore{}

// Persons implements contacts.Store.
func (s bookStore) Persons(ctx context.Context, after string, limit int) ([]teamlog.Entity, string, error) {
	page, next, _, err := s.Entities(ctx, sqlite.EntityQuery{Kind: inbox.Person, After: after, Limit: limit})
	return page, next, err
}

// bookLog lets the contact book decide.
type bookLog struct{ app *App }

var _ contacts.Log = bookLog{}

// Decide implements contacts.Log.
func (l bookLog) Decide(ctx context.Context, events ...teamlog.Event) ([]contacts.Outcome, error) {
	outcomes, err := l.app.team.Decide(ctx, events...)
	all := make([]contacts.Outcome, len(outcomes))
	for i, o := range outcomes {
		all[i] = contacts.Outcome{ID: o.ID, Void: o.Void}
	}
	return all, err
}

// newBook makes the built-in contact book.
func (a *App) newBook() *contacts.Book {
	return contacts.New(contacts.Config{
		Store: bookStore{a.db}, Log: bookLog{a},
		Me: func() (name, email string) {
			me, _ := a.team.Member(a.team.Me())
			return me.Name, me.Email
		},
		MemberName: crmTeam{a}.MemberName,
	})
}
