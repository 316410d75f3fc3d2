package teamlog_test

import (
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func TestOnlyAdminsChangeTheTeam(t *testing.T) {
	for name, event := range map[string]teamlog.Event{
		"add a member":    &teamlog.MemberAdd{Member: "eve", Name: "Eve", Role: teamlog.Admin, Key: key(9)},
		"remove a member": &teamlog.MemberRemove{Member: "carol"},
		"add a channel":   &teamlog.ChannelAdd{ID: "c9", Channel: inbox.Email, Address: "x@example.com"},
		"change one":      &teamlog.ChannelUpdate{ID: "c1", Name: new("mine")},
		"remove one":      &teamlog.ChannelRemove{ID: "c1"},
	} {
		if void := newWorld(t).decide("ben", event); void != teamlog.NotAdmin {
			t.Errorf("R30: a member may %s: %q", name, void)
		}
	}
}

func TestTeamKeepsAnAdmin(t *testing.T) {
	w := newWorld(t)
	if void := w.decide("ann", &teamlog.MemberRemove{Member: "ann"}); void != teamlog.LastAdmin {
		t.Errorf("the last admin left: %q", void)
	}
}

func TestMembersAndChannelsAreTakenOnce(t *testing.T) {
	w := newWorld(t)
	for name, event := range map[string]teamlog.Event{
		"genesis": &teamlog.Genesis{Member: "eve", Key: key(9)},
		"member":  &teamlog.MemberAdd{Member: "ben", Role: teamlog.Admin, Key: key(9)},
		"channel": &teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Address: "x@example.com"},
	} {
		if void := w.decide("ann", event); void != teamlog.AlreadyExists {
			t.Errorf("a second %s: %q", name, void)
		}
	}
	if ben, _ := w.team.Member("ben"); ben.Role != teamlog.Person || ben.Name != "Ben" {
		t.Errorf("the second changed the first: %+v", ben)
	}
}

func TestChannelsCanBeChangedAndRemoved(t *testing.T) {
	w := newWorld(t)
	w.must("ann", &teamlog.ChannelUpdate{ID: "c1", Name: new("Winkel")})
	if void := w.decide("ann", &teamlog.ChannelUpdate{ID: "c1", Shared: new(false)}); void != teamlog.StaysShared {
		t.Errorf("a shared channel was made private: %q", void)
	}
	if c, _ := w.team.Channel("c1"); c.Name != "Winkel" || !c.Shared || c.Installer != "ann" {
		t.Errorf("%+v", c)
	}
	w.must("ann", &teamlog.ChannelRemove{ID: "c1"})
	if len(w.team.Channels()) != 0 {
		t.Error("still there")
	}
}
