package app

import (
	"context"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/phone"
	"postvak/backend/teamlog"
)

// whatsAppEvent checks what the connect dialog gives.
func (a *App) whatsAppEvent(r ConnectWhatsAppRequest) (event teamlog.ChannelAdd, secret Secret, err error) {
	if secret, err = pasted(string(r.APISecret), noAPISecret); err != nil {
		return event, secret, err
	}
	a.known.learn(secret.reveal())
	event = teamlog.ChannelAdd{
		ID: newChannelID(), Channel: inbox.WhatsApp, Shared: r.Shared,
		WhatsApp: inbox.WhatsAppSettings{AccountSID: strings.TrimSpace(r.AccountSid), APIKey: strings.TrimSpace(r.APIKey)},
	}
	if err := twilioNames(event.WhatsApp); err != nil {
		return event, secret, err
	}
	number, ok := phone.Normal(strings.TrimPrefix(strings.TrimSpace(r.Sender), "whatsapp:"), "")
	if !ok {
		return event, secret, inbox.Errorf(inbox.Invalid, "%.40q is not a telephone number with its country code, such as +31612345678.", r.Sender)
	}
	event.Address = number
	if event.Name, err = channelName(r.Name); err != nil {
		return event, secret, err
	}
	if event.Name == "" {
		event.Name = "WhatsApp " + number
	}
	if event.WhatsApp.BaseURL, err = a.standIn(r.BaseURL, a.demoTwilio()); err != nil {
		return event, secret, err
	}
	event.OpenSince, err = a.chatSince(r.OpenSince)
	return event, secret, err
}

// twilioNames looks at the names of an account and its key: one pasted into the
// other's place is the commonest mistake.
func twilioNames(s inbox.WhatsAppSettings) error {
	switch {
	case !named(s.AccountSID, "AC"):
		return inbox.Errorf(inbox.Invalid, "The account SID begins with AC and has 34 letters and digits. It stands on the first page of the Twilio Console.")
	case !named(s.APIKey, "SK"):
		return inbox.Errorf(inbox.Invalid, "The API key begins with SK and has 34 letters and digits. It is made in the Twilio Console, under Account > API keys & tokens.")
	}
	return nil
}

// named says whether a text is one of Twilio's ids of a kind.
func named(sid, kind string) bool {
	rest, found := strings.CutPrefix(sid, kind)
	return found && len(rest) == 32 && !strings.ContainsFunc(rest, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

func (a *App) checkWhatsApp(ctx context.Context, r ConnectWhatsAppRequest) ([]Step, error) {
	event, secret, err := a.whatsAppEvent(r)
	if err != nil {
		return nil, err
	}
	steps, err := a.accountWith(channelOf(event), secret).Check(ctx)
	return stepsOf(tried(event.Channel, steps, err))
}

func (a *App) connectWhatsApp(ctx context.Context, r ConnectWhatsAppRequest) (string, error) {
	event, secret, err := a.whatsAppEvent(r)
	if err != nil {
		return "", err
	}
	return a.connectChat(ctx, event, secret)
}
