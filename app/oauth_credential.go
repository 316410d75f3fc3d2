package app

import (
	"context"

	"postvak/backend/email"
	"postvak/backend/inbox"
)

// credential is what a mailbox is tried with before it is stored: a password, or a
// sign-in that was just made.
type credential struct {
	password Secret
	grant    *grant
}

// loginWith takes what a call gives: a grant where there is one.
func (a *App) loginWith(password, grant string) (credential, error) {
	if grant != "" {
		g, err := a.grants.usable(grant)
		return credential{grant: g}, err
	}
	if password == "" {
		return credential{}, inbox.Errorf(inbox.Invalid, "The password is missing.")
	}
	a.known.learn(password)
	return credential{password: Secret(password)}, nil
}

// settings are those of the channel that is signed in to with it.
func (c credential) settings() inbox.OAuthSettings {
	if c.grant == nil {
		return inbox.OAuthSettings{}
	}
	return c.grant.asks.settings
}

// secret is what is to be kept.
func (c credential) secret() Secret {
	if c.grant == nil {
		return c.password
	}
	return c.grant.secret()
}

// mailboxWith makes an account that is tried with a login not stored yet.
func (a *App) mailboxWith(c inbox.Channel, with credential) *email.Mailbox {
	if with.grant != nil {
		return a.mailbox(c, nil, with.grant.bearer(c.Email.IMAP, c.Email.SMTP))
	}
	return a.mailbox(c, func(context.Context) (string, error) { return with.password.reveal(), nil }, nil)
}

// signedInBy is a channel as it is with a login, and whether that changes it.
// Which provider's program signs in, or whether any does, is the channel's
// setting and an admin's to change (R30).
func (a *App) signedInBy(c inbox.Channel, with credential) (inbox.Channel, bool, error) {
	if c.Email.OAuth == with.settings() {
		return c, false, nil
	}
	if why := a.readOnly(); why != "" {
		return c, false, &inbox.Error{Code: inbox.Forbidden, Message: why}
	}
	if c.SignIn == inbox.SignInOwn && c.Email.OAuth.On() != (with.grant != nil) {
		return c, false, inbox.Errorf(inbox.Invalid, "Everybody signs in to this mailbox as themself. Disconnect it and connect it again to have all sign in in another way.")
	}
	c.Email.OAuth = with.settings()
	return c, true, nil
}

// mailboxIn is a team mailbox that a person typed, with how it is signed in to.
func (a *App) mailboxIn(r MailboxRequest) (teamMailbox, error) {
	m, err := r.domain()
	if err != nil {
		return m, err
	}
	with, err := a.loginWith(r.Password, r.Grant)
	if err != nil {
		return m, err
	}
	m.by(with)
	return m, nil
}
