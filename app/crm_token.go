package app

import (
	"context"
	"strings"

	"postvak/backend/inbox"
)

// crmTokenName is the handle of this computer's member's token.
const crmTokenName = "crm/pipedrive"

// crmSignInKey is the setting with whose token lies in the keyring.
const crmSignInKey = "crm.signin"

// crmSignIn says for which company, at which address a token was given, and
// whose it is. The team log says where the CRM is, and any admin may change
// that: a token goes nowhere else by it.
type crmSignIn struct {
	Provider string `json:"provider"`
	Domain   string `json:"domain"`
	BaseURL  string `json:"baseUrl"`
	Account  string `json:"account"`
}

func (s crmSignIn) fits(c crmChoice) bool {
	return s.Provider == c.provider() && s.Domain == c.Domain && s.BaseURL == c.BaseURL
}

// crmToken gives the token for the team's CRM, and whose it is; "" when none
// for it lies here.
func (a *App) crmToken(ctx context.Context, c crmChoice) (token Secret, account string, err error) {
	var s crmSignIn
	if _, err := a.db.Setting(ctx, crmSignInKey, &s); err != nil || !s.fits(c) {
		return "", "", err
	}
	text, err := a.secrets.Get(ctx, crmTokenName)
	if inbox.CodeOf(err) == inbox.NotFound {
		return "", "", nil
	}
	return Secret(text), s.Account, err
}

// keepCrmToken stores a token that was tried.
func (a *App) keepCrmToken(ctx context.Context, s crmSignIn, token Secret) error {
	if err := a.secrets.Set(ctx, crmTokenName, token.reveal()); err != nil {
		return err
	}
	return a.db.PutSetting(ctx, crmSignInKey, s)
}

// forgetCrmToken takes the token off this computer.
func (a *App) forgetCrmToken(ctx context.Context) error {
	if err := a.db.PutSetting(ctx, crmSignInKey, crmSignIn{}); err != nil {
		return err
	}
	return a.forget(ctx, crmTokenName)
}

// forgetOldToken takes a token off this computer once the team uses the built-in
// contact book again, whoever decided that.
func (a *App) forgetOldToken(ctx context.Context) error {
	a.crm.changing.Lock() // nobody is connecting
	defer a.crm.changing.Unlock()
	if !a.crmChosen().builtin() {
		return nil
	}
	if _, err := a.secrets.Get(ctx, crmTokenName); err != nil {
		return nil // nearly always: there is none
	}
	return a.forgetCrmToken(ctx)
}

// cleanToken is a token as somebody pasted it.
func cleanToken(text string) (Secret, error) {
	token := strings.TrimSpace(text)
	switch {
	case token == "":
		return "", inbox.Errorf(inbox.Invalid, "The API token is missing. It stands in Pipedrive under Personal preferences > API.")
	case len(token) > maxToken || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", inbox.Errorf(inbox.Invalid, "This is not an API token: it has letters and digits only. It stands in Pipedrive under Personal preferences > API.")
	}
	return Secret(token), nil
}

const maxToken = 500
