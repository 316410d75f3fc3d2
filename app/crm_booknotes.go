package app

import (
	"context"
	"strings"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func bookNoteOf(n teamlog.BookNote) BookNote {
	return BookNote{
		ID: n.ID, At: stamp(n.At), ChangedAt: stamp(n.Changed), MemberID: string(n.Author), Text: n.Text,
		Pending: n.Pending, Kept: n.Marker != "",
	}
}

// addBookNote writes a note at a record of the contact book.
func (a *App) addBookNote(ctx context.Context, on inbox.RecordRef, text string) (string, error) {
	if err := a.bookInUse(); err != nil {
		return "", err
	}
	if _, err := a.entity(ctx, on); err != nil {
		return "", err
	}
	note := &teamlog.CRMNote{ID: contacts.NewID(), On: on, Text: strings.TrimSpace(text)}
	if err := checkBookNote(note); err != nil {
		return "", err
	}
	_, err := a.decide(ctx, note)
	return note.ID, err
}

func checkBookNote(note *teamlog.CRMNote) error {
	if note.Text == "" || note.Validate() != nil {
		return inbox.Errorf(inbox.Invalid, "A note has 1 to %d characters.", teamlog.MaxNote)
	}
	return nil
}

// bookNote gives a note that is there.
func (a *App) bookNote(ctx context.Context, id string) (teamlog.BookNote, error) {
	note, found, err := a.db.BookNote(ctx, id)
	if err == nil && (!found || note.Deleted) {
		err = inbox.Errorf(inbox.NotFound, "This note is not there any more.")
	}
	return note, err
}

// saveBookNote changes a note. One that Postvak kept is left to people from
// then on (R24).
func (a *App) saveBookNote(ctx context.Context, id, text, was string) error {
	if err := a.bookInUse(); err != nil {
		return err
	}
	now, err := a.bookNote(ctx, id)
	if err != nil {
		return err
	}
	note := &teamlog.CRMNote{ID: now.ID, On: now.On, Text: strings.TrimSpace(text), Was: now.Version}
	if err := checkBookNote(note); err != nil {
		return err
	}
	switch now.Text {
	case note.Text:
		return nil
	case was:
		_, err = a.decide(ctx, note)
		return err
	}
	return inbox.Errorf(inbox.Conflict, "This note was changed meanwhile. Copy your words, look at it again, and change it then.")
}

// removeBookNote deletes a note; undoing brings it back as it was.
func (a *App) removeBookNote(ctx context.Context, id string) (Undo, error) {
	if err := a.bookInUse(); err != nil {
		return Undo{}, err
	}
	now, err := a.bookNote(ctx, id)
	if err != nil {
		return Undo{}, err
	}
	ids, err := a.decide(ctx, &teamlog.CRMNote{ID: now.ID, On: now.On, Was: now.Version, Deleted: true})
	if err != nil {
		return Undo{}, err
	}
	back := &teamlog.CRMNote{ID: now.ID, On: now.On, Text: now.Text, Was: ids[0]}
	return Undo{UndoID: a.undo.add([]reversal{{back: back}})}, nil
}
