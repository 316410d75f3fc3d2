package sqlite

import (
	"reflect"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func reports(t *testing.T, db *DB) (ids []string) {
	t.Helper()
	all, err := db.Reports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		ids = append(ids, v.ID)
	}
	return ids
}

// TestTheSecondIsTold: of two who had not seen each other the first stands, and
// the second hears who it was, once (R7).
func TestTheSecondIsTold(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	mine := waits(t, db, "mine", &teamlog.Assign{Conversation: key, To: me})
	if got := reports(t, db); len(got) != 0 {
		t.Fatalf("told of %q while it waits", got)
	}
	first := by("bram", "first", &teamlog.Assign{Conversation: key, To: "carla"})
	changed := confirms(t, db, 1, first, mine)
	if len(changed.Voided) != 1 {
		t.Fatalf("changed %+v", changed)
	}
	v := changed.Voided[0]
	if v.ID != "mine.0" || v.Conversation != key || v.Activity.Void != teamlog.FirstWins || v.Activity.First != "bram" || v.Activity.Stands != "carla" {
		t.Errorf("told %+v", v)
	}
	if again := confirms(t, db, 1, first, mine); len(again.Voided) != 0 {
		t.Errorf("told again: %+v", again.Voided)
	}
	all, err := db.Reports(t.Context())
	if err != nil || len(all) != 1 || !reflect.DeepEqual(all[0], v) {
		t.Errorf("reports %+v, %v, want %+v", all, err, v)
	}
	for range 2 {
		if err := db.DismissReport(t.Context(), v.ID); err != nil {
			t.Fatal(err)
		}
	}
	n := uint64(0)
	late := Applied{Rewind: &n, Again: []Waiting{{PendingRecord{ID: "mine", Record: []byte("mine")}, []teamlog.Decision{mine}}}}
	applies(t, db, late)
	if got := confirms(t, db, 1, by("bram", "late", &teamlog.Note{Conversation: key, Text: "late"}), first, mine); len(got.Voided) != 0 || len(reports(t, db)) != 0 {
		t.Errorf("told again after a rewind: %+v", got.Voided)
	}
}

// TestALateFirstIsTold: what stood is void once a record turns up before it.
func TestALateFirstIsTold(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	mine := waits(t, db, "mine", &teamlog.Assign{Conversation: key, To: me})
	if changed := confirms(t, db, 1, mine); len(changed.Voided) != 0 {
		t.Fatalf("told %+v", changed.Voided)
	}
	first := by("bram", "first", &teamlog.Assign{Conversation: key, To: "bram"})
	first.N, mine.N, mine.Pending = 1, 2, false
	n := uint64(0)
	changed := applies(t, db, Applied{Rewind: &n, Records: []Record{record(first), record(mine)}, Decisions: []teamlog.Decision{first, mine}})
	if len(changed.Voided) != 1 || changed.Voided[0].ID != "mine.0" {
		t.Errorf("told %+v", changed.Voided)
	}
}

// TestVoidIsToldWhateverComesWithIt: what is void on arrival is told even when
// its line is deleted by what came in the same stretch, and what is about mail
// that is not here, when that comes.
func TestVoidIsToldWhateverComesWithIt(t *testing.T) {
	db := newCache(t)
	m, later := mail(1, carla), mail(2, "dave@other.example")
	key := m.Message.Key
	store(t, db, m)
	mine := waits(t, db, "mine", &teamlog.Assign{Conversation: key, To: "bram"})
	mine.Void = teamlog.NotAvailable
	dormant := waits(t, db, "dormant", &teamlog.Assign{Conversation: later.Message.Key, To: "bram"})
	dormant.Void = teamlog.NotAvailable
	mark := waits(t, db, "mark", &teamlog.Read{Conversation: key, UpTo: start})
	mark.Void = teamlog.NoAccess
	changed := confirms(t, db, 1, mine, dormant, mark, by(me, "delete", &teamlog.Delete{Conversation: key, Covers: []inbox.Key{key}}))
	if len(changed.Voided) != 1 || changed.Voided[0].ID != "mine.0" {
		t.Fatalf("told %+v", changed.Voided)
	}
	if changed := store(t, db, later); len(changed.Voided) != 1 || changed.Voided[0].Conversation != later.Message.Key {
		t.Errorf("told %+v when its mail came", changed.Voided)
	}
}
