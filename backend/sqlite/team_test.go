package sqlite

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
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

// TestPrivateDecisionsAreNoHistoryOfTheTeam (R31).
func TestPrivateDecisionsAreNoHistoryOfTheTeam(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	confirms(t, db, 1, by(me, "team", &teamlog.Note{Conversation: key, Text: "of the team"}))
	private := []teamlog.Decision{by(me, "p1", &teamlog.Assign{Conversation: key, To: me}), by(me, "p2", &teamlog.Assign{Conversation: key, To: "", Was: me})}
	for range 2 {
		if _, err := db.AddPrivate(t.Context(), private[:1]); err != nil {
			t.Fatal(err)
		}
	}
	if rows := list(t, db, inbox.Mine); len(rows) != 1 || rows[0].Pending {
		t.Errorf("mine %+v", rows)
	}
	if _, err := db.AddPrivate(t.Context(), private); err != nil {
		t.Fatal(err)
	}
	got, err := db.PrivateDecisions(t.Context(), channel)
	if err != nil || len(got) != 2 || got[0].N != 1 || got[1].N != 2 || got[1].Seen != 1 || got[1].ID != "p2.0" || got[1].Device != "anna-1" {
		t.Errorf("private decisions %+v, %v", got, err)
	}
	if other, err := db.PrivateDecisions(t.Context(), "other"); err != nil || len(other) != 0 {
		t.Errorf("of another channel %+v, %v", other, err)
	}
	err = db.Histories(t.Context(), 99, func(_ inbox.Key, decisions []teamlog.Decision) error {
		for _, d := range decisions {
			if d.ID != "team.0" {
				t.Errorf("a snapshot would hold %+v", d)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	none := uint64(0)
	applies(t, db, Applied{Rewind: &none})
	if got, _ := db.PrivateDecisions(t.Context(), channel); len(got) != 2 {
		t.Error("a rewind of the team log took private decisions")
	}
	if _, err := db.DropPrivate(t.Context(), channel); err != nil {
		t.Fatal(err)
	}
	if got, _ := db.PrivateDecisions(t.Context(), channel); len(got) != 0 || len(open(t, db, key).Activity) != 0 {
		t.Errorf("left of them: %+v", got)
	}
}

// TestWhatAMemberMayNotReadIsNowhere (R31): in no list, count or search, also
// after the member at this desk changed; a removed channel stays readable.
func TestWhatAMemberMayNotReadIsNowhere(t *testing.T) {
	db := newCache(t)
	store(t, db, mail(1, carla, text("sourdough")))
	key := mail(1, carla, text("sourdough")).Message.Key
	sees := func(want int, when string) {
		t.Helper()
		_, err := db.Conversation(t.Context(), key, OpenQuery{})
		if got := len(list(t, db, inbox.Unassigned)); got != want || counts(t, db)[inbox.Unassigned][0] != want ||
			len(found(t, db, "sourdough")) != want || (err == nil) != (want == 1) {
			t.Errorf("%s: %d in the list, counts %v, %d found, opening it: %v; want %d", when, got, counts(t, db), len(found(t, db, "sourdough")), err, want)
		}
	}
	sees(1, "shared")
	private := shop()
	private.Shared, private.Installer = false, "bram"
	connect(t, db, private)
	sees(0, "of bram alone")
	if err := db.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	sees(0, "rebuilt")
	if changed, err := db.SetMe(t.Context(), "bram"); err != nil || len(changed.Sections) == 0 {
		t.Fatalf("%+v, %v", changed, err)
	}
	sees(1, "for bram")
	if _, err := db.SetMe(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	sees(0, "for another again")
	connect(t, db, shop())
	sees(1, "shared at last")
	applies(t, db, Applied{Channels: []inbox.Channel{}})
	sees(1, "with its channel removed")
}

// TestAnotherMemberReadsForThemself: what one has read another has not.
func TestAnotherMemberReadsForThemself(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	store(t, db, m)
	confirms(t, db, 1, by(me, "read", &teamlog.Read{Conversation: m.Message.Key, UpTo: m.Message.At}))
	if got := counts(t, db); got[inbox.Unassigned] != [2]int{1, 0} {
		t.Fatalf("counts %v", got)
	}
	if _, err := db.SetMe(t.Context(), "bram"); err != nil {
		t.Fatal(err)
	}
	if got := counts(t, db); got[inbox.Unassigned] != [2]int{1, 1} {
		t.Errorf("counts %v for another member", got)
	}
}

func TestResetTeam(t *testing.T) {
	db := newCache(t)
	waits(t, db, "mine", &teamlog.Note{Conversation: "shop:a", Text: "n"})
	confirms(t, db, 1, by(me, "a", &teamlog.Note{Conversation: "shop:a", Text: "n"}))
	if _, err := db.Log().Append(t.Context(), "a", []byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := db.PutSetting(t.Context(), "theme", "dark"); err != nil {
		t.Fatal(err)
	}
	if err := db.ResetTeam(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"decisions", "pending", "records", "checkpoints", "bases", "recent", "reports", "log", "channels"} {
		var n int
		if _, err := db.reading(t.Context()).one("SELECT count(*) FROM "+table, nil, &n); err != nil || n != 0 {
			t.Errorf("%s still has %d rows, %v", table, n, err)
		}
	}
	if cursor, err := db.Cursor(t.Context()); err != nil || cursor.Count != 0 || len(db.Channels()) != 0 {
		t.Errorf("cursor %+v, %v, channels %v", cursor, err, db.Channels())
	}
	var theme string
	if found, err := db.Setting(t.Context(), "theme", &theme); err != nil || !found {
		t.Errorf("a setting of the person is gone: %v, %v", found, err)
	}
	connect(t, db, shop())
	store(t, db, mail(1, carla))
	wantCode(t, db.ResetTeam(t.Context()), inbox.Conflict)
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 {
		t.Errorf("refused, and yet: %+v", rows)
	}
}

// TestAnsweredWhileWriting: what somebody else sent after a draft was begun,
// whether the message or its event is here first.
func TestAnsweredWhileWriting(t *testing.T) {
	db := newCache(t)
	question, old := mail(1, carla), ourMail(2, carla, answers(1))
	store(t, db, question, old)
	key := question.Message.Key
	answered := func() (keys []string) {
		t.Helper()
		all, err := db.AnsweredSince(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			keys = append(keys, strings.TrimPrefix(string(a.Key), "shop:")+" "+string(a.By))
		}
		return keys
	}
	if got := answered(); got != nil {
		t.Errorf("without a draft: %q", got)
	}
	for _, text := range []string{"Dear", "Dear Carla"} {
		if err := db.SaveDraft(t.Context(), key, inbox.Draft{Text: text}); err != nil {
			t.Fatal(err)
		}
		store(t, db, mail(3, carla, answers(1)))
	}
	if got := answered(); got != nil {
		t.Errorf("nobody answered: %q", got)
	}
	confirms(t, db, 1, by("bram", "sent", &teamlog.Sent{Conversation: key, Key: "shop:announced", By: "bram"}),
		by(me, "own", &teamlog.Sent{Conversation: key, Key: "shop:mine", By: me}))
	if got := answered(); !slices.Equal(got, []string{"announced bram"}) {
		t.Errorf("announced: %q", got)
	}
	earlier := ourMail(0, carla, answers(1)) // sent before the newest message, learnt after it
	store(t, db, earlier)
	want := []string{"announced bram", strings.TrimPrefix(string(earlier.Message.Key), "shop:") + " "}
	if got := answered(); !slices.Equal(got, want) {
		t.Errorf("answered %q, want %q", got, want)
	}
	if err := db.SaveDraft(t.Context(), key, inbox.Draft{}); err != nil {
		t.Fatal(err)
	}
	if err := db.SaveDraft(t.Context(), key, inbox.Draft{Text: "anew"}); err != nil {
		t.Fatal(err)
	}
	if got := answered(); got != nil {
		t.Errorf("a draft begun anew knows them: %q", got)
	}
}

func TestWhoIsWriting(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	store(t, db, m)
	confirms(t, db, 1, by("bram", "d", &teamlog.Drafting{Conversation: m.Message.Key}))
	if got := open(t, db, m.Message.Key).Drafting; len(got) != 1 || got[0].Member != "bram" {
		t.Errorf("writing: %+v", got)
	}
}

// TestAMentionMarksUnread: a note for somebody shows as unread to them.
func TestAMentionMarksUnread(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	m.Seen = true
	store(t, db, m)
	confirms(t, db, 1, by("bram", "n", &teamlog.Note{Conversation: m.Message.Key, Text: "@anna look", Mentions: []inbox.MemberID{me}}))
	view := open(t, db, m.Message.Key)
	if view.Unread != 1 || len(view.Notes) != 1 || !slices.Equal(view.Notes[0].Mentions, []inbox.MemberID{me}) {
		t.Errorf("unread %d, notes %+v", view.Unread, view.Notes)
	}
}
