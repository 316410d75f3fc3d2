package sqlite

import (
	"fmt"
	"slices"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// waits stores an own decision as pending and gives the record that holds it.
func waits(t *testing.T, db *DB, id string, e teamlog.Event) teamlog.Decision {
	t.Helper()
	d := teamlog.Decision{ID: id + ".0", Pending: true, Author: me, Device: "anna-1", At: start, Event: e}
	if _, err := db.AddPending(t.Context(), id, []byte(id), []teamlog.Decision{d}); err != nil {
		t.Fatal(err)
	}
	return d
}

// confirms applies decisions as records n, n+1, …
func confirms(t *testing.T, db *DB, n uint64, decisions ...teamlog.Decision) Changed {
	t.Helper()
	var a Applied
	for i, d := range decisions {
		d.Pending, d.N = false, n+uint64(i)
		a.Decisions = append(a.Decisions, d)
		a.Records = append(a.Records, record(d))
		a.Cursor = teamlog.Cursor{Count: d.N, Pos: record(d).Pos, Hash: record(d).Hash}
	}
	return applies(t, db, a)
}

func applies(t *testing.T, db *DB, a Applied) Changed {
	t.Helper()
	changed, err := db.Apply(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func by(author inbox.MemberID, id string, e teamlog.Event) teamlog.Decision {
	return teamlog.Decision{ID: id + ".0", Author: author, Device: string(author) + "-1", At: start, Event: e}
}

// TestARewindGivesBack: a removal that turns up late ends an
// assignment, and one that proves not to have been gives it back.
func TestARewindGivesBack(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	assign := by(me, "a", &teamlog.Assign{Conversation: key, To: "bram"})
	confirms(t, db, 1, assign)
	gone := Applied{Cursor: teamlog.Cursor{Count: 2}, Records: []Record{record(teamlog.Decision{ID: "leaves.0", N: 2})},
		Removals: map[inbox.MemberID][]uint64{"bram": {2}}}
	applies(t, db, gone)
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 {
		t.Fatalf("unassigned %+v", rows)
	}
	n := uint64(1)
	applies(t, db, Applied{Cursor: teamlog.Cursor{Count: 1}, Rewind: &n, Removals: map[inbox.MemberID][]uint64{}})
	if rows := list(t, db, inbox.Others); len(rows) != 1 || rows[0].Assignee != "bram" {
		t.Errorf("others %+v", rows)
	}
	if n, err := db.HasRecord(t.Context(), "leaves"); err != nil || n != 0 {
		t.Errorf("the record taken out is number %d, %v", n, err)
	}
}

// TestARemovalBehindWhatWaits: a reassignment that waits hides whose the
// conversation was; it is void once that member left, and shows so at once.
func TestARemovalBehindWhatWaits(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	confirms(t, db, 1, by("bram", "a", &teamlog.Assign{Conversation: key, To: "bram"}))
	waits(t, db, "mine", &teamlog.Assign{Conversation: key, To: me, Was: "bram"})
	if rows := list(t, db, inbox.Mine); len(rows) != 1 {
		t.Fatalf("mine %+v", rows)
	}
	applies(t, db, Applied{Cursor: teamlog.Cursor{Count: 2}, Removals: map[inbox.MemberID][]uint64{"bram": {2}}})
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 {
		t.Errorf("unassigned %+v, counts %v", rows, counts(t, db))
	}
}

// TestWhatWaitsAgainComesFirst: own records that a rewind takes out wait in
// their order before those that waited, and show as pending.
func TestWhatWaitsAgainComesFirst(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	var again []Waiting
	for n, id := range []string{"r1", "r2", "r3"} {
		d := waits(t, db, id, &teamlog.Note{Conversation: key, Text: id})
		confirms(t, db, uint64(n)+1, d)
		again = append(again, Waiting{PendingRecord{ID: id, Record: []byte(id), Made: start}, []teamlog.Decision{d}})
	}
	waits(t, db, "r4", &teamlog.Note{Conversation: key, Text: "r4"})
	n := uint64(0)
	first := by(me, "r1", &teamlog.Note{Conversation: key, Text: "r1"})
	first.N = 1
	applies(t, db, Applied{Rewind: &n, Again: again, Records: []Record{record(first)}, Decisions: []teamlog.Decision{first}})
	waiting, err := db.PendingRecords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids, shown []string
	for _, p := range waiting {
		ids = append(ids, p.ID)
	}
	for _, note := range open(t, db, key).Notes {
		shown = append(shown, fmt.Sprint(note.Text, note.Pending))
	}
	if want := []string{"r2", "r3", "r4"}; !slices.Equal(ids, want) {
		t.Errorf("%q wait, want %q", ids, want)
	}
	if want := []string{"r1false", "r2true", "r3true", "r4true"}; !slices.Equal(shown, want) {
		t.Errorf("shown %q, want %q", shown, want)
	}
}
