package teamsync_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

var (
	aLink  = &teamlog.CRMLink{Conversation: thread, Provider: "builtin", RecordKind: inbox.Deal, Target: "d1", Title: "Kaas"}
	aDeal  = &teamlog.CRMEntity{ID: "d1", RecordKind: inbox.Deal, Set: map[string]string{"title": "Kaas"}}
	aSpeck = &teamlog.CRMNote{ID: "n1", On: inbox.RecordRef{Kind: inbox.Deal, ID: "d1"}, Text: "Belde"}
)

// A desktop whose store older rules filled has at the next start what they
// skipped, without a network, also when that start is cut off at any write.
func TestWhatOlderRulesSkippedIsTakenOver(t *testing.T) {
	everyKill(t, func(t *testing.T) (*team, *desktop, func()) {
		m := newTeam(t, "ann", "ben")
		ann, ben := m.desktops[0], m.desktops[1]
		ann.note(t, "before")
		ann.decide(t, aLink, aDeal)
		ann.note(t, "after")
		ann.decide(t, aSpeck)
		m.settle(t)
		want := ben.store.Confirmed()
		ben.store.Older()
		if len(ben.store.Confirmed()) != len(want)-3 {
			t.Fatal("the older store has them")
		}
		ben.client.offline = true
		return m, ben, func() {
			err := ben.open(t)
			if got := ben.store.Confirmed(); err == nil && !reflect.DeepEqual(got, want) {
				t.Errorf("%d decisions, want %d: %+v", len(got), len(want), got)
			}
			ben.client.offline = false
		}
	})
}

// checkedByOlder makes it so that older rules had already looked through all
// that stands behind the snapshot.
func (d *live) checkedByOlder() {
	d.t.Helper()
	text, err := d.store.Setting(d.t.Context(), "team.snapshot")
	d.ok(err)
	var standing map[string]any
	d.ok(json.Unmarshal([]byte(text), &standing))
	_, cursor := d.sync.StateBytes()
	standing["read"], standing["positions"] = cursor.Pos, cursor.Positions
	changed, err := json.Marshal(standing)
	d.ok(err)
	d.ok(d.store.SetSetting(d.t.Context(), "team.snapshot", string(changed)))
}

// Where a snapshot of older rules stands for the past, the log is read anew.
func TestAnOlderSnapshotIsReplacedByTheLogItself(t *testing.T) {
	ann := founder(t, "ann")
	ann.decide(aLink, aDeal, aSpeck)
	ann.busy(20)
	ann.ok(ann.sync.WriteSnapshot(t.Context(), nil))
	ben := newLive(t, "ben", ann.wire.mailbox)
	ben.wire.noPast.Store(true)
	ben.join("ben@bakery.example", ann.invite(teamlog.Person))
	abreast(ann, ben)
	ben.group.Stop()
	if !ben.sync.Standing(t.Context()) {
		t.Fatal("nothing stands for the past")
	}
	ben.store.Older()
	ben.checkedByOlder()
	ben.wire.noPast.Store(false)
	ben.start(ben.wire, ben.sync.LogID())
	ben.until("the link", func() bool { return len(ben.store.Conversations()[thread].Links) == 1 })
	together(ann, ben)
}
