package app

import (
	"context"

	"postvak/backend/inbox"
)

func (a *App) nameContact(context.Context, inbox.Key, string) (Undo, error) {
	return Undo{}, notBuilt("Inbox.NameContact")
}
