package app

import (
	"context"
	"time"

	"postvak/backend/channel"
	"postvak/backend/email"
	"postvak/backend/imap"
	"postvak/backend/inbox"
	"postvak/backend/messenger"
	"postvak/backend/poll"
	"postvak/backend/run"
	"postvak/backend/whatsapp"
)

// secretFunc gives a channel's secret whenever its account needs it: a mail
// password, an API key's secret, or a page's token.
type secretFunc func(context.Context) (string, error)

// runnable makes a channel that can run here. Of a kind that this version does
// not know there is none.
func (a *App) runnable(c inbox.Channel) (runningChannel, bool) {
	var pacer *poll.Pacer
	if c.Kind != inbox.Email {
		pacer = a.pacerFor(c)
	}
	account := a.account(c, a.secretOf(c), pacer)
	mailbox, _ := account.(*email.Mailbox)
	return runningChannel{channel: c, account: account, mailbox: mailbox, pacer: pacer}, account != nil
}

// secretOf takes a channel's secret from the keyring, each time that it is
// needed.
func (a *App) secretOf(c inbox.Channel) secretFunc {
	return func(ctx context.Context) (string, error) { return a.channelPassword(ctx, c) }
}

// accountFor makes a channel's account to check it, beside the one that runs.
func (a *App) accountFor(c inbox.Channel) channel.Account { return a.account(c, a.secretOf(c), nil) }

// accountWith makes an account that is tried with a secret not stored yet.
func (a *App) accountWith(c inbox.Channel, secret Secret) channel.Account {
	a.known.learn(secret.reveal())
	return a.account(c, func(context.Context) (string, error) { return secret.reveal(), nil }, nil)
}

// account is the one place that knows which adapter speaks for which kind. Only
// one that receives needs a pacer.
func (a *App) account(c inbox.Channel, secret secretFunc, pacer *poll.Pacer) channel.Account {
	switch c.Kind {
	case inbox.Email:
		if c.Email.OAuth.On() {
			return a.mailbox(c, secret, a.bearerOf(c))
		}
		return a.mailbox(c, secret, nil)
	case inbox.Messenger:
		return messenger.New(messenger.Config{
			Channel: c, Token: secret, Clock: a.clock, Pace: pacer, Roots: a.opt.Roots, Log: a.log.With("channel", string(c.ID)),
		})
	case inbox.WhatsApp:
		account, err := whatsapp.New(whatsapp.Config{
			Channel: c, Secret: secret, Clock: a.clock, Pace: pacer, Roots: a.opt.Roots, Log: a.log.With("channel", string(c.ID)),
		})
		if err != nil {
			return unusable{err, a.clock}
		}
		return account
	}
	return nil
}

// unusable is the account of a channel whose settings cannot be right: it says so
// whatever it is asked.
type unusable struct {
	why   error
	clock run.Clock
}

func (u unusable) Sync(context.Context, inbox.Sink) error { return u.why }
func (u unusable) Find(context.Context, inbox.Sought) (inbox.Found, error) {
	return inbox.Found{}, u.why
}
func (u unusable) File(context.Context, inbox.Rendered) error  { return u.why }
func (u unusable) Check(context.Context) ([]inbox.Step, error) { return nil, u.why }
func (u unusable) Now() time.Time                              { return u.clock.Now() }

// Send implements channel.Account: an admin may yet correct the settings.
func (u unusable) Send(context.Context, inbox.Rendered, inbox.Permit, func() error) inbox.SendResult {
	return inbox.SendResult{Outcome: inbox.Later, Reason: u.why.Error()}
}

// mailbox is an e-mail channel's account; with a bearer no password is asked for.
func (a *App) mailbox(c inbox.Channel, password secretFunc, bearer imap.Bearer) *email.Mailbox {
	return email.New(email.Config{
		Channel: c, Clock: a.clock, Roots: a.opt.Roots, Password: password, Bearer: bearer,
		Log: a.log.With("channel", string(c.ID)),
	})
}
