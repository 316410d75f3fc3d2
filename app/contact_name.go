package app

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/tidy"
)

// nameContact says what the team calls a conversation's contact. It joins
// nobody: a contact of another channel keeps the name that they have there.
func (a *App) nameContact(ctx context.Context, id inbox.Key, name string) (Undo, error) {
	name = tidy.OneLine(tidy.Visible(name))
	now, err := a.standing(ctx, id)
	if err != nil || name == now.ContactName {
		return Undo{}, err
	}
	event := &teamlog.ContactName{Conversation: now.ID, Name: name, Was: now.ContactName}
	if event.Validate() != nil {
		return Undo{}, inbox.Errorf(inbox.Invalid, "A name has at most %d characters. Shorten it.", teamlog.MaxContactName)
	}
	if _, err := a.decide(ctx, event); err != nil {
		return Undo{}, err
	}
	back := &teamlog.ContactName{Conversation: now.ID, Name: now.ContactName, Was: name}
	return Undo{UndoID: a.undo.add([]reversal{{conversation: now.ID, back: back}})}, nil
}
