package teamsync_test

import (
	"maps"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
	"postvak/backend/teamsync/storetest"
)

// restored is another computer with a copy of what a desktop has in its keyring:
// what it knew of the log it reads again.
func restored(t *testing.T, d *desktop) *desktop {
	t.Helper()
	b := &desktop{name: d.name, store: storetest.NewMemory(), secrets: newSecrets(), clock: d.clock, local: d.local, logID: d.sync.LogID()}
	d.secrets.mu.Lock()
	maps.Copy(b.secrets.all, d.secrets.all)
	d.secrets.mu.Unlock()
	if d.client != nil {
		b.client = &client{server: d.client.server}
	}
	for range 2 { // a kill between: nothing is made twice
		if err := teamsync.NewKey(t.Context(), b.secrets, "key"); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// TestARestoredComputerGetsAKeyOfItsOwn: two with one key would number their
// records alike and hold the same claims.
func TestARestoredComputerGetsAKeyOfItsOwn(t *testing.T) {
	m := newTeam(t, "anna", "bram")
	anna := m.desktops[0]
	anna.note(t, "before the backup")
	m.settle(t)
	second := restored(t, anna)
	second.start(t)
	if claim, err := second.sync.Claim(t.Context(), "work", teamsync.MinLease); err == nil {
		t.Errorf("it claims with a key that another computer has: %v", claim)
	}
	m.desktops = append(m.desktops, second)
	m.settle(t)
	own, next := second.sync.Speaker(), second.secrets.all["key"]
	if own == anna.sync.Speaker() || next == anna.secrets.all["key"] || second.secrets.all["key/recipient"] == anna.secrets.all["key/recipient"] {
		t.Fatal("both computers have one key")
	}
	if _, left := second.secrets.all["key/next"]; left {
		t.Error("the next key is still to come")
	}
	var devices []teamlog.Device
	anna.sync.View(func(team *teamlog.Team) { devices = team.Devices(inbox.MemberID("anna")) })
	if len(devices) != 2 || devices[0].Revoked || devices[1].ID != own || devices[0].Recipient == devices[1].Recipient {
		t.Errorf("devices %+v", devices)
	}
	for range 3 { // both go on, and nobody's numbering breaks
		anna.note(t, "on the old one")
		second.note(t, "on the new one")
		m.settle(t)
	}
	m.equal(t)
	for _, d := range m.desktops {
		if state, err := d.sync.State(t.Context()); err != nil || len(state.Alarms) > 0 {
			t.Errorf("%s: %q, %v", d.name, state.Alarms, err)
		}
	}
	second.start(t) // and it stays
	if second.sync.Speaker() != own {
		t.Error("it has another key after a restart")
	}
}

// TestAKillWhileTheKeyChanges leaves one key or the other, and never none.
func TestAKillWhileTheKeyChanges(t *testing.T) {
	for at := range 5 {
		m := newTeam(t, "anna", "bram")
		second := restored(t, m.desktops[0])
		before := maps.Clone(second.secrets.all)
		second.start(t)
		second.exchange(t)
		second.exchange(t)
		after := second.secrets.all
		// The keyring as it was after so many of the four steps.
		mixed := maps.Clone(before)
		for i, name := range []string{"key/recipient", "key", "key/next", "key/next/recipient"} {
			if i >= at {
				break
			}
			if value, stays := after[name]; stays {
				mixed[name] = value
			} else {
				delete(mixed, name)
			}
		}
		own := second.sync.Speaker()
		second.secrets.all = mixed
		second.start(t)
		second.exchange(t)
		second.exchange(t)
		if second.sync.Speaker() != own || second.secrets.all["key"] != after["key"] {
			t.Errorf("after %d steps another key", at)
		}
		second.note(t, "goes on")
		m.settle(t)
	}
}

func TestATeamOfOneGetsItsNewKeyAtOnce(t *testing.T) {
	d, _ := alone(t)
	old := d.sync.Speaker()
	if err := teamsync.NewKey(t.Context(), d.secrets, "key"); err != nil {
		t.Fatal(err)
	}
	d.start(t)
	if d.sync.Speaker() == old {
		t.Error("it still has the old one")
	}
	d.note(t, "with the new one")
}

// TestAnEmptyKeyringGetsNoNextKey: there is nobody whom it could follow.
func TestAnEmptyKeyringGetsNoNextKey(t *testing.T) {
	s := newSecrets()
	if err := teamsync.NewKey(t.Context(), s, "key"); err != nil || len(s.all) > 0 {
		t.Error(s.all, err)
	}
}
