package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// crmCheck is how long a token is tried; the call has 30 seconds.
const crmCheck = 25 * time.Second

// connectCrm chooses the team's CRM, or signs this computer's member in to it.
// Nothing is stored before the account was asked who it is.
func (a *App) connectCrm(ctx context.Context, r CrmConnect) error {
	a.crm.changing.Lock()
	defer a.crm.changing.Unlock()
	switch r.Kind {
	case inbox.BuiltinCRM:
		if a.crmChosen().builtin() {
			return nil
		}
		if why := a.readOnly(); why != "" {
			return &inbox.Error{Code: inbox.Forbidden, Message: why}
		}
		return a.leaveCrm(ctx)
	case pipedriveKind:
		return a.connectPipedrive(ctx, r)
	}
	return inbox.Errorf(inbox.Invalid, "There is no CRM %q: builtin or pipedrive.", r.Kind)
}

func (a *App) connectPipedrive(ctx context.Context, r CrmConnect) error {
	token, err := cleanToken(r.Token)
	if err != nil {
		return err
	}
	a.known.learn(token.reveal())
	r.BaseURL = strings.TrimSuffix(strings.TrimSpace(r.BaseURL), "/")
	if err := checkCrmBase(r.BaseURL); err != nil {
		return err
	}
	present := a.crmChosen()
	switch {
	case present.builtin() && a.readOnly() != "": // nobody needs to be asked for that
		return &inbox.Error{Code: inbox.Forbidden, Message: a.crmForeign(present)}
	case r.BaseURL != "":
	case present.Kind == pipedriveKind:
		r.BaseURL = present.BaseURL
	case a.demo != nil:
		r.BaseURL = a.demo.crm.URL() // nothing leaves the machine
	}
	choice, account, err := a.tryPipedrive(ctx, r.BaseURL, token)
	if err != nil {
		return err
	}
	if why := a.crmForeign(choice); why != "" {
		return &inbox.Error{Code: inbox.Forbidden, Message: why}
	}
	return a.useCrm(ctx, choice, account, token)
}

// tryPipedrive asks whose token it is.
func (a *App) tryPipedrive(ctx context.Context, baseURL string, token Secret) (crmChoice, crm.Account, error) {
	ctx, cancel := context.WithTimeout(ctx, crmCheck)
	defer cancel()
	asked, err := a.newPipedrive(crmChoice{Kind: pipedriveKind, BaseURL: baseURL}, token)
	if err != nil {
		return crmChoice{}, crm.Account{}, err
	}
	account, err := asked.Me(ctx)
	if err != nil {
		return crmChoice{}, account, err
	}
	choice := crmChoice{Kind: pipedriveKind, Company: account.CompanyID, Name: account.Company, Domain: account.Domain, BaseURL: baseURL}
	value, err := json.Marshal(choice)
	if err == nil && readChoice(string(value)) != choice {
		err = inbox.Errorf(inbox.Unavailable, "Pipedrive's answer could not be read. Try again later.")
	}
	return choice, account, err
}

// crmForeign says why a member may not use an account that is none of the
// team's; "" when they may.
func (a *App) crmForeign(choice crmChoice) string {
	present, readOnly := a.crmChosen(), a.readOnly()
	switch {
	case readOnly == "":
		return ""
	case present.builtin():
		return fmt.Sprintf("The team uses Postvak's own contact book. %s", readOnly)
	case present.provider() == choice.provider() && present.BaseURL == choice.BaseURL:
		return ""
	}
	return fmt.Sprintf("This token is of the company %s, and the team uses the one of %s. Give a token of that company.",
		shown(choice.Name), shown(present.Name))
}

// useCrm stores a token, then the team's choice where it is another: what the
// choice promises is there.
func (a *App) useCrm(ctx context.Context, choice crmChoice, account crm.Account, token Secret) error {
	if present := a.crmChosen(); present.provider() == choice.provider() && a.readOnly() != "" {
		choice = present // its domain may only be changed by an admin
	}
	restore, err := a.crmTokenNow(ctx)
	if err != nil {
		return err
	}
	name := account.Name
	if name == "" {
		name = account.Email
	}
	s := crmSignIn{Provider: choice.provider(), Domain: choice.Domain, BaseURL: choice.BaseURL, Account: name}
	if err := a.keepCrmToken(ctx, s, token); err != nil {
		return errors.Join(err, restore())
	}
	if err := a.chooseCrm(ctx, choice); err != nil {
		return errors.Join(err, restore())
	}
	a.refreshCrm(ctx)
	a.crm.service.Hurry() // also with the same token: it is taken again, perhaps
	return nil
}

// crmTokenNow remembers the token that is here, to put it back.
func (a *App) crmTokenNow(ctx context.Context) (restore func() error, err error) {
	var s crmSignIn
	if _, err := a.db.Setting(ctx, crmSignInKey, &s); err != nil {
		return nil, err
	}
	token, err := a.secrets.Get(ctx, crmTokenName)
	if inbox.CodeOf(err) == inbox.NotFound {
		return func() error { return a.forgetCrmToken(ctx) }, nil
	}
	return func() error { return a.keepCrmToken(ctx, s, Secret(token)) }, err
}

// chooseCrm tells the team, where its choice is another.
func (a *App) chooseCrm(ctx context.Context, choice crmChoice) error {
	was := a.team.Setting(crmSetting)
	if readChoice(was) == choice {
		return nil
	}
	value := ""
	if !choice.builtin() {
		text, err := json.Marshal(choice)
		if err != nil {
			return err
		}
		value = string(text)
	}
	if _, err := a.decide(ctx, &teamlog.Setting{Key: crmSetting, Value: value, Was: was}); err != nil {
		return err
	}
	a.awaitTeam(ctx, func() bool { return a.team.Setting(crmSetting) == value })
	return nil
}

// disconnectCrm forgets the token here; an admin's gives the whole team back
// its own contact book.
func (a *App) disconnectCrm(ctx context.Context) error {
	a.crm.changing.Lock()
	defer a.crm.changing.Unlock()
	if !a.crmChosen().builtin() && a.readOnly() == "" {
		return a.leaveCrm(ctx)
	}
	if err := a.forgetCrmToken(ctx); err != nil {
		return err
	}
	a.refreshCrm(ctx)
	return nil
}

func (a *App) leaveCrm(ctx context.Context) error {
	if err := a.chooseCrm(ctx, crmChoice{Kind: inbox.BuiltinCRM}); err != nil {
		return err
	}
	if err := a.forgetCrmToken(ctx); err != nil {
		return err
	}
	a.refreshCrm(ctx)
	return nil
}
