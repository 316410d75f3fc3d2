package app

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/keyring"
	"postvak/backend/run"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// sharedLog is a log in memory that several desktops reach, as a mailbox.
type sharedLog struct{ *teamlog.Memory }

func (sharedLog) Remote() {}

type cachedDesktop struct {
	t    *testing.T
	keys *keyring.Memory
	db   *sqlite.DB
	sync *teamsync.Sync
}

func newCachedDesktop(t *testing.T, name string, engine teamlog.Log, clock run.Clock) *cachedDesktop {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Me: inbox.MemberID(name)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d := &cachedDesktop{t: t, keys: keyring.NewMemory(), db: db}
	d.sync = teamsync.New(teamsync.Config{
		Log: engine, Store: teamStore{&App{db: db, hub: newHub(run.System), log: slog.New(slog.DiscardHandler)}},
		Secrets: d.keys, KeyName: "key", Clock: clock, Me: inbox.MemberID(name), Team: "Bakery", Name: name, Email: name + "@example.com",
	})
	group := run.NewGroup(t.Context())
	t.Cleanup(group.Stop)
	if err := d.sync.Start(t.Context(), group); err != nil {
		t.Fatal(err)
	}
	return d
}

// state waits until the log's state is as it should be.
func (d *cachedDesktop) state(what string, is func(teamsync.State) bool) teamsync.State {
	d.t.Helper()
	late, cancel := context.WithTimeout(d.t.Context(), 2*time.Minute)
	defer cancel()
	for {
		state, err := d.sync.State(d.t.Context())
		if err != nil {
			d.t.Fatal(err)
		}
		if is(state) {
			return state
		}
		select {
		case <-time.After(5 * time.Millisecond): // it is looked at, not waited for
		case <-late.Done():
			d.t.Fatalf("in vain: %s: %+v", what, state)
		}
	}
}

// The caches of two desktops make the same snapshot of a log: a newcomer begins
// with the one that an admin's desktop wrote, and finds it right when the past
// was read.
func TestANewcomersCacheBeginsWithASnapshot(t *testing.T) {
	const records = 5200
	clock := run.NewManual(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	shared := sharedLog{teamlog.NewMemory()}
	ann := newCachedDesktop(t, "ann", teamlog.NewMemory(), clock)
	if err := ann.sync.Switch(t.Context(), shared); err != nil {
		t.Fatal(err)
	}
	ann.state("the move", func(s teamsync.State) bool { return s.Phase == teamsync.PhaseOK && s.Position.N > 0 })
	fillLog(t, ann, shared, records, clock.Now())
	ann.state("the log", func(s teamsync.State) bool { return s.Count > records+2 && s.Pending == 0 }) // with a snapshot's parts
	ben := newCachedDesktop(t, "ben", teamlog.NewMemory(), clock)
	if _, err := ben.sync.Join(t.Context(), shared, teamsync.Joining{Name: "ben", Email: "ben@example.com"}); err != nil {
		t.Fatal(err)
	}
	if _, here, err := ben.db.HashAt(t.Context(), 1); err != nil || here {
		t.Errorf("the past was read before anything else, %v", err)
	}
	ann.state("ben's request", func(teamsync.State) bool { return len(ann.sync.Requests()) == 1 })
	if err := ann.sync.Approve(t.Context(), "ben", ""); err != nil {
		t.Fatal(err)
	}
	ben.state("the past", func(s teamsync.State) bool { return s.CheckedUpTo == s.Count && s.Count > records })
	if _, here, err := ben.db.HashAt(t.Context(), 1); err != nil || !here {
		t.Errorf("the past is not here, %v", err)
	}
	found, err := ben.sync.Findings(t.Context())
	for _, f := range found {
		if f.Kind == teamlog.SnapshotWrong {
			t.Errorf("a right snapshot is doubted: %+v", f)
		}
	}
	if err != nil || ben.sync.Membership() != teamsync.Active {
		t.Errorf("%s, %v", ben.sync.Membership(), err)
	}
}

// fillLog appends what a member's desktop would have written in a year.
func fillLog(t *testing.T, d *cachedDesktop, engine teamlog.Log, records int, at time.Time) {
	t.Helper()
	text, err := d.keys.Get(t.Context(), "key")
	if err != nil {
		t.Fatal(err)
	}
	seed, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed(seed)
	for i := range records {
		c := inbox.Key(fmt.Sprintf("c1:thread-%d", i%300))
		events := []teamlog.Event{
			&teamlog.Note{Conversation: c, Text: fmt.Sprint("note ", i)},
			&teamlog.Read{Conversation: c, UpTo: at.Add(time.Duration(i) * time.Minute)},
			&teamlog.Assign{Conversation: c, To: "ann"},
			&teamlog.Close{Conversation: c, Covers: []inbox.Key{c}},
			&teamlog.Delete{Conversation: c, Covers: []inbox.Key{c}},
		}
		record, err := teamlog.Seal(teamlog.Envelope{
			Log: d.sync.LogID(), Device: teamlog.DeviceID(key.Public().(ed25519.PublicKey)), Seq: uint64(i + 2),
			At: at, Events: events[i%4 : i%4+2-i%2],
		}, key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := engine.Append(t.Context(), record.ID, record.Bytes); err != nil {
			t.Fatal(err)
		}
	}
}
