package app

import (
	"context"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// signInChat checks a chat channel's new secret and keeps it. Another key than
// the present one is the channel's setting, and an admin's to change (R30).
func (a *App) signInChat(ctx context.Context, c inbox.Channel, r SignInRequest) error {
	secret, err := chatSecret(c.Kind, r)
	if err != nil {
		return err
	}
	a.known.learn(secret.reveal())
	login := c
	if key := strings.TrimSpace(r.APIKey); key != "" && c.Kind == inbox.WhatsApp {
		login.WhatsApp.APIKey = key
	}
	if login.WhatsApp != c.WhatsApp {
		if why := a.readOnly(); why != "" {
			return &inbox.Error{Code: inbox.Forbidden, Message: why}
		}
		if err := twilioNames(login.WhatsApp); err != nil {
			return err
		}
	}
	account := a.accountWith(login, secret)
	if account == nil {
		return unknownKind()
	}
	steps, err := account.Check(ctx)
	if err := mayConnect(tried(c.Kind, steps, err)); err != nil {
		return err
	}
	if err := a.keepSecret(ctx, c.ID, secret); err != nil {
		return err
	}
	if login.WhatsApp != c.WhatsApp {
		if _, err := a.decide(ctx, &teamlog.ChannelUpdate{ID: c.ID, WhatsApp: &login.WhatsApp}); err != nil {
			return err
		}
	}
	return a.keepSignIn(ctx, c, login, secret)
}

func chatSecret(kind inbox.ChannelKind, r SignInRequest) (Secret, error) {
	switch kind {
	case inbox.WhatsApp:
		return pasted(r.APISecret, noAPISecret)
	case inbox.Messenger:
		return pasted(r.PageToken, noPageToken)
	case inbox.Email:
	}
	return "", unknownKind()
}

// keepSecret stores a channel's new secret here, and takes what an admin had to
// do about the old one off their list.
func (a *App) keepSecret(ctx context.Context, id inbox.ChannelID, secret Secret) error {
	old, _ := a.secrets.Get(ctx, passwordName(id))
	if err := a.secrets.Set(ctx, passwordName(id), secret.reveal()); err != nil {
		return err
	}
	if old == secret.reveal() {
		return nil
	}
	return a.passwordChanged(ctx, id)
}

func unknownKind() error {
	return inbox.Errorf(inbox.NotFound, "A newer version of Postvak connected this channel. Update Postvak to use it here.")
}
