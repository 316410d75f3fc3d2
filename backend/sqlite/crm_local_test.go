package sqlite

import (
	"reflect"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func creation(c inbox.Key) Creation {
	return Creation{ID: "c1", Conversation: c, Provider: "pipedrive:1", At: start, Tried: start.Add(time.Second), Trouble: "no",
		Draft: inbox.RecordDraft{Kind: inbox.Deal, Title: "Flour", Name: "Carla", Value: "3250.00", Owner: "anna"}}
}

func TestCreationsWait(t *testing.T) {
	db := newCache(t)
	wantCode(t, db.PutCreation(t.Context(), creation("shop:none")), inbox.NotFound)
	m := mail(1, carla)
	store(t, db, m)
	want := creation(m.Message.Key)
	earlier := want
	earlier.ID, earlier.At, earlier.Draft.Value = "c0", start.Add(-time.Hour), ""
	for _, c := range []Creation{want, earlier, want} {
		if err := db.PutCreation(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := db.Creations(t.Context()); err != nil || !reflect.DeepEqual(got, []Creation{earlier, want}) {
		t.Errorf("creations %+v, %v", got, err)
	}
	if err := db.DropCreation(t.Context(), "c0"); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Creations(t.Context()); err != nil || !reflect.DeepEqual(got, []Creation{want}) {
		t.Errorf("creations %+v, %v", got, err)
	}
}

// sees puts what a provider said of a linked conversation.
func sees(t *testing.T, db *DB) {
	t.Helper()
	record := inbox.Record{RecordRef: someone, Title: "Carla", Emails: []string{carla}, Created: start}
	worth := record
	worth.Value = "12.50"
	for _, err := range []error{
		db.PutSeenNote(t.Context(), "builtin", inbox.NoteVersion{ID: "note1", On: someone, Text: "what Carla wrote", Version: "v"}, start),
		db.PutSeenRecord(t.Context(), "builtin", record, start),
		db.PutMatches(t.Context(), "builtin", " "+carla, []inbox.Record{worth}, start),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// seen says what is kept of note, record and match.
func seen(t *testing.T, db *DB) [3]bool {
	t.Helper()
	note, at, one, err := db.SeenNote(t.Context(), "builtin", "note1")
	record, _, two, err2 := db.SeenRecord(t.Context(), "builtin", someone)
	matches, _, three, err3 := db.Matches(t.Context(), "builtin", carla)
	if err != nil || err2 != nil || err3 != nil {
		t.Fatal(err, err2, err3)
	}
	if one && (note.Text != "what Carla wrote" || note.On != someone || !at.Equal(start)) || two && (record.Emails[0] != carla || record.Value != "" || !record.Created.Equal(start)) ||
		three && (len(matches) != 1 || matches[0].Value != "12.50") {
		t.Errorf("%+v %v, %+v, %+v", note, at, record, matches)
	}
	return [3]bool{one, two, three}
}

// TestDeletingLeavesNothingOfTheCRM (R12): neither links nor what was seen of
// them, nor who the contact is, while no other conversation says so.
func TestDeletingLeavesNothingOfTheCRM(t *testing.T) {
	db := newCache(t)
	first, second := mail(1, carla), mail(2, carla)
	store(t, db, first, second)
	book := linking(t, db, first.Message.Key)
	book.decide(me, linkOf(second.Message.Key), notes(book, first.Message.Key, 1, string(first.Message.Key)))
	if err := db.PutCreation(t.Context(), creation(first.Message.Key)); err != nil {
		t.Fatal(err)
	}
	sees(t, db)
	remove := func(m inbox.Fetched) {
		book.decide(me, &teamlog.Delete{Conversation: m.Message.Key, Covers: []inbox.Key{m.Message.Key}})
	}
	remove(first)
	if got := seen(t, db); got != [3]bool{false, true, true} {
		t.Errorf("with another conversation note, record and match are kept: %v", got)
	}
	if all, err := db.Creations(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("creations %+v, %v", all, err)
	}
	if rows := linked(t, db, someone); len(rows) != 1 || rows[0].ID != second.Message.Key {
		t.Errorf("linked are %+v", rows)
	}
	wantCode(t, db.PutCreation(t.Context(), creation(first.Message.Key)), inbox.NotFound)
	remove(second)
	if got := seen(t, db); got != [3]bool{} {
		t.Errorf("without one note, record and match are kept: %v", got)
	}
	if owes(t, db, start) || len(linked(t, db, someone)) != 0 {
		t.Error("links are left")
	}
}

func TestMatchesAreNotKeptForEver(t *testing.T) {
	db := newCache(t)
	sees(t, db)
	if err := db.PutMatches(t.Context(), "builtin", "dave@other.example", nil, start.Add(31*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := seen(t, db); got != [3]bool{true, true, false} {
		t.Errorf("kept are %v", got)
	}
}
