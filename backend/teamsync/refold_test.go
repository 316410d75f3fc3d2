package teamsync_test

import (
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

// A desktop whose store older rules filled shows what they made of the log
// until it can be reached, and then has what they skipped; also when it is cut
// off at any write.
func TestWhatOlderRulesSkippedIsReadAnew(t *testing.T) {
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
		older := ben.store.Confirmed()
		if len(older) != len(want)-3 {
			t.Fatal("the older store has them")
		}
		return m, ben, func() {
			ben.client.offline = true
			if err := ben.open(t); err == nil && !reflect.DeepEqual(ben.store.Confirmed(), older) {
				t.Error("without a network nothing is shown")
			}
			ben.client.offline = false
			err := ben.sync.Exchange(t.Context())
			if got := ben.store.Confirmed(); err == nil && !reflect.DeepEqual(got, want) {
				t.Errorf("%d decisions, want %d: %+v", len(got), len(want), got)
			}
		}
	})
}

// A snapshot that older rules took does not stand for the past any more, and is
// not held against whoever made it.
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
	ben.wire.noPast.Store(false)
	ben.start(ben.wire, ben.sync.LogID())
	ben.until("the link", func() bool { return len(ben.store.Conversations()[thread].Links) == 1 })
	ben.until("the log itself", func() bool { return !ben.sync.Standing(t.Context()) })
	together(ann, ben)
	if ben.finds(teamlog.SnapshotWrong) {
		t.Error("ann is said to have lied")
	}
}
