package storetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// Run tests a store. Open gives an empty one, which the suite does not close.
func Run(t *testing.T, open func(t *testing.T) teamsync.Store) {
	for name, test := range map[string]func(*testing.T, teamsync.Store){
		"an empty store knows nothing":                    empty,
		"own records wait in the order of making":         waits,
		"a record that comes back waits no more":          comesBack,
		"a dropped record leaves what is confirmed":       drops,
		"accepted records are kept":                       keeps,
		"applying again changes nothing":                  applyTwice,
		"a rewind replaces what stood behind":             rewinds,
		"what a rewind takes out waits again, first":      waitsAgain,
		"checkpoints are found from behind":               checkpoints,
		"records take the places of a new epoch":          renumbers,
		"histories are sorted and end where asked":        histories,
		"a snapshot stands for what is before it":         adopts,
		"settling shows what the snapshot stood for":      settles,
		"private decisions have a book of their own":      private,
		"forgetting a team leaves nothing of it":          resets,
		"settings are kept":                               settings,
		"nothing is written when the context has ended":   ended,
		"reading records may use the store in the middle": nested,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// log is a log that grows.
type log struct {
	cursor teamlog.Cursor
	all    []teamsync.StoredRecord
	said   []teamlog.Decision
}

// grow adds a record with a note about a conversation.
func (l *log) grow(id, about string) (teamsync.StoredRecord, teamlog.Decision) {
	if l.cursor.Count == 0 {
		l.cursor = teamlog.Begin("log")
	}
	record := []byte("bytes of " + id)
	n := l.cursor.Count + 1
	l.cursor = l.cursor.Accept(teamlog.Pos{Epoch: "e", N: n * 2}, record)
	r := teamsync.StoredRecord{N: n, Pos: l.cursor.Pos, ID: id, Hash: l.cursor.Hash, Record: record}
	d := note(id, about)
	d.N, d.Seen = n, n-1
	l.all, l.said = append(l.all, r), append(l.said, d)
	return r, d
}

func note(record, about string) teamlog.Decision {
	return teamlog.Decision{
		ID: teamlog.DecisionID(record, 0), Author: "ann", Device: "d", At: start,
		Event: &teamlog.Note{Conversation: inbox.Key(about), Text: "note of " + record},
	}
}

// stretch applies records n to the end.
func (l *log) stretch(from int) teamsync.Stretch {
	return teamsync.Stretch{Cursor: l.cursor, Records: slices.Clone(l.all[from:]), Decisions: slices.Clone(l.said[from:])}
}

func filled(t *testing.T, s teamsync.Store, n int) *log {
	t.Helper()
	l := &log{}
	for i := range n {
		l.grow(fmt.Sprintf("r%d", i+1), fmt.Sprintf("c1:%d", i%3))
	}
	must(t, s.Apply(t.Context(), l.stretch(0)))
	return l
}

func pending(t *testing.T, s teamsync.Store) (ids []string) {
	t.Helper()
	waiting, err := s.Pending(t.Context())
	must(t, err)
	for _, p := range waiting {
		ids = append(ids, p.ID)
	}
	return ids
}

func want[T comparable](t *testing.T, what string, got []T, want ...T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

func records(t *testing.T, s teamsync.Store, after, upTo uint64) (ids []string) {
	t.Helper()
	must(t, s.Records(t.Context(), after, upTo, func(r teamsync.StoredRecord) error {
		ids = append(ids, r.ID)
		return nil
	}))
	return ids
}

// said lists the confirmed decisions, anchor by anchor.
func said(t *testing.T, s teamsync.Store, upTo uint64) (ids []string) {
	t.Helper()
	must(t, s.Histories(t.Context(), upTo, func(anchor inbox.Key, decisions []teamlog.Decision) error {
		for _, d := range decisions {
			if teamlog.Anchor(d.Event) != anchor || d.Pending {
				t.Errorf("%s under %s: %+v", d.ID, anchor, d)
			}
			ids = append(ids, d.ID)
		}
		return nil
	}))
	return ids
}

func empty(t *testing.T, s teamsync.Store) {
	cursor, err := s.Cursor(t.Context())
	if err != nil || cursor.Count != 0 || cursor.Pos != (teamlog.Pos{}) {
		t.Fatalf("%+v, %v", cursor, err)
	}
	want(t, "waiting", pending(t, s))
	want(t, "records", records(t, s, 0, 100))
	n, err := s.HasRecord(t.Context(), "r1")
	_, known, err2 := s.HashAt(t.Context(), 1)
	_, _, ok, err3 := s.Checkpoint(t.Context(), 100)
	if n != 0 || known || ok || err != nil || err2 != nil || err3 != nil {
		t.Fatalf("%d, %v, %v; %v, %v, %v", n, known, ok, err, err2, err3)
	}
}

func add(t *testing.T, s teamsync.Store, ids ...string) {
	t.Helper()
	for _, id := range ids {
		d := note(id, "c1:0")
		d.Pending = true
		must(t, s.AddPending(t.Context(), teamsync.Pending{ID: id, Record: []byte(id), Made: start}, []teamlog.Decision{d}))
	}
}

func waits(t *testing.T, s teamsync.Store) {
	add(t, s, "z", "a", "m", "a")
	want(t, "waiting", pending(t, s), "z", "a", "m")
	waiting, err := s.Pending(t.Context())
	must(t, err)
	if string(waiting[0].Record) != "z" || waiting[0].Made.IsZero() {
		t.Errorf("%+v", waiting[0])
	}
	want(t, "confirmed", said(t, s, 100))
}

func comesBack(t *testing.T, s teamsync.Store) {
	add(t, s, "r1", "r2", "x")
	filled(t, s, 2)
	want(t, "waiting", pending(t, s), "x")
	want(t, "confirmed", said(t, s, 100), "r1.0", "r2.0")
}

func drops(t *testing.T, s teamsync.Store) {
	filled(t, s, 2)
	add(t, s, "x")
	must(t, s.DropPending(t.Context(), "x"))
	must(t, s.DropPending(t.Context(), "r1"))
	must(t, s.DropPending(t.Context(), "never"))
	want(t, "waiting", pending(t, s))
	want(t, "confirmed", said(t, s, 100), "r1.0", "r2.0")
}

func keeps(t *testing.T, s teamsync.Store) {
	l := filled(t, s, 7)
	want(t, "records", records(t, s, 2, 5), "r3", "r4", "r5")
	want(t, "records", records(t, s, 6, 1<<62), "r7")
	must(t, s.Records(t.Context(), 3, 4, func(r teamsync.StoredRecord) error {
		w := l.all[3]
		if r.N != 4 || r.Pos != w.Pos || r.Hash != w.Hash || string(r.Record) != string(w.Record) {
			t.Errorf("%+v, want %+v", r, w)
		}
		return nil
	}))
	n, err := s.HasRecord(t.Context(), "r5")
	hash, known, err2 := s.HashAt(t.Context(), 5)
	if n != 5 || err != nil || err2 != nil || !known || hash != l.all[4].Hash {
		t.Errorf("%d, %v, %v, %v", n, known, err, err2)
	}
	cursor, err := s.Cursor(t.Context())
	if err != nil || cursor.Count != 7 || cursor.Hash != l.cursor.Hash || cursor.Pos != l.cursor.Pos || cursor.Positions.Count() != 7 {
		t.Errorf("%+v, %v", cursor, err)
	}
}

func applyTwice(t *testing.T, s teamsync.Store) {
	l := filled(t, s, 4)
	must(t, s.Apply(t.Context(), l.stretch(0)))
	must(t, s.Apply(t.Context(), l.stretch(2)))
	want(t, "records", records(t, s, 0, 100), "r1", "r2", "r3", "r4")
	want(t, "confirmed", said(t, s, 100), "r1.0", "r4.0", "r2.0", "r3.0")
}

func at(n uint64) *uint64 { return &n }

func rewinds(t *testing.T, s teamsync.Store) {
	old := filled(t, s, 6)
	l := &log{}
	for i := range 3 {
		l.grow(old.all[i].ID, fmt.Sprintf("c1:%d", i%3))
	}
	l.grow("late", "c1:0")
	l.grow("r4", "c1:0")
	again := l.stretch(3)
	again.Rewind = at(3)
	must(t, s.Apply(t.Context(), again))
	want(t, "records", records(t, s, 0, 100), "r1", "r2", "r3", "late", "r4")
	want(t, "confirmed", said(t, s, 100), "r1.0", "late.0", "r4.0", "r2.0", "r3.0")
	if n, _ := s.HasRecord(t.Context(), "r6"); n != 0 {
		t.Errorf("r6 is known as %d", n)
	}
	if n, _ := s.HasRecord(t.Context(), "r4"); n != 5 {
		t.Errorf("r4 is known as %d", n)
	}
}

func waitsAgain(t *testing.T, s teamsync.Store) {
	l := filled(t, s, 4)
	add(t, s, "x")
	short := &log{}
	short.grow("r1", "c1:0")
	short.grow("r3", "c1:1")
	again := short.stretch(1)
	again.Rewind = at(1)
	for _, id := range []string{"r2", "r3"} {
		d := note(id, "c1:1")
		d.Pending = true
		again.Again = append(again.Again, teamsync.Waiting{
			Pending: teamsync.Pending{ID: id, Record: l.all[1].Record, Made: start}, Decisions: []teamlog.Decision{d},
		})
	}
	must(t, s.Apply(t.Context(), again))
	want(t, "waiting", pending(t, s), "r2", "x")
	want(t, "confirmed", said(t, s, 100), "r1.0", "r3.0")
}

func checkpoints(t *testing.T, s teamsync.Store) {
	l := &log{}
	for i := range 6 {
		l.grow(fmt.Sprintf("r%d", i+1), "c1:0")
		step := l.stretch(i)
		if i%2 == 1 {
			step.Checkpoint = []byte(fmt.Sprintf("after %d", i+1))
		}
		must(t, s.Apply(t.Context(), step))
	}
	for atMost, want := range map[uint64]string{1: "", 2: "after 2", 3: "after 2", 5: "after 4", 6: "after 6", 1 << 62: "after 6"} {
		state, n, ok, err := s.Checkpoint(t.Context(), atMost)
		must(t, err)
		if string(state) != want || ok != (want != "") || ok && n != atMost&^1 && atMost < 7 {
			t.Errorf("at most %d: %q at %d", atMost, state, n)
		}
	}
	must(t, s.Apply(t.Context(), teamsync.Stretch{Cursor: l.cursor, Rewind: at(3)}))
	if _, n, ok, _ := s.Checkpoint(t.Context(), 100); !ok || n != 2 {
		t.Errorf("after a rewind to 3 the newest is at %d", n)
	}
}

func renumbers(t *testing.T, s teamsync.Store) {
	l := filled(t, s, 3)
	cursor := l.cursor
	cursor.Pos = teamlog.Pos{Epoch: "new", N: 9}
	cursor.Positions = teamlog.Ranges{}
	cursor.Positions.Add(9)
	places := []teamlog.Pos{{Epoch: "new", N: 1}, {Epoch: "new", N: 4}, {Epoch: "new", N: 9}}
	for range 2 {
		must(t, s.Renumber(t.Context(), cursor, places))
	}
	var got []teamlog.Pos
	must(t, s.Records(t.Context(), 0, 3, func(r teamsync.StoredRecord) error {
		got = append(got, r.Pos)
		return nil
	}))
	want(t, "places", got, places...)
	if now, err := s.Cursor(t.Context()); err != nil || now.Pos != cursor.Pos || now.Count != 3 {
		t.Errorf("%+v, %v", now, err)
	}
	want(t, "confirmed", said(t, s, 100), "r1.0", "r2.0", "r3.0")
}

func histories(t *testing.T, s teamsync.Store) {
	l := &log{}
	for i, about := range []string{"c2:b", "c1:z", "c2:a", "c2:b", "c1:z"} {
		l.grow(fmt.Sprintf("r%d", i+1), about)
	}
	l.said = append(l.said, teamlog.Decision{ID: "r5.1", N: 5, Index: 1, Author: "ann", At: start, Event: &teamlog.Avail{On: true}})
	must(t, s.Apply(t.Context(), l.stretch(0)))
	add(t, s, "x")
	want(t, "all", said(t, s, 100), "r2.0", "r5.0", "r3.0", "r1.0", "r4.0")
	want(t, "up to 3", said(t, s, 3), "r2.0", "r3.0", "r1.0")
}

// snapshot is a snapshot of three records about two conversations.
func snapshot(t *testing.T, s teamsync.Store) *log {
	t.Helper()
	l := &log{}
	l.grow("r1", "c1:0")
	l.grow("r2", "c1:1")
	l.grow("r3", "c1:0")
	adopt := teamsync.Adoption{
		Cursor: l.cursor, State: []byte("state"), IDs: []string{"r2", "r3"},
		Channels: []inbox.Channel{}, Removals: map[inbox.MemberID][]uint64{},
		Histories: func(fn func(inbox.Key, []teamlog.Decision) error) error {
			if err := fn("c1:0", []teamlog.Decision{l.said[2]}); err != nil {
				return err
			}
			return fn("c1:1", []teamlog.Decision{l.said[1]})
		},
	}
	must(t, s.AdoptSnapshot(t.Context(), adopt))
	return l
}

func adopts(t *testing.T, s teamsync.Store) {
	l := snapshot(t, s)
	want(t, "confirmed", said(t, s, 100), "r3.0", "r2.0")
	want(t, "records", records(t, s, 0, 100))
	for id, n := range map[string]uint64{"r1": 0, "r2": 2, "r3": 3} {
		if got, err := s.HasRecord(t.Context(), id); got != n || err != nil {
			t.Errorf("%s is known as %d, %v", id, got, err)
		}
	}
	if hash, known, err := s.HashAt(t.Context(), 3); !known || hash != l.cursor.Hash || err != nil {
		t.Errorf("the snapshot's own hash: %v, %v", known, err)
	}
	state, n, ok, err := s.Checkpoint(t.Context(), 10)
	if string(state) != "state" || n != 3 || !ok || err != nil {
		t.Errorf("checkpoint %q at %d, %v", state, n, err)
	}
	l.grow("r4", "c1:1")
	must(t, s.Apply(t.Context(), l.stretch(3)))
	want(t, "with the tail", said(t, s, 100), "r3.0", "r2.0", "r4.0")
}

func settles(t *testing.T, s teamsync.Store) {
	l := snapshot(t, s)
	l.grow("r4", "c1:1")
	must(t, s.Apply(t.Context(), l.stretch(3)))
	for range 2 {
		must(t, s.Backfill(t.Context(), l.all[:3], l.said[:3]))
	}
	want(t, "before", said(t, s, 100), "r3.0", "r2.0", "r4.0")
	must(t, s.Settle(t.Context()))
	want(t, "after", said(t, s, 100), "r1.0", "r3.0", "r2.0", "r4.0")
	want(t, "records", records(t, s, 0, 100), "r1", "r2", "r3", "r4")
}

func private(t *testing.T, s teamsync.Store) {
	filled(t, s, 2)
	for i, about := range []string{"p1:a", "p2:a", "p1:b"} {
		d := note(fmt.Sprintf("private%d", i), about)
		must(t, s.AddPrivate(t.Context(), []teamlog.Decision{d}))
		must(t, s.AddPrivate(t.Context(), []teamlog.Decision{d}))
	}
	decisions, err := s.PrivateDecisions(t.Context(), "p1")
	must(t, err)
	if len(decisions) != 2 || decisions[0].ID != "private0.0" || decisions[1].ID != "private2.0" || decisions[1].N <= decisions[0].N ||
		decisions[1].Seen != decisions[1].N-1 || decisions[0].Pending {
		t.Errorf("%+v", decisions)
	}
	want(t, "the team's", said(t, s, 100), "r1.0", "r2.0")
	must(t, s.Apply(t.Context(), teamsync.Stretch{Cursor: teamlog.Begin("log"), Rewind: at(0)}))
	if left, err := s.PrivateDecisions(t.Context(), "p1"); err != nil || len(left) != 2 {
		t.Errorf("a rewind took private decisions: %d left, %v", len(left), err)
	}
	must(t, s.DropPrivate(t.Context(), "p1"))
	one, err := s.PrivateDecisions(t.Context(), "p1")
	two, err2 := s.PrivateDecisions(t.Context(), "p2")
	if len(one) != 0 || len(two) != 1 || err != nil || err2 != nil {
		t.Errorf("%d and %d left, %v, %v", len(one), len(two), err, err2)
	}
}

func resets(t *testing.T, s teamsync.Store) {
	filled(t, s, 3)
	add(t, s, "x")
	must(t, s.ResetTeam(t.Context()))
	empty(t, s)
	want(t, "confirmed", said(t, s, 100))
	filled(t, s, 2)
	want(t, "records", records(t, s, 0, 100), "r1", "r2")
}

func settings(t *testing.T, s teamsync.Store) {
	for _, value := range []string{"", "one", "two", ""} {
		must(t, s.SetSetting(t.Context(), "key", value))
		if got, err := s.Setting(t.Context(), "key"); got != value || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	must(t, s.SetMe(t.Context(), "ben"))
}

func ended(t *testing.T, s teamsync.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l := &log{}
	l.grow("r1", "c1:0")
	if err := s.Apply(ctx, l.stretch(0)); err == nil {
		t.Error("applied")
	}
	if err := s.AddPending(ctx, teamsync.Pending{ID: "x", Record: []byte("x")}, nil); err == nil {
		t.Error("added")
	}
	want(t, "waiting", pending(t, s))
	want(t, "records", records(t, s, 0, 10))
}

func nested(t *testing.T, s teamsync.Store) {
	filled(t, s, 3)
	seen := 0
	must(t, s.Records(t.Context(), 0, 3, func(r teamsync.StoredRecord) error {
		hash, known, err := s.HashAt(t.Context(), r.N)
		if !known || hash == [sha256.Size]byte{} {
			t.Errorf("record %d has no hash", r.N)
		}
		seen++
		return err
	}))
	if seen != 3 {
		t.Errorf("%d records", seen)
	}
}
