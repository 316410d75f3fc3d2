package teamsync_test

import (
	"strings"
	"testing"
	"time"

	"postvak/backend/teamlog"
)

func kinds(t *testing.T, d *desktop) map[teamlog.FindingKind]uint64 {
	t.Helper()
	all, err := d.sync.Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[teamlog.FindingKind]uint64{}
	for _, f := range all {
		counts[f.Kind] += f.Count
	}
	return counts
}

// put writes a record that a changed client made.
func put(t *testing.T, m *team, d *desktop, e teamlog.Envelope) {
	t.Helper()
	e.Log, e.At = d.sync.LogID(), morning
	record, err := d.sync.Seal(e)
	if err != nil {
		t.Fatal(err)
	}
	m.server.change(func() { m.server.add("", record.Bytes, false) })
}

func TestWhatIsNoticedIsKeptAndSaid(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	_, cursor := ben.sync.StateBytes()
	m.server.change(func() {
		m.server.add("", []byte("a letter"), false)
		m.server.add("", m.server.records[0].bytes, false)
		broken := append([]byte(nil), m.server.records[len(m.server.records)-3].bytes...)
		head, _, _ := strings.Cut(string(broken), "\n")
		fields := strings.Fields(head)
		forged := strings.Replace(string(broken), fields[2], strings.Repeat("A", len(fields[2])), 1)
		m.server.add("", []byte(forged), false)
	})
	lie := cursor.Base()
	lie.Hash = "another"
	put(t, m, ben, teamlog.Envelope{Seq: 77, Prev: "x", Base: lie, Events: []teamlog.Event{&teamlog.Avail{On: false}}})
	ann.exchange(t)
	got := kinds(t, ann)
	for _, kind := range []teamlog.FindingKind{teamlog.Foreign, teamlog.Replayed, teamlog.BaseMismatch, teamlog.ChainBreak} {
		if got[kind] == 0 {
			t.Errorf("%s was not noticed: %v", kind, got)
		}
	}
	alarms := ann.phase(t).Alarms
	if len(alarms) != 2 || !strings.Contains(strings.Join(alarms, " "), "ben") {
		t.Errorf("alarms %q", alarms)
	}
	ann.start(t) // they outlive a restart
	if again := ann.phase(t).Alarms; len(again) != 2 || len(kinds(t, ann)) != len(got) {
		t.Errorf("after a restart: %q", again)
	}
	m.clock.Advance(40 * 24 * time.Hour)
	if old := ann.phase(t).Alarms; len(old) != 0 {
		t.Errorf("still shown: %q", old)
	}
}

func TestAForgedRecordIsAnAlarm(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	stranger := newDesktop("stranger", m.clock)
	stranger.local = teamlog.NewMemory()
	stranger.start(t)
	e := teamlog.Envelope{Log: ben.sync.LogID(), Seq: 1, At: morning, Events: []teamlog.Event{&teamlog.MemberUpdate{Name: "Mallory"}}}
	record, err := stranger.sync.Seal(e)
	if err != nil {
		t.Fatal(err)
	}
	before := ann.state()
	m.server.change(func() { m.server.add("", record.Bytes, false) })
	ann.exchange(t)
	if alarms := ann.phase(t).Alarms; len(alarms) != 1 || kinds(t, ann)[teamlog.Forged] != 1 || ann.state() != before {
		t.Errorf("alarms %q", alarms)
	}
}

// Whoever saw another log once, and the same one since, is no alarm any more.
func TestAnAlarmEndsWhenDesktopsAgreeAgain(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	_, cursor := ben.sync.StateBytes()
	lie := cursor.Base()
	lie.Hash = "another"
	put(t, m, ben, teamlog.Envelope{Seq: 2, Prev: "x", Base: lie, Events: []teamlog.Event{&teamlog.Avail{On: false}}})
	ann.exchange(t)
	if n := len(ann.phase(t).Alarms); n == 0 {
		t.Fatal("no alarm")
	}
	ben.exchange(t)
	ben.note(t, "as everybody sees it")
	m.settle(t)
	for _, alarm := range ann.phase(t).Alarms {
		if strings.Contains(alarm, "different logs") {
			t.Errorf("still: %q", alarm)
		}
	}
}

// Whoever can write to the mailbox can be noticed as often as they like.
func TestFindingsDoNotGrowWithoutALimit(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	for i := range 500 {
		m.desktops[0].sync.Report(teamlog.Finding{Kind: teamlog.Vanished, Detail: strings.Repeat("x", i), Count: 1})
	}
	if all, _ := m.desktops[0].sync.Findings(t.Context()); len(all) > 100 {
		t.Errorf("%d findings", len(all))
	}
}
