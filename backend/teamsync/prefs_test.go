package teamsync_test

import (
	"encoding/json"
	"testing"

	"postvak/backend/teamlog"
)

func TestTeammatesReadWhatAMemberWishes(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	if ben.sync.Prefs(ann.sync.Me()) != nil {
		t.Error("wishes of somebody who never said any")
	}
	ann.decide(t, &teamlog.Prefs{Value: json.RawMessage(`{"email": {"mine": true}}`)})
	m.settle(t)
	if got := string(ben.sync.Prefs(ann.sync.Me())); got != `{"email":{"mine":true}}` {
		t.Errorf("ben reads %q", got)
	}
	ben.sync.Prefs(ann.sync.Me())[0] = 'x' // a copy
	if got := string(ann.sync.Prefs(ann.sync.Me())); got != string(ben.sync.Prefs(ann.sync.Me())) {
		t.Errorf("ann reads %q", got)
	}
	if ann.sync.Prefs(ben.sync.Me()) != nil {
		t.Error("one member's wishes are another's")
	}
}
