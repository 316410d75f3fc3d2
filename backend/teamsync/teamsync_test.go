package teamsync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/teamlog"
)

// memoryStore is the cache as far as teamsync sees it.
type memoryStore struct {
	mu      sync.Mutex
	pending []Pending
	applied []teamlog.Decision
	cursor  teamlog.Cursor
	last    Stretch
}

func (m *memoryStore) AddPending(_ context.Context, p Pending, _ []teamlog.Decision) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pending = append(m.pending, p)
	return nil
}

func (m *memoryStore) Pending(context.Context) ([]Pending, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.pending), nil
}

func (m *memoryStore) Apply(_ context.Context, s Stretch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pending = slices.DeleteFunc(m.pending, func(p Pending) bool { return slices.Contains(s.Records, p.ID) })
	m.applied = append(m.applied, s.Decisions...)
	m.cursor, m.last = s.Cursor, s
	return nil
}

func (m *memoryStore) Cursor(context.Context) (teamlog.Cursor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursor, nil
}

// memorySecrets is used by one goroutine at a time.
type memorySecrets map[string]string

func (m memorySecrets) Get(_ context.Context, name string) (string, error) {
	if value, ok := m[name]; ok {
		return value, nil
	}
	return "", inbox.Errorf(inbox.NotFound, "no secret %q", name)
}

func (m memorySecrets) Set(_ context.Context, name, value string) error {
	m[name] = value
	return nil
}

func (m memorySecrets) Delete(_ context.Context, name string) error {
	delete(m, name)
	return nil
}

// flakyLog refuses to append while it is off.
type flakyLog struct {
	teamlog.Log
	mu  sync.Mutex
	off bool
}

func (f *flakyLog) set(off bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.off = off
}

func (f *flakyLog) Append(ctx context.Context, id string, record []byte) (teamlog.Pos, error) {
	f.mu.Lock()
	off := f.off
	f.mu.Unlock()
	if off {
		return teamlog.Pos{}, errors.New("no network")
	}
	return f.Log.Append(ctx, id, record)
}

type world struct {
	log     *flakyLog
	store   *memoryStore
	secrets memorySecrets
	clock   *run.Manual
	sync    *Sync
	group   *run.Group
}

func newWorld(t *testing.T) *world {
	w := &world{
		log: &flakyLog{Log: teamlog.NewMemory()}, store: &memoryStore{}, secrets: memorySecrets{},
		clock: run.NewManual(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)),
	}
	w.start(t)
	return w
}

func (w *world) start(t *testing.T) {
	t.Helper()
	w.sync = New(Config{
		Log: w.log, Store: w.store, Secrets: w.secrets, KeyName: "key", Clock: w.clock, Me: "m1", Team: "Bakery", Name: "Ann",
	})
	group := run.NewGroup(t.Context())
	w.group = group
	t.Cleanup(group.Stop)
	if err := w.sync.Start(t.Context(), group); err != nil {
		t.Fatal(err)
	}
}

func (w *world) restart(t *testing.T) {
	t.Helper()
	w.group.Stop()
	w.start(t)
}

func (w *world) decide(t *testing.T, events ...teamlog.Event) []Outcome {
	t.Helper()
	outcomes, err := w.sync.Decide(t.Context(), events...)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

const conversation = inbox.Key("c1:first")

func TestANewLogBeginsWithItsMember(t *testing.T) {
	w := newWorld(t)
	members := w.sync.Members()
	if len(members) != 1 || members[0].Name != "Ann" || members[0].Role != teamlog.Admin || !members[0].Available {
		t.Fatalf("members %+v", members)
	}
	w.restart(t)
	if again := w.sync.Members(); len(again) != 1 || w.sync.Name() != "Bakery" {
		t.Fatalf("after a restart: %+v of %q", again, w.sync.Name())
	}
}

func TestADecisionReachesTheLogAndComesBack(t *testing.T) {
	w := newWorld(t)
	outcome := w.decide(t, &teamlog.Assign{Conversation: conversation, To: "m1"})[0]
	if outcome.Pending || outcome.Void != teamlog.Admitted {
		t.Fatalf("outcome %+v", outcome)
	}
	if last := w.store.applied[len(w.store.applied)-1]; last.ID != outcome.ID || last.Author != "m1" {
		t.Errorf("applied %+v", last)
	}
	if len(w.store.pending) != 0 {
		t.Error("it still waits")
	}
	before := len(w.store.applied)
	w.restart(t)
	if len(w.store.applied) != before {
		t.Error("a restart applied it again")
	}
}

func TestAVoidDecisionTellsItsAuthor(t *testing.T) {
	w := newWorld(t)
	w.decide(t, &teamlog.Avail{On: false})
	outcome := w.decide(t, &teamlog.Assign{Conversation: conversation, To: "m1"})[0]
	if outcome.Void != teamlog.NotAvailable {
		t.Errorf("outcome %+v, want void: not available (R3)", outcome)
	}
}

func TestWhatTheLogRefusesWaitsAndIsSentOnce(t *testing.T) {
	w := newWorld(t)
	w.log.set(true)
	first := w.decide(t, &teamlog.Note{Conversation: conversation, Text: "one"})[0]
	second := w.decide(t, &teamlog.Note{Conversation: conversation, Text: "two"})[0]
	if !first.Pending || !second.Pending || len(w.store.pending) != 2 {
		t.Fatalf("outcomes %+v %+v, waiting %d", first, second, len(w.store.pending))
	}
	w.restart(t) // a restart loses none of them
	w.log.set(false)
	if err := w.sync.exchange(t.Context()); err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, d := range w.store.applied {
		if note, ok := d.Event.(*teamlog.Note); ok {
			notes = append(notes, note.Text)
		}
	}
	if fmt.Sprint(notes) != "[one two]" || len(w.store.pending) != 0 {
		t.Errorf("notes %v, waiting %d", notes, len(w.store.pending))
	}
}

func TestManyDecisionsBecomeSmallRecords(t *testing.T) {
	w := newWorld(t)
	var events []teamlog.Event
	for i := range 300 {
		events = append(events, &teamlog.Reopen{Conversation: inbox.Key(fmt.Sprintf("c1:%x", i*7919*104729))})
	}
	if outcomes := w.decide(t, events...); len(outcomes) != len(events) {
		t.Fatalf("%d outcomes", len(outcomes))
	}
	large := 0
	if _, err := w.log.Read(t.Context(), teamlog.Pos{}, func(_ teamlog.Pos, record []byte) error {
		if len(record) > maxRecord {
			large++
		}
		return nil
	}); err != nil || large > 0 {
		t.Errorf("%d records are too large, %v", large, err)
	}
}

func TestATeammateWritesWithTheirOwnKey(t *testing.T) {
	w := newWorld(t)
	ben, err := w.sync.Teammate(t.Context(), "m2", "Ben", "ben@example.com")
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := w.sync.DecideAs(t.Context(), ben, w.clock.Now(), &teamlog.Assign{Conversation: conversation, To: "m2"})
	if err != nil || outcomes[0].Void != teamlog.Admitted {
		t.Fatalf("%+v, %v", outcomes, err)
	}
	if last := w.store.applied[len(w.store.applied)-1]; last.Author != "m2" {
		t.Errorf("author %q", last.Author)
	}
	w.restart(t)
	if _, err := w.sync.Teammate(t.Context(), "m2", "Ben", "ben@example.com"); err != nil {
		t.Fatal(err)
	}
	if n := len(w.sync.Members()); n != 2 {
		t.Errorf("%d members after a restart", n)
	}
}

func TestStrangersAndRubbishAreIgnored(t *testing.T) {
	w := newWorld(t)
	before := w.sync.cursor.Count
	stranger := New(Config{Log: teamlog.NewMemory(), Store: &memoryStore{}, Secrets: memorySecrets{}, KeyName: "key", Clock: w.clock, Me: "x"})
	if err := stranger.Start(t.Context(), run.NewGroup(t.Context())); err != nil {
		t.Fatal(err)
	}
	stranger.team.LogID = w.sync.team.LogID
	forged, _, err := stranger.seal(stranger.me, w.clock.Now(), []teamlog.Event{&teamlog.MemberUpdate{Name: "Mallory"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range [][]byte{[]byte("rubbish"), nil, forged.Bytes} {
		if _, err := w.log.Append(t.Context(), "x", record); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.sync.exchange(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.sync.cursor.Count != before || w.sync.Members()[0].Name != "Ann" {
		t.Error("a record that nobody of the team signed was accepted")
	}
}

func TestWithoutTheKeyEverythingIsReadableAndNothingDecided(t *testing.T) {
	w := newWorld(t)
	if err := w.secrets.Delete(t.Context(), "key"); err != nil {
		t.Fatal(err)
	}
	w.restart(t)
	if len(w.sync.Members()) != 1 {
		t.Error("the team is not known")
	}
	if _, err := w.sync.Decide(t.Context(), &teamlog.Avail{On: false}); inbox.CodeOf(err) != inbox.Auth {
		t.Errorf("decided all the same: %v", err)
	}
}

// A kill between deciding and writing into the log leaves a record that waits:
// it holds as soon as the program is there again.
func TestWhatWaitsHoldsFromTheStart(t *testing.T) {
	w := newWorld(t)
	w.log.set(true)
	w.decide(t, &teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Name: "Info", Address: "info@bakery.example", Shared: true})
	w.group.Stop()
	w.log.set(false)
	w.start(t)
	if n := len(w.sync.Channels()); n != 1 || len(w.store.pending) != 0 {
		t.Errorf("%d channels, waiting %d", n, len(w.store.pending))
	}
}
