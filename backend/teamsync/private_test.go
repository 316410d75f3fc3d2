package teamsync_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// own is a conversation of a private channel.
const own = inbox.Key("p1:first")

// connect connects a private channel and decides a few things about it.
func connect(t *testing.T, d *desktop) {
	t.Helper()
	add := &teamlog.ChannelAdd{ID: "p1", Channel: inbox.Email, Name: "Mine", Address: "mine@bakery.example", Connected: morning}
	if o := d.decide(t, add)[0]; o.Pending || o.Void != teamlog.Admitted {
		t.Fatalf("connecting: %+v", o)
	}
	d.made = nil // nothing of it goes into the log
	for i, e := range []teamlog.Event{
		&teamlog.Note{Conversation: own, Text: "private one"},
		&teamlog.Assign{Conversation: own, To: inbox.MemberID(d.name)},
		&teamlog.Note{Conversation: own, Text: "private two"},
		&teamlog.Close{Conversation: own, Covers: []inbox.Key{own}},
		&teamlog.CRMLink{Conversation: own, Provider: "builtin", RecordKind: inbox.Deal, Target: "d1", Title: "Kaas"},
	} {
		d.clock.Advance(time.Duration(i) * time.Hour)
		decidePrivate(t, d, e)
	}
	links := ownState(d).Links
	noted := written(links[0].ID, 1, "p1:first")
	noted.Conversation, noted.Work = own, "" // one desktop claims nothing
	decidePrivate(t, d, noted)
	decidePrivate(t, d, &teamlog.CRMUnlink{Conversation: own, Link: links[0].ID})
	decidePrivate(t, d, &teamlog.CRMLink{
		Conversation: own, Provider: "builtin", RecordKind: inbox.Deal, Target: "d1", Title: "Kaas", Undo: links[0].ID,
	})
	if got := ownState(d).Links; len(got) != 1 || got[0].Removed || len(got[0].Notes) != 1 {
		t.Fatalf("%+v", got)
	}
}

// decidePrivate decides what the log never hears of.
func decidePrivate(t *testing.T, d *desktop, e teamlog.Event) {
	t.Helper()
	o := d.decide(t, e)[0]
	if o.Pending || o.Void != teamlog.Admitted {
		t.Fatalf("%s: %+v", e.Kind(), o)
	}
	d.made = nil
}

func ownState(d *desktop) teamlog.State {
	return teamlog.FoldConversation(teamlog.Facts{}, d.store.Shown(own))
}

func TestAPrivateChannelStaysOnThisComputer(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	connect(t, ann)
	both := ann.decide(t, &teamlog.Note{Conversation: own, Text: "private three"}, &teamlog.Note{Conversation: thread, Text: "for all"})
	if both[0].Pending || !both[1].Pending {
		t.Errorf("%+v", both)
	}
	ann.made = []string{both[1].ID}
	m.settle(t)
	m.equal(t)
	m.once(t)
	ann.start(t)
	if _, known := ann.sync.Channel("p1"); !known || len(ann.store.Shown(own)) != 9 {
		t.Errorf("channel known %v, %d shown", known, len(ann.store.Shown(own)))
	}
	if _, known := ben.sync.Channel("p1"); known || len(ben.store.Shown(own)) != 0 {
		t.Error("ben sees it")
	}
	for _, r := range m.server.records {
		if opened, err := teamlog.Open(r.bytes); err == nil && about(opened, "p1") {
			t.Errorf("the log has %s", r.id)
		}
	}
	if void := ann.decide(t, &teamlog.Assign{Conversation: own, To: "ben", Was: "ann"})[0].Void; void != teamlog.NoAccess {
		t.Errorf("assigned to who may not see it: %q", void)
	}
}

// about says whether a record is about a channel.
func about(o *teamlog.Opened, channel inbox.ChannelID) bool {
	for _, e := range o.Events {
		text, _ := teamlog.Encode(e)
		if bytes.Contains(text, []byte(`"`+channel+`"`)) || bytes.Contains(text, []byte(`"`+channel+`:`)) {
			return true
		}
	}
	return false
}

func share() *teamlog.ChannelUpdate {
	yes, name := true, "Ours"
	return &teamlog.ChannelUpdate{ID: "p1", Shared: &yes, Name: &name}
}

// wantShared checks what everybody has of the channel that was shared.
func wantShared(t *testing.T, m *team) {
	t.Helper()
	m.equal(t)
	for _, d := range m.desktops {
		c, known := d.sync.Channel("p1")
		state := d.store.Conversations()[own]
		if !known || !c.Shared || c.Name != "Ours" || c.Installer != "ann" || state.Assignee != "ann" || !state.Closed {
			t.Errorf("%s: %+v, %+v", d.name, c, state)
		}
		// R31: what was noted of a link is known by its id, which it keeps.
		if n := len(state.Links); n != 1 || !strings.HasPrefix(state.Links[0].ID, "private-") || len(state.Links[0].Notes) != 1 || state.Links[0].Removed {
			t.Errorf("%s: links %+v", d.name, state.Links)
		}
		if n := len(state.Notes); n != 2 || state.Notes[0].Text != "private one" {
			t.Errorf("%s has %d notes", d.name, n)
		}
	}
}

func TestSharingBringsTheHistoryAlong(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann := m.desktops[0]
	connect(t, ann)
	ann.client.offline = true
	ann.decide(t, share())
	if _, known := ann.sync.Channel("p1"); !known {
		t.Error("it is gone while it is on its way")
	}
	ann.decide(t, &teamlog.Reopen{Conversation: own}, &teamlog.Close{Conversation: own, Covers: []inbox.Key{own}})
	ann.client.offline = false
	m.settle(t)
	wantShared(t, m)
	m.once(t)
	no := false
	if _, err := ann.sync.Decide(t.Context(), &teamlog.ChannelUpdate{ID: "p1", Shared: &no}); inbox.CodeOf(err) != inbox.Invalid {
		t.Errorf("made private again: %v", err)
	}
}

// Killed at any write of the sharing, it goes on and nothing is there twice.
func TestSharingGoesOnAfterAKill(t *testing.T) {
	for after := range 60 {
		m := newTeam(t, "ann", "ben")
		ann := m.desktops[0]
		connect(t, ann)
		left := after
		ann.store.Step = func(string, bool) error {
			if left--; left < 0 {
				return errKilled
			}
			return nil
		}
		_, err := ann.sync.Decide(t.Context(), share())
		ann.store.Step = nil
		ann.start(t)
		m.settle(t)
		if c, _ := ann.sync.Channel("p1"); !c.Shared {
			if err == nil || left < -1 {
				t.Fatalf("killed at write %d: not shared", after)
			}
			ann.decide(t, share()) // it had not begun
			m.settle(t)
		}
		wantShared(t, m)
		if t.Failed() {
			t.Fatalf("killed at write %d", after)
		}
		if err == nil {
			if after < 10 {
				t.Errorf("sharing took %d writes only", after)
			}
			return
		}
		if !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
	}
	t.Error("sharing never came to its end")
}

func TestAMemberCannotConnectOrShare(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ben := m.desktops[1]
	add := &teamlog.ChannelAdd{ID: "p1", Channel: inbox.Email, Name: "Mine", Address: "mine@bakery.example"}
	if o := ben.decide(t, add)[0]; o.Void != teamlog.NotAdmin || len(ben.sync.Channels()) != 0 {
		t.Errorf("%+v, %d channels", o, len(ben.sync.Channels()))
	}
}

func TestRemovingAPrivateChannel(t *testing.T) {
	m := newTeam(t, "ann")
	ann := m.desktops[0]
	connect(t, ann)
	ann.decide(t, &teamlog.ChannelRemove{ID: "p1"})
	if n := len(ann.sync.Channels()); n != 0 || fmt.Sprint(ann.store.Channels()) != "[]" {
		t.Errorf("%d channels, the store has %v", n, ann.store.Channels())
	}
}
