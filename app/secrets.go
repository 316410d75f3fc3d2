package app

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/keyring"
)

// watchedSecrets teaches the log's redactor every secret that passes, and ends
// the use of a sign-in when another secret takes its place.
type watchedSecrets struct {
	keyring.Store
	known  *redactor
	tokens *tokenDesk
}

func (w watchedSecrets) Get(ctx context.Context, name string) (string, error) {
	value, err := w.Store.Get(ctx, name)
	w.known.learnSecret(value)
	return value, err
}

func (w watchedSecrets) Set(ctx context.Context, name, value string) error {
	w.known.learnSecret(value)
	return w.tokens.replace(name, func() error { return w.Store.Set(ctx, name, value) })
}

func (w watchedSecrets) Delete(ctx context.Context, name string) error {
	return w.tokens.replace(name, func() error { return w.Store.Delete(ctx, name) })
}

// passwordName is the handle of a channel's password.
func passwordName(channel inbox.ChannelID) string { return "channel/" + string(channel) + "/password" }

// deviceKeyName is the handle of this computer's signing key.
const deviceKeyName = "team/device-key"
