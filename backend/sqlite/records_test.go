package sqlite

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func TestRecordsAreKept(t *testing.T) {
	db := newCache(t)
	pos, err := db.Log().Append(t.Context(), "one", []byte("the first"))
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte("one"))
	one := Record{N: 1, ID: "one", Pos: pos, Hash: hash, Record: []byte("the first")}
	two := Record{N: 2, ID: "two", Pos: teamlog.Pos{Epoch: teamlog.LocalEpoch, N: 99}, Hash: sha256.Sum256(hash[:]), Record: []byte("the second")}
	cursor := teamlog.Cursor{Count: 2, Pos: two.Pos, Hash: two.Hash}
	for range 2 {
		applies(t, db, Applied{Cursor: cursor, Records: []Record{one, two}})
	}
	var stored int
	if _, err := db.reading(t.Context()).one("SELECT count(*) FROM records WHERE record IS NOT NULL", nil, &stored); err != nil || stored != 1 {
		t.Errorf("%d records are stored twice, %v: the local table has the first one", stored, err)
	}
	kept := func() (all []Record) {
		if err := db.Records(t.Context(), 0, 1<<63, func(r Record) error { all = append(all, r); return nil }); err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got := kept(); !reflect.DeepEqual(got, []Record{one, two}) {
		t.Errorf("records %+v", got)
	}
	if got, known, err := db.HashAt(t.Context(), 2); err != nil || !known || got != two.Hash {
		t.Errorf("hash %x, %v, %v", got, known, err)
	}
	if _, known, err := db.HashAt(t.Context(), 3); err != nil || known {
		t.Errorf("a hash of what is not here: %v, %v", known, err)
	}
	one.Pos, two.Pos = teamlog.Pos{Epoch: "7", N: 40}, teamlog.Pos{Epoch: "7", N: 42}
	cursor.Pos = two.Pos
	if err := db.Renumber(t.Context(), cursor, []teamlog.Pos{one.Pos, two.Pos}); err != nil {
		t.Fatal(err)
	}
	if got := kept(); !reflect.DeepEqual(got, []Record{one, two}) {
		t.Errorf("records in the other epoch %+v", got)
	}
	if got, err := db.Cursor(t.Context()); err != nil || !reflect.DeepEqual(got, cursor) {
		t.Errorf("cursor %+v, %v", got, err)
	}
	cursor.Count = 3
	wantCode(t, db.Renumber(t.Context(), cursor, nil), inbox.Internal)
	other := two
	other.ID = "other"
	if _, err := db.Apply(t.Context(), Applied{Records: []Record{other}}); err == nil {
		t.Error("another record took the number of one that is here")
	}
	stop := errors.New("stop")
	if err := db.Records(t.Context(), 0, 2, func(Record) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}

func TestCheckpointsAreThinned(t *testing.T) {
	db := newCache(t)
	for n := uint64(10); n <= 250; n += 10 {
		applies(t, db, Applied{Cursor: teamlog.Cursor{Count: n}, Checkpoint: fmt.Append(nil, n)})
	}
	for atMost, want := range map[uint64]uint64{1 << 63: 250, 250: 250, 249: 240, 69: 60, 59: 0} {
		state, n, found, err := db.Checkpoint(t.Context(), atMost)
		if err != nil || n != want || found != (want > 0) || found && string(state) != fmt.Sprint(want) {
			t.Errorf("at most %d: %s at %d, %v, %v; want %d", atMost, state, n, found, err, want)
		}
	}
	n := uint64(100)
	applies(t, db, Applied{Cursor: teamlog.Cursor{Count: n}, Rewind: &n})
	if _, n, _, err := db.Checkpoint(t.Context(), 1000); err != nil || n != 100 {
		t.Errorf("after a rewind the newest is of %d, %v", n, err)
	}
}

// TestARewindBehindASnapshot needs all of the log up to there: what the
// snapshot left out is nowhere else.
func TestARewindBehindASnapshot(t *testing.T) {
	m := mail(1, carla)
	key := m.Message.Key
	log := []teamlog.Decision{by(me, "a", &teamlog.Assign{Conversation: key, To: me}), by(me, "b", &teamlog.Close{Conversation: key, Covers: []inbox.Key{key}}),
		by(me, "c", &teamlog.Note{Conversation: key, Text: "c"})}
	for i := range log {
		log[i].N = uint64(i) + 1
	}
	adopted := func() *DB {
		db := newCache(t)
		store(t, db, m)
		_, err := db.AdoptSnapshot(t.Context(), Adoption{Cursor: teamlog.Cursor{Count: 3}, State: []byte("s"), IDs: []string{"b", "c"},
			Histories: func(fn func(inbox.Key, []teamlog.Decision) error) error { return fn(key, log) }})
		if err != nil {
			t.Fatal(err)
		}
		if rows := list(t, db, inbox.Closed); len(rows) != 1 || rows[0].Assignee != me {
			t.Fatalf("closed %+v", rows)
		}
		return db
	}
	one, none := uint64(1), uint64(0)
	db := adopted()
	_, err := db.Apply(t.Context(), Applied{Rewind: &one})
	wantCode(t, err, inbox.Conflict)
	applies(t, db, Applied{Rewind: &none})
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 {
		t.Errorf("after a rewind to the beginning: %+v", rows)
	}
	db = adopted()
	if err := db.Backfill(t.Context(), []Record{record(log[0]), record(log[1])}, log[:2]); err != nil {
		t.Fatal(err)
	}
	applies(t, db, Applied{Cursor: teamlog.Cursor{Count: 1}, Rewind: &one})
	if rows := list(t, db, inbox.Mine); len(rows) != 1 {
		t.Errorf("after a rewind to what was fetched: %+v", rows)
	}
	if n, err := db.HasRecord(t.Context(), "c"); err != nil || n != 0 {
		t.Errorf("c is number %d, %v", n, err)
	}
}

// TestSettlingIsDoneInSteps: more anchors than one transaction takes.
func TestSettlingIsDoneInSteps(t *testing.T) {
	db := newCache(t)
	var log []teamlog.Decision
	for i := range 2*settleStep + 7 {
		d := by(me, fmt.Sprintf("d%05d", i), &teamlog.Note{Conversation: inbox.MailKey(channel, fmt.Sprintf("%05d", i)), Text: "n"})
		d.N = uint64(i) + 1
		log = append(log, d)
	}
	half := len(log) / 2 // the snapshot says nothing about the others
	_, err := db.AdoptSnapshot(t.Context(), Adoption{Cursor: teamlog.Cursor{Count: uint64(len(log))},
		Histories: func(fn func(inbox.Key, []teamlog.Decision) error) error {
			for _, d := range log[:half] {
				if err := fn(teamlog.Anchor(d.Event), []teamlog.Decision{d}); err != nil {
					return err
				}
			}
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	var records []Record
	for _, d := range log {
		records = append(records, record(d))
	}
	if err := db.Backfill(t.Context(), records, log); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := db.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	got := 0
	err = db.Histories(t.Context(), uint64(len(log)), func(anchor inbox.Key, decisions []teamlog.Decision) error {
		if want := log[got]; len(decisions) != 1 || !reflect.DeepEqual(decisions[0], want) || anchor != teamlog.Anchor(want.Event) {
			t.Fatalf("%s has %+v, want %+v", anchor, decisions, want)
		}
		got++
		return nil
	})
	if err != nil || got != len(log) {
		t.Errorf("%d anchors, %v", got, err)
	}
	if _, found, err := loadSnapshot(db.reading(t.Context())); err != nil || found {
		t.Errorf("still on a snapshot: %v, %v", found, err)
	}
}
