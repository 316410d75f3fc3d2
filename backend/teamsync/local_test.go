package teamsync_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// flaky is a local log that refuses to append while it is off.
type flaky struct {
	teamlog.Log
	mu  sync.Mutex
	off bool
}

func (f *flaky) set(off bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.off = off
}

func (f *flaky) Append(ctx context.Context, id string, record []byte) (teamlog.Pos, error) {
	f.mu.Lock()
	off := f.off
	f.mu.Unlock()
	if off {
		return teamlog.Pos{}, errors.New("the disk is full")
	}
	return f.Log.Append(ctx, id, record)
}

// alone is a team of one.
func alone(t *testing.T) (*desktop, *flaky) {
	t.Helper()
	d := newDesktop("ann", run.NewManual(morning))
	log := &flaky{Log: teamlog.NewMemory()}
	d.local = log
	d.start(t)
	return d, log
}

func TestANewLogBeginsWithItsMember(t *testing.T) {
	d, _ := alone(t)
	members := d.sync.Members()
	if len(members) != 1 || members[0].Name != "ann" || members[0].Role != teamlog.Admin || !members[0].Available {
		t.Fatalf("members %+v", members)
	}
	d.start(t)
	if again := d.sync.Members(); len(again) != 1 || d.sync.Name() != "Bakery" || d.sync.Membership() != teamsync.Solo {
		t.Fatalf("after a restart: %+v of %q", again, d.sync.Name())
	}
}

func TestADecisionOfATeamOfOneIsDecidedAtOnce(t *testing.T) {
	d, _ := alone(t)
	first := d.decide(t, &teamlog.Assign{Conversation: thread, To: "ann"})[0]
	if first.Pending || first.Void != teamlog.Admitted {
		t.Fatalf("outcome %+v", first)
	}
	outcomes := d.decide(t, &teamlog.Avail{On: false}, &teamlog.Assign{Conversation: "c1:other", To: "ann"})
	if outcomes[1].Void != teamlog.NotAvailable {
		t.Errorf("outcome %+v, want void: not available (R3)", outcomes[1])
	}
	before := len(d.store.Confirmed())
	d.start(t)
	if len(d.store.Confirmed()) != before || d.phase(t).Pending != 0 {
		t.Error("a restart changed something")
	}
}

func TestWhatTheLogRefusesWaitsAndIsSentOnce(t *testing.T) {
	d, log := alone(t)
	log.set(true)
	first := d.decide(t, &teamlog.Note{Conversation: thread, Text: "one"})[0]
	second := d.decide(t, &teamlog.Note{Conversation: thread, Text: "two"})[0]
	if !first.Pending || !second.Pending || d.phase(t).Pending != 2 {
		t.Fatalf("outcomes %+v %+v", first, second)
	}
	d.start(t) // a restart loses none of them
	log.set(false)
	d.exchange(t)
	wantNotes(t, d, "one", "two")
	if n := d.phase(t).Pending; n != 0 {
		t.Errorf("%d wait", n)
	}
}

// A kill between deciding and writing into the log leaves a record that waits:
// it holds as soon as the program is there again.
func TestWhatWaitsHoldsFromTheStart(t *testing.T) {
	d, log := alone(t)
	log.set(true)
	d.decide(t, &teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Name: "Info", Address: "info@bakery.example", Shared: true})
	log.set(false)
	d.start(t)
	if n := len(d.sync.Channels()); n != 1 || d.phase(t).Pending != 0 {
		t.Errorf("%d channels", n)
	}
}

func TestManyDecisionsBecomeSmallRecords(t *testing.T) {
	d, log := alone(t)
	var events []teamlog.Event
	for i := range 300 {
		events = append(events, &teamlog.Reopen{Conversation: inbox.Key(fmt.Sprintf("c1:%x", sha256.Sum256([]byte{byte(i), byte(i >> 8)})))})
	}
	if outcomes := d.decide(t, events...); len(outcomes) != len(events) {
		t.Fatalf("%d outcomes", len(outcomes))
	}
	large, all := 0, 0
	if _, err := log.Read(t.Context(), teamlog.Pos{}, func(_ teamlog.Pos, record []byte) error {
		all++
		if len(record) > teamsync.MaxRecord {
			large++
		}
		return nil
	}); err != nil || large > 0 || all < 3 {
		t.Errorf("%d of %d records are too large, %v", large, all, err)
	}
}

func TestATeammateWritesWithTheirOwnKey(t *testing.T) {
	d, _ := alone(t)
	ben, err := d.sync.Teammate(t.Context(), "m2", "Ben", "ben@example.com")
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := d.sync.DecideAs(t.Context(), ben, morning, &teamlog.Assign{Conversation: thread, To: "m2"})
	if err != nil || outcomes[0].Void != teamlog.Admitted || outcomes[0].Pending {
		t.Fatalf("%+v, %v", outcomes, err)
	}
	if all := d.store.Confirmed(); all[len(all)-1].Author != "m2" {
		t.Errorf("author %q", all[len(all)-1].Author)
	}
	d.decide(t, &teamlog.Note{Conversation: thread, Text: "after it"})
	d.start(t)
	if _, err := d.sync.Teammate(t.Context(), "m2", "Ben", "ben@example.com"); err != nil {
		t.Fatal(err)
	}
	if n := len(d.sync.Members()); n != 2 {
		t.Errorf("%d members after a restart", n)
	}
}

func TestWithoutTheKeyEverythingIsReadableAndNothingDecided(t *testing.T) {
	d, _ := alone(t)
	if err := d.secrets.Delete(t.Context(), "key"); err != nil {
		t.Fatal(err)
	}
	d.start(t)
	if len(d.sync.Members()) != 1 || len(d.phase(t).Alarms) != 1 {
		t.Error("the team is not known, or nothing is said")
	}
	if _, err := d.sync.Decide(t.Context(), &teamlog.Avail{On: false}); inbox.CodeOf(err) != inbox.Auth {
		t.Errorf("decided all the same: %v", err)
	}
}

func TestALocalLogIsFollowed(t *testing.T) {
	d := newDesktop("ann", run.NewManual(morning))
	log := teamlog.NewMemory()
	d.local = log
	d.sync = teamsync.New(d.config())
	group := run.NewGroup(t.Context())
	defer group.Stop()
	if err := d.sync.Start(t.Context(), group); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if o := d.decide(t, &teamlog.Avail{On: i%2 == 0})[0]; o.Pending {
			t.Fatalf("decision %d is pending", i)
		}
	}
}
