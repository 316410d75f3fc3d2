package contacts

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// ReadNote implements crm.Provider.
func (b *Book) ReadNote(ctx context.Context, on inbox.RecordRef, id string) (inbox.NoteVersion, error) {
	note, err := b.note(ctx, on, id)
	if inbox.CodeOf(err) == inbox.NotFound {
		return inbox.NoteVersion{ID: id, On: on, Deleted: true}, nil
	}
	return versionOf(note), err
}

// note gives a note that is there; NotFound when it or its record is gone.
func (b *Book) note(ctx context.Context, on inbox.RecordRef, id string) (teamlog.BookNote, error) {
	if _, err := b.entity(ctx, on); err != nil {
		return teamlog.BookNote{}, err
	}
	note, found, err := b.Store.BookNote(ctx, id)
	if err == nil && (!found || note.Deleted || note.On != on) {
		err = inbox.Errorf(inbox.NotFound, "This note is not in the contact book any more.")
	}
	return note, asked(err)
}

func versionOf(n teamlog.BookNote) inbox.NoteVersion {
	return inbox.NoteVersion{ID: n.ID, On: n.On, Content: n.Text, Text: n.Text, Version: n.Version}
}

// WriteNote implements crm.Provider. The note is stored as text: nothing that a
// stranger wrote is ever markup here.
func (b *Book) WriteNote(ctx context.Context, on inbox.RecordRef, id, was, text, marker string) (inbox.NoteVersion, error) {
	event := &teamlog.CRMNote{ID: id, On: on, Text: text, Was: was, Marker: marker}
	if id == "" {
		if _, err := b.entity(ctx, on); err != nil {
			return inbox.NoteVersion{}, err
		}
		event.ID, event.Was = NewID(), ""
	} else {
		note, err := b.note(ctx, on, id)
		if err != nil {
			return inbox.NoteVersion{}, err
		}
		if note.Version != was {
			return inbox.NoteVersion{}, inbox.Errorf(inbox.Conflict, "Somebody else changed this note meanwhile.")
		}
	}
	if event.Validate() != nil {
		return inbox.NoteVersion{}, inbox.Errorf(inbox.Invalid, "A note is a text of at most 64 kB.")
	}
	if err := b.decide(ctx, event); err != nil {
		return inbox.NoteVersion{}, err
	}
	note, err := b.note(ctx, on, event.ID)
	return versionOf(note), err
}

// FindNote implements crm.Provider.
func (b *Book) FindNote(ctx context.Context, on inbox.RecordRef, marker string) (inbox.NoteVersion, bool, error) {
	if err := ctx.Err(); err != nil {
		return inbox.NoteVersion{}, false, notAsked(err)
	}
	note, found, err := b.Store.BookNoteByMarker(ctx, on, marker)
	if err != nil || !found || note.Deleted {
		return inbox.NoteVersion{}, false, asked(err)
	}
	return versionOf(note), true, nil
}
