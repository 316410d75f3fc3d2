package app

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/keyring"
)

// watchedSecrets teaches the log's redactor every secret that passes.
type watchedSecrets struct {
	keyring.Store
	known *redactor
}

func (w watchedSecrets) Get(ctx context.Context, name string) (string, error) {
	value, err := w.Store.Get(ctx, name)
	w.known.learn(value)
	return value, err
}

func (w watchedSecrets) Set(ctx context.Context, name, value string) error {
	w.known.learn(value)
	return w.Store.Set(ctx, name, value)
}

// passwordName is the handle of a channel's password.
func passwordName(channel inbox.ChannelID) string { return "channel/" + string(channel) + "/password" }

// deviceKeyName is the handle of this computer's signing key.
const deviceKeyName = "team/device-key"
