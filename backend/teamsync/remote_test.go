package teamsync_test

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func TestATeamOfOneMovesIntoAMailbox(t *testing.T) {
	m := newTeam(t, "ann", "ben", "carol")
	m.settle(t)
	m.equal(t)
	m.once(t)
	for _, d := range m.desktops {
		if len(d.sync.Members()) != 3 || d.sync.Membership() != teamsync.Active || d.sync.Name() != "Bakery" {
			t.Errorf("%s: %s of %d members of %q", d.name, d.sync.Membership(), len(d.sync.Members()), d.sync.Name())
		}
	}
}

func TestADecisionIsShownAtOnceAndGoesOutLater(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ben := m.desktops[1]
	ben.client.offline = true
	outcome := ben.decide(t, &teamlog.Assign{Conversation: thread, To: "ben"})[0]
	if !outcome.Pending || len(ben.store.Shown(thread)) != 1 {
		t.Fatalf("outcome %+v, %d shown", outcome, len(ben.store.Shown(thread)))
	}
	if err := ben.sync.Exchange(t.Context()); !errors.Is(err, errOffline) || ben.phase(t).Phase != teamsync.PhaseOffline {
		t.Errorf("%v, %+v", err, ben.phase(t))
	}
	ben.client.offline = false
	m.settle(t)
	m.equal(t)
	m.once(t)
}

func TestLostRepliesAndDoublesCountOnce(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	ben.client.noReply, ben.client.double, ben.client.refuse = 2, 3, 0
	ben.note(t, "one")
	ben.note(t, "two")
	ann.client.refuse = 2
	ann.note(t, "three")
	for range 6 {
		_ = ann.sync.Exchange(t.Context())
		_ = ben.sync.Exchange(t.Context())
	}
	m.settle(t)
	m.equal(t)
	m.once(t)
	wantNotes(t, ann, ben.notes()...)
	if len(ann.notes()) != 3 {
		t.Errorf("notes %v", ann.notes())
	}
}

func TestTheNextGoesOutWhenTheOneBeforeWasReadBack(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ben := m.desktops[1]
	ben.client.delay = 1 // acknowledged, and not there yet
	ben.note(t, "one")
	ben.note(t, "two")
	before := len(m.server.records)
	ben.exchange(t)
	ben.exchange(t)
	if n := len(m.server.records) - before; n != 1 {
		t.Fatalf("%d records were appended before the first one came back", n)
	}
	m.clock.Advance(3 * time.Minute) // nobody sees it: appended again
	ben.exchange(t)
	wantNotes(t, ben, "one", "two")
	m.server.change(func() { show(m.server) }) // it turns up late, in front of its double
	m.settle(t)
	m.equal(t)
	m.once(t)
}

func show(v *server) {
	for i := range v.records {
		v.records[i].hidden = false
	}
}

func TestARecordThatTurnsUpLateCountsInItsPlace(t *testing.T) {
	m := newTeam(t, "ann", "ben", "carol")
	ann, ben, carol := m.desktops[0], m.desktops[1], m.desktops[2]
	ann.client.delay = 1
	ann.decide(t, &teamlog.Assign{Conversation: thread, To: "ann"})
	ann.exchange(t)
	ben.decide(t, &teamlog.Assign{Conversation: thread, To: "ben"})
	ben.exchange(t)
	carol.exchange(t)
	if state := carol.store.Conversations()[thread]; state.Assignee != "ben" {
		t.Fatalf("assigned to %q", state.Assignee)
	}
	m.server.change(func() { show(m.server) })
	m.settle(t)
	m.equal(t)
	m.once(t)
	if state := carol.store.Conversations()[thread]; state.Assignee != "ann" {
		t.Errorf("assigned to %q, want the one that stands first", state.Assignee)
	}
}

func TestAHangingServerHoldsNobodyUp(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ben := m.desktops[1]
	hang := make(chan struct{})
	ben.client.set(func(c *client) { c.hang = hang })
	group := run.NewGroup(t.Context())
	ben.sync = teamsync.New(ben.config())
	if err := ben.sync.Start(t.Context(), group); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two", "three"} {
		ben.note(t, text)
	}
	if n := ben.phase(t).Pending; n < 3 {
		t.Errorf("%d wait", n)
	}
	ben.sync.Wake()
	group.Stop() // ends although the server never answers
	ben.client.set(func(c *client) { c.hang = nil })
	ben.start(t)
	m.settle(t)
	m.equal(t)
	m.once(t)
}

func TestDecidingNowWaitsForTheLog(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ben := m.desktops[1]
	group := run.NewGroup(t.Context())
	defer group.Stop()
	ben.sync = teamsync.New(ben.config())
	if err := ben.sync.Start(t.Context(), group); err != nil {
		t.Fatal(err)
	}
	outcomes, err := ben.sync.DecideNow(t.Context(), &teamlog.Avail{On: false}, &teamlog.Assign{Conversation: thread, To: "ben"})
	if err != nil || outcomes[0].Pending || outcomes[0].Void != teamlog.Admitted || outcomes[1].Void != teamlog.NotAvailable {
		t.Errorf("%+v, %v", outcomes, err)
	}
	ben.client.set(func(c *client) { c.offline = true })
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ben.sync.DecideNow(ended, &teamlog.Avail{On: true}); err == nil {
		t.Error("it did not wait")
	}
}

func TestWhatIsOldAsksBeforeItGoesOut(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ben := m.desktops[1]
	ben.client.offline = true
	ben.note(t, "last week")
	m.clock.Advance(8 * 24 * time.Hour)
	ben.note(t, "today")
	ben.client.offline = false
	ben.exchange(t)
	if s := ben.phase(t); s.Pending != 2 || s.Phase != teamsync.PhasePaused || len(s.Alarms) != 1 {
		t.Fatalf("%+v", s)
	}
	ben.sync.Resume()
	ben.exchange(t)
	if s := ben.phase(t); s.Pending != 0 || s.Phase != teamsync.PhaseOK || len(s.Alarms) != 0 {
		t.Errorf("%+v", s)
	}
	m.settle(t)
	m.equal(t)
}

func TestNobodyDecidesBeforeBeingLetInNorAfterLeaving(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	carol := m.ask(t, "carol")
	if got := carol.sync.Membership(); got != teamsync.Newcomer {
		t.Errorf("membership %q", got)
	}
	if _, err := carol.sync.Decide(t.Context(), &teamlog.Avail{}); inbox.CodeOf(err) != inbox.Forbidden {
		t.Errorf("a newcomer decided: %v", err)
	}
	ann, ben := m.desktops[0], m.desktops[1]
	ben.client.offline = true
	ben.note(t, "written offline")
	ann.exchange(t)
	ann.decide(t, &teamlog.MemberRemove{Member: "ben"})
	ann.exchange(t)
	ben.client.offline = false
	ben.exchange(t)
	if got := ben.sync.Membership(); got != teamsync.Removed {
		t.Errorf("membership %q", got)
	}
	if _, err := ben.sync.Decide(t.Context(), &teamlog.Avail{}); inbox.CodeOf(err) != inbox.Forbidden {
		t.Errorf("a removed member decided: %v", err)
	}
	ann.exchange(t)
	wantNotes(t, ann)
}

func TestANewerCriticalEventMakesReadOnly(t *testing.T) {
	m := newTeam(t, "ben", "ann")
	ann, ben := m.desktops[1], m.desktops[0] // only an admin's counts
	newer := &teamlog.Unknown{Name: "from.the.future", Critical: true, Raw: []byte(`{"t":"from.the.future","crit":true}`)}
	_, cursor := ben.sync.StateBytes()
	record, err := ben.sync.Seal(teamlog.Envelope{Log: ben.sync.LogID(), Seq: 9, At: morning, Events: []teamlog.Event{newer}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ben.client.Append(t.Context(), record.ID, record.Bytes); err != nil {
		t.Fatal(err)
	}
	ann.exchange(t)
	if _, got := ann.sync.StateBytes(); got.Count != cursor.Count {
		t.Errorf("%d records, want it to stop at %d", got.Count, cursor.Count)
	}
	s := ann.phase(t)
	if s.Phase != teamsync.PhaseReadOnly || len(s.Alarms) != 1 {
		t.Errorf("%+v", s)
	}
	found, err := ann.sync.Findings(t.Context())
	found = slices.DeleteFunc(found, func(f teamlog.Finding) bool { return f.Kind != teamlog.Critical })
	if err != nil || len(found) != 1 || found[0].Count != 1 || found[0].Member != "ben" {
		t.Errorf("findings %+v, %v; want one, and whose it is", found, err)
	}
	if _, err := ann.sync.Decide(t.Context(), &teamlog.Avail{}); inbox.CodeOf(err) != inbox.Unavailable {
		t.Errorf("it decided: %v", err)
	}
}

func TestARestartDoesNotReplay(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann := m.desktops[0]
	for i := range 1200 {
		ann.decide(t, &teamlog.Avail{On: i%2 == 0})
	}
	m.settle(t)
	state, n, ok, err := ann.store.Checkpoint(t.Context(), 1<<62)
	if err != nil || !ok || n < 1000 || len(state) == 0 {
		t.Fatalf("checkpoint at %d, %v, %v", n, ok, err)
	}
	before := ann.state()
	ann.client.offline = true
	ann.start(t)
	if ann.state() != before {
		t.Error("the state after a restart without a network is another")
	}
	m.equal(t)
}
