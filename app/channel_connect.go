package app

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// maxSecret bounds what is pasted as a key or a token.
const maxSecret = 1000

// usualSpan is how far back messages of a chat channel begin to count as work
// where nobody says otherwise (R36).
const usualSpan = 30 * 24 * time.Hour

// What is said of a secret that is not there.
const (
	noAPISecret = "The secret of the API key is missing. Twilio shows it once, when the key is made."
	noPageToken = "The page token is missing. It is made at developers.facebook.com."
)

// pasted is a key or a token as somebody copied it from a page; missing says
// that it is none.
func pasted(text, missing string) (Secret, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", &inbox.Error{Code: inbox.Invalid, Message: missing}
	case len(text) > maxSecret || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", inbox.Errorf(inbox.Invalid, "This cannot be the secret: copy it again, whole and without spaces.")
	}
	return Secret(text), nil
}

// standIn is a provider's address that is not its own: on this computer alone,
// because secrets are sent there. In the demo, whose is the demo's, nothing
// leaves the machine.
func (a *App) standIn(base, demo string) (string, error) {
	base = strings.TrimSuffix(strings.TrimSpace(base), "/")
	if base == "" {
		return demo, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" || !isLoopback(u.Hostname()) || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", inbox.Errorf(inbox.Invalid, "The provider's address can only be one on this computer, for tests. Leave it empty.")
	}
	return base, nil
}

// chatSince is from when on messages count as work.
func (a *App) chatSince(text string) (time.Time, error) {
	if text == "" {
		return since(a.clock.Now().Add(-usualSpan)), nil
	}
	return parseStamp(text)
}

// channelOf is a channel as it would be once it is connected.
func channelOf(e teamlog.ChannelAdd) inbox.Channel {
	return inbox.Channel{
		ID: e.ID, Kind: e.Channel, Name: e.Name, Address: e.Address, Shared: e.Shared, OpenSince: e.OpenSince,
		Email: e.Email, WhatsApp: e.WhatsApp, Messenger: e.Messenger,
	}
}

// warnings are the steps of a check that a channel works without, though a
// person should know of them.
var warnings = []string{"webhook", "feature"}

// tried words a check of a secret that somebody has just pasted: where the
// provider does not take it, it has not expired, but was copied wrong.
func tried(kind inbox.ChannelKind, steps []inbox.Step, err error) ([]inbox.Step, error) {
	if inbox.CodeOf(err) != inbox.Auth {
		return steps, err
	}
	said := notTaken(kind).Because(err)
	for i := range steps {
		if !steps[i].OK && !slices.Contains(warnings, steps[i].Step) {
			steps[i].Message = said.Message
			break
		}
	}
	return steps, said
}

func notTaken(kind inbox.ChannelKind) *inbox.Error {
	if kind == inbox.Messenger {
		return inbox.Errorf(inbox.Auth, "Meta does not accept this token. Copy it again as a whole, and make sure that it is the token of a page, not of a person or an app.")
	}
	return inbox.Errorf(inbox.Auth, "Twilio does not accept this API key with this secret. Copy both again as a whole, and make sure that they belong to each other and to this account SID.")
}

// mayConnect says whether a channel may be connected after a check.
func mayConnect(steps []inbox.Step, err error) error {
	for _, step := range steps {
		if step.OK || slices.Contains(warnings, step.Step) {
			continue
		}
		if err != nil {
			return err
		}
		return &inbox.Error{Code: inbox.Invalid, Message: step.Message}
	}
	if len(steps) == 0 {
		return err
	}
	return nil
}

// stepsOf is a check's answer. An error alone, without a step, is one that came
// before anything was asked.
func stepsOf(steps []inbox.Step, err error) ([]Step, error) {
	if len(steps) == 0 && err != nil {
		return nil, err
	}
	return mapped(steps, func(s inbox.Step) Step { return Step{s.Step, s.OK, s.Message} }), nil
}

// connectedAlready refuses to connect an account twice.
func (a *App) connectedAlready(kind inbox.ChannelKind, address string) error {
	for _, other := range a.team.Channels() {
		if other.Kind == kind && inbox.NormalAddress(other.Address) == inbox.NormalAddress(address) {
			return inbox.Errorf(inbox.Conflict, "%s is connected already.", other.Address)
		}
	}
	return nil
}

// connectChat tries an account and connects it.
func (a *App) connectChat(ctx context.Context, event teamlog.ChannelAdd, secret Secret) (string, error) {
	if err := a.connectedAlready(event.Channel, event.Address); err != nil {
		return "", err
	}
	account := a.accountWith(channelOf(event), secret)
	steps, err := account.Check(ctx)
	if err := mayConnect(tried(event.Channel, steps, err)); err != nil {
		return "", err
	}
	return string(event.ID), a.addChannel(ctx, &event, secret)
}
