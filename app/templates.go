package app

import (
	"context"

	"postvak/backend/inbox"
)

func (a *App) templates(context.Context, inbox.ChannelID) ([]Template, error) {
	return nil, notBuilt("Composer.Templates")
}
