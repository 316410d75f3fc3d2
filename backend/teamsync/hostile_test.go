package teamsync_test

import (
	"testing"

	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// Who was an admin once, and still has the mailbox's password, brings back a
// folder from before being removed, or before the laptop was reported stolen,
// and says that it was repaired. Nobody who knows better follows.
func TestARemovedAdminCannotTakeTheTeamBack(t *testing.T) {
	for name, end := range map[string]func(m *team) teamlog.Event{
		"removed": func(*team) teamlog.Event { return &teamlog.MemberRemove{Member: "ben"} },
		"a stolen laptop": func(m *team) teamlog.Event {
			return &teamlog.DeviceRevoke{Device: m.desktops[1].sync.OwnDevice()}
		},
		"an admin no more": func(*team) teamlog.Event {
			return &teamlog.MemberRole{Member: "ben", Role: teamlog.Person, Was: teamlog.Admin}
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newTeam(t, "ann", "ben", "carol")
			ann, ben, carol := m.desktops[0], m.desktops[1], m.desktops[2]
			ann.decide(t, &teamlog.MemberRole{Member: "ben", Role: teamlog.Admin, Was: teamlog.Person})
			m.decideEverywhere(t)
			m.settle(t)
			before := len(m.server.records)
			ann.decide(t, end(m))
			m.settle(t)
			m.server.change(func() { m.server.epoch++; m.server.restore(before) })
			base := baseOf(t, m)
			put(t, m, ben, teamlog.Envelope{Seq: 40, Base: base, Events: []teamlog.Event{&teamlog.Epoch{Old: base}}})
			put(t, m, ben, teamlog.Envelope{Seq: 41, Base: baseOf(t, m), Events: []teamlog.Event{&teamlog.MemberRemove{Member: "ann"}}})
			_ = carol.sync.Exchange(t.Context())
			if got := carol.phase(t).Phase; got != teamsync.PhaseWaiting {
				t.Errorf("carol is %s, want waiting", got)
			}
			if me, _ := carol.sync.Member("ann"); me.Removed {
				t.Error("carol believes that ann was removed")
			}
			m.settle(t) // ann repairs
			if me, _ := carol.sync.Member("ann"); me.Removed || carol.phase(t).Phase != teamsync.PhaseOK {
				t.Errorf("after the repair: %+v %+v", me, carol.phase(t))
			}
		})
	}
}

// weakRecipient is an age recipient in form to which nothing can be sealed: its
// point is zero.
const weakRecipient = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z"

// One computer that nothing can be sealed to is no reason to leave the others
// without passwords.
func TestAComputerThatNothingCanBeSealedTo(t *testing.T) {
	ann := founder(t, "ann")
	ann.decide(&teamlog.MemberAdd{Member: "eve", Name: "Eve", Role: teamlog.Person, Key: make([]byte, 32), Recipient: weakRecipient})
	ann.ok(ann.sync.PutSecret(t.Context(), channelSecret, "hunter2"))
	ann.reads(channelSecret, "hunter2")
	if n, _ := ann.sync.Stale(); n != 0 {
		t.Errorf("%d secrets are sealed anew for ever", n)
	}
	ben := ann.bring("ben", teamlog.Person)
	ben.reads(channelSecret, "hunter2")
}

// Who waits to be let in is told nothing of what happens in the team.
func TestANewcomerHearsNoAlarmsOfTheTeam(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	dave := m.ask(t, "dave")
	put(t, m, m.desktops[1], teamlog.Envelope{Seq: 40, Base: baseOf(t, m), Events: []teamlog.Event{&teamlog.Avail{On: false}}})
	m.settle(t)
	if all := m.desktops[0].phase(t).Alarms; len(all) != 1 {
		t.Fatalf("ann hears %q", all)
	}
	if all := dave.phase(t).Alarms; len(all) != 0 {
		t.Errorf("dave, who waits, hears %q", all)
	}
}
