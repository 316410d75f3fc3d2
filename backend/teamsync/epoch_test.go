package teamsync_test

import (
	"fmt"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// decideEverywhere makes each desktop write a note, in the log and waiting.
func (m *team) decideEverywhere(t tester) {
	t.Helper()
	for _, d := range m.desktops {
		d.note(t, d.name+" in the log")
	}
	m.settle(t)
	for _, d := range m.desktops {
		d.note(t, d.name+" waiting")
	}
}

// A folder that is renumbered, restored, emptied, lost or made anew while three
// desktops have decisions that wait: all survive, once (invariant 17).
func TestWhatWaitsSurvivesANewEpochOnce(t *testing.T) {
	for name, happens := range map[string]func(*server){
		"renumbered":        func(v *server) { v.renumber() },
		"an old backup":     func(v *server) { v.restore(len(v.records) - 4) },
		"emptied":           func(v *server) { v.restore(0); v.next = 1 },
		"emptied, new name": func(v *server) { v.epoch++; v.restore(0) },
		"deleted":           func(v *server) { v.missing = true },
		"old and new name":  func(v *server) { v.restore(len(v.records) - 2); v.renumber() },
	} {
		t.Run(name, func(t *testing.T) {
			m := newTeam(t, "ann", "ben", "carol")
			m.decideEverywhere(t)
			m.server.change(func() { happens(m.server) })
			m.settle(t)
			m.equal(t)
			m.once(t)
			for _, d := range m.desktops {
				if s := d.phase(t); s.Phase != teamsync.PhaseOK || len(d.notes()) != 6 {
					t.Errorf("%s: %+v, notes %v", d.name, s, d.notes())
				}
			}
			newcomer := m.join(t, "dave") // the log is whole from its genesis on
			m.settle(t)
			m.equal(t)
			if len(newcomer.notes()) != 6 {
				t.Errorf("a newcomer sees %v", newcomer.notes())
			}
		})
	}
}

// Desktops that go on writing into an old backup, before the writer of genesis
// sees it: nothing of theirs is lost either.
func TestARestoredFolderThatOthersWroteInto(t *testing.T) {
	m := newTeam(t, "ann", "ben", "carol")
	m.decideEverywhere(t)
	m.settle(t)
	carol := m.desktops[2]
	m.server.change(func() { m.server.restore(len(m.server.records) - 3) })
	late := m.ask(t, "dave") // the others do not hear of it
	carol.note(t, "after the backup")
	m.settle(t)
	m.equal(t)
	m.once(t)
	if got := late.sync.Membership(); got != teamsync.Newcomer {
		t.Errorf("dave is %q", got)
	}
}

func TestOnlyTheWriterOfGenesisRepairsByItself(t *testing.T) {
	m := newTeam(t, "ann", "ben", "carol")
	ann, ben, carol := m.desktops[0], m.desktops[1], m.desktops[2]
	ann.decide(t, &teamlog.MemberRole{Member: "ben", Role: teamlog.Admin, Was: teamlog.Person})
	m.settle(t)
	m.server.change(func() { m.server.missing = true })
	ben.note(t, "while it is gone")
	for range 3 {
		ben.exchange(t)
		carol.exchange(t)
	}
	if s := ben.phase(t); s.Phase != teamsync.PhaseWaiting || s.Pending != 1 || s.Reason == "" {
		t.Fatalf("%+v", s)
	}
	if err := carol.sync.Repair(t.Context(), false); inbox.CodeOf(err) != inbox.Forbidden {
		t.Errorf("a member repaired: %v", err)
	}
	if err := ben.sync.Repair(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	m.settle(t)
	m.equal(t)
	m.once(t)
	if s := carol.phase(t); s.Phase != teamsync.PhaseOK {
		t.Errorf("%+v", s)
	}
}

func TestAFolderIsFilledAnew(t *testing.T) {
	for _, fresh := range []bool{true, false} {
		t.Run(fmt.Sprintf("fresh %v", fresh), func(t *testing.T) { filledAnew(t, fresh) })
	}
}

// A hole makes a folder anew whether an admin asks for that or not.
func filledAnew(t *testing.T, fresh bool) {
	m := newTeam(t, "ann", "ben")
	m.decideEverywhere(t)
	m.settle(t)
	ann := m.desktops[0]
	m.server.change(func() { m.server.records = append(m.server.records[:3], m.server.records[4:]...) }) // a hole
	ann.sync.Report(teamlog.Finding{Kind: teamlog.Vanished, Detail: "4"})
	if alarms := ann.phase(t).Alarms; len(alarms) != 1 {
		t.Errorf("before: %q", alarms)
	}
	if err := ann.sync.Repair(t.Context(), fresh); err != nil {
		t.Fatal(err)
	}
	m.settle(t)
	if alarms := ann.phase(t).Alarms; len(alarms) != 0 {
		t.Errorf("after: %q", alarms)
	}
	m.equal(t)
	m.once(t)
	if len(m.server.set) != 1 {
		t.Errorf("%d folders were set aside", len(m.server.set))
	}
	dave := m.join(t, "dave")
	if len(dave.notes()) != 4 {
		t.Errorf("a newcomer sees %v", dave.notes())
	}
}

// Two desktops of the member who began the log, and an admin: all repair at
// once, in turns of one append.
func TestTwoRepairAtOnce(t *testing.T) {
	m := newTeam(t, "ann", "ben", "carol")
	ann, ben := m.desktops[0], m.desktops[1]
	ann.decide(t, &teamlog.MemberRole{Member: "ben", Role: teamlog.Admin, Was: teamlog.Person})
	m.decideEverywhere(t)
	m.settle(t)
	for _, fresh := range []bool{false, true} {
		m.server.change(func() { m.server.restore(4); m.server.epoch++ })
		done := make(chan error, 2)
		for _, d := range []*desktop{ann, ben} {
			d.note(t, "repairing")
			go func() { done <- d.sync.Repair(t.Context(), fresh) }()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Log(err) // one of them may find the folder changing under it
			}
		}
		m.settle(t)
		m.equal(t)
		m.once(t)
	}
}

// The folder holds something else: another team's log, and what people put
// into it.
func TestAFolderWithSomethingElse(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	m.decideEverywhere(t)
	m.settle(t)
	other := newTeam(t, "eve", "mallory")
	other.decideEverywhere(t)
	m.server.change(func() {
		m.server.epoch++
		m.server.records, m.server.next = nil, 1
		for i, r := range other.server.records {
			m.server.add("", []byte(fmt.Sprintf("rubbish %d", i)), false)
			m.server.add("", r.bytes, false)
		}
	})
	m.settle(t)
	m.equal(t)
	m.once(t)
	if len(m.desktops[1].sync.Members()) != 2 {
		t.Errorf("members %+v", m.desktops[1].sync.Members())
	}
}

func TestAnotherPasswordIsNoOtherLog(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ben := m.desktops[1]
	before := ben.state()
	old := ben.client
	ben.client = &client{server: m.server, known: old.known}
	if err := ben.sync.Switch(t.Context(), ben.client); err != nil {
		t.Fatal(err)
	}
	ben.note(t, "with another password")
	m.settle(t)
	m.equal(t)
	m.once(t)
	if !old.closed || ben.state() == before || len(m.server.records) > 12 {
		t.Errorf("closed %v, %d records", old.closed, len(m.server.records))
	}
}

func TestAMailboxThatCannotBeReadIsNotSwitchedTo(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ben := m.desktops[1]
	broken := &client{server: newServer(), known: func() teamsync.Known { return teamsync.Known{} }, offline: true}
	if err := ben.sync.Switch(t.Context(), broken); err == nil {
		t.Fatal("switched to a mailbox that cannot be reached")
	}
	ben.note(t, "as before")
	m.settle(t)
	m.equal(t)
	m.once(t)
}

// A member cannot pass off a shortened log as a repaired one.
func TestAMembersEpochRecordRepairsNothing(t *testing.T) {
	m := newTeam(t, "ann", "ben", "carol")
	m.decideEverywhere(t)
	m.settle(t)
	ben, carol := m.desktops[1], m.desktops[2]
	_, cursor := ben.sync.StateBytes()
	m.server.change(func() { m.server.restore(len(m.server.records) - 3); m.server.epoch++ })
	record, err := ben.sync.Seal(teamlog.Envelope{
		Log: ben.sync.LogID(), Seq: 99, Base: cursor.Base(), At: morning, Events: []teamlog.Event{&teamlog.Epoch{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m.server.change(func() { m.server.add("", record.Bytes, false) })
	carol.exchange(t)
	if s := carol.phase(t); s.Phase != teamsync.PhaseWaiting {
		t.Errorf("%+v", s)
	}
	m.settle(t)
	m.equal(t)
	m.once(t)
}

// While a desktop waits for a repair, the folder is exchanged once more, under
// the numbers that it had.
func TestAFolderIsExchangedWhileItIsHeld(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	for range 4 {
		ann.note(t, "a note")
	}
	m.settle(t)
	m.server.change(func() { m.server.epoch++; m.server.restore(len(m.server.records) - 1) })
	ben.exchange(t)
	if s := ben.phase(t); s.Phase != teamsync.PhaseWaiting {
		t.Fatalf("%+v", s)
	}
	m.server.change(func() {
		n := len(m.server.records)
		m.server.records[n-1].bytes, m.server.records[n-2].bytes = m.server.records[n-2].bytes, m.server.records[n-1].bytes
	})
	m.settle(t)
	m.equal(t)
	m.once(t)
}

// A folder lost what one desktop alone had read, and the others went on in it.
// That desktop follows when an admin goes on there, and nobody else.
func TestWhoAloneHasReadMoreFollowsAnAdmin(t *testing.T) {
	for _, admin := range []bool{false, true} {
		m := newTeam(t, "ann", "ben", "carol")
		ann, ben, carol := m.desktops[0], m.desktops[1], m.desktops[2]
		if admin {
			ann.decide(t, &teamlog.MemberRole{Member: "ben", Role: teamlog.Admin, Was: teamlog.Person})
		}
		m.decideEverywhere(t)
		m.settle(t)
		carol.note(t, "carol alone")
		carol.exchange(t)
		m.server.change(func() { m.server.restore(len(m.server.records) - 1) })
		for seq := range 2 { // ben goes on, as ben's desktop would
			put(t, m, ben, teamlog.Envelope{Seq: uint64(4 + seq), Base: baseOf(t, m), Events: []teamlog.Event{&teamlog.Avail{On: seq == 1}}})
		}
		carol.exchange(t)
		carol.exchange(t)
		want := map[bool]teamsync.Phase{false: teamsync.PhaseWaiting, true: teamsync.PhaseOK}[admin]
		if got := carol.phase(t).Phase; got != want {
			t.Errorf("with ben an admin: %v: %s, want %s", admin, got, want)
		}
		if !admin {
			if err := ann.sync.Repair(t.Context(), false); err != nil {
				t.Fatal(err)
			}
		}
		m.settle(t)
		m.equal(t)
		m.once(t)
	}
}

// baseOf is what a desktop would say that read the folder to its end.
func baseOf(t *testing.T, m *team) teamlog.Base {
	t.Helper()
	replay := teamlog.NewReplay(m.desktops[0].sync.LogID())
	for _, r := range m.server.records {
		if _, _, err := replay.Accept(teamlog.Pos{}, r.bytes, nil); err != nil {
			t.Fatal(err)
		}
	}
	return replay.Cursor.Base()
}

// What was in the log long ago and is appended again asks nobody.
func TestOldRecordsAreAppendedAgainWithoutAsking(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	m.decideEverywhere(t)
	m.settle(t)
	m.desktops[1].note(t, "ben alone")
	m.desktops[1].exchange(t)
	m.clock.Advance(30 * 24 * time.Hour)
	m.server.change(func() { m.server.epoch++; m.server.restore(0) })
	m.settle(t)
	m.equal(t)
	m.once(t)
}

// A critical event of a newer version stands in the log behind a new epoch.
func TestANewerCriticalEventBehindANewEpoch(t *testing.T) {
	m := newTeam(t, "ann", "ben", "carol")
	m.decideEverywhere(t)
	m.settle(t)
	m.server.change(func() { m.server.epoch++; m.server.restore(len(m.server.records) - 2) })
	newer := &teamlog.Unknown{Name: "newer", Critical: true, Raw: []byte(`{"t":"newer","crit":true}`)}
	put(t, m, m.desktops[0], teamlog.Envelope{Seq: 50, Events: []teamlog.Event{newer}})
	carol := m.desktops[2]
	_ = carol.sync.Exchange(t.Context())
	if s := carol.phase(t); s.Phase != teamsync.PhaseReadOnly || len(s.Alarms) != 1 {
		t.Errorf("%+v", s)
	}
	if err := carol.sync.Exchange(t.Context()); err != nil {
		t.Errorf("it tries again: %v", err)
	}
}

// A newcomer saw a folder that held nothing yet but what people put into it.
func TestANewcomerReadsFromTheBeginningUntilTheLogBegan(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	m.server.change(func() {
		m.server.epoch++
		m.server.restore(0)
		m.server.add("", []byte("a letter"), false)
	})
	dave := newDesktop("dave", m.clock)
	dave.client, dave.logID = &client{server: m.server}, m.desktops[0].sync.LogID()
	dave.start(t)
	m.desktops = append(m.desktops, dave)
	dave.exchange(t)
	m.server.change(func() { m.server.restore(0) })
	m.settle(t)
	m.equal(t)
}
