package teamlog_test

import (
	"slices"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func (w *world) lastID() string { return w.decisions[len(w.decisions)-1].ID }

func TestUndoGivesBackWhatItsAuthorTook(t *testing.T) {
	for name, c := range map[string]struct {
		undo func(w *world, took string) (by inbox.MemberID, e *teamlog.Assign)
		want teamlog.Reason
	}{
		"at once": {func(_ *world, took string) (inbox.MemberID, *teamlog.Assign) {
			return "ann", &teamlog.Assign{To: "ben", Was: "carol", Undo: took}
		}, teamlog.Admitted},
		"by somebody else": {func(_ *world, took string) (inbox.MemberID, *teamlog.Assign) {
			return "carol", &teamlog.Assign{To: "ben", Was: "carol", Undo: took}
		}, teamlog.NothingToUndo},
		"of nothing": {func(*world, string) (inbox.MemberID, *teamlog.Assign) {
			return "ann", &teamlog.Assign{To: "ben", Was: "carol", Undo: "nothing"}
		}, teamlog.NothingToUndo},
		"too late": {func(w *world, took string) (inbox.MemberID, *teamlog.Assign) {
			w.late = 11 * time.Second
			return "ann", &teamlog.Assign{To: "ben", Was: "carol", Undo: took}
		}, teamlog.NothingToUndo},
		"to another": {func(w *world, took string) (inbox.MemberID, *teamlog.Assign) {
			w.must("ann", &teamlog.Avail{On: false})
			return "ann", &teamlog.Assign{To: "ann", Was: "carol", Undo: took}
		}, teamlog.NothingToUndo},
		"of what somebody changed since": {func(w *world, took string) (inbox.MemberID, *teamlog.Assign) {
			w.must("carol", &teamlog.Assign{Conversation: thread, Was: "carol"})
			return "ann", &teamlog.Assign{To: "ben", Was: "carol", Undo: took}
		}, teamlog.FirstWins},
		"when whom it went to has left": {func(w *world, took string) (inbox.MemberID, *teamlog.Assign) {
			w.must("ann", &teamlog.MemberRemove{Member: "carol"})
			return "ann", &teamlog.Assign{To: "ben", Undo: took}
		}, teamlog.NothingToUndo},
		"not knowing that": {func(w *world, took string) (inbox.MemberID, *teamlog.Assign) {
			w.must("carol", &teamlog.Assign{Conversation: thread, Was: "carol"})
			return "ann", &teamlog.Assign{To: "ben", Was: "", Undo: took}
		}, teamlog.NothingToUndo},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.assign("ann", "ben", "")
			w.must("ben", &teamlog.Avail{On: false})
			w.assign("ann", "carol", "ben")
			by, e := c.undo(w, w.lastID())
			e.Conversation = thread
			before := w.state().Assignee
			w.decide(by, e)
			if void := w.lastLine().Void; void != c.want {
				t.Errorf("void: %q, want %q", void, c.want)
			}
			if state := w.state(); (c.want == teamlog.Admitted) != (state.Assignee == "ben") || c.want != "" && state.Assignee != before {
				t.Errorf("assigned to %q", state.Assignee)
			}
		})
	}
}

func TestAMentionIsUnreadForWhomItMeans(t *testing.T) {
	w := newWorld(t)
	w.must("ann", &teamlog.Read{Conversation: thread, UpTo: noon.Add(time.Hour)})
	w.must("carol", &teamlog.Read{Conversation: thread, UpTo: noon.Add(time.Hour)})
	w.must("ann", &teamlog.Note{Conversation: thread, Text: "@Carol, @Ann", Mentions: []inbox.MemberID{"carol", "ann"}})
	if unread := w.state().Unread; unread != 0 {
		t.Errorf("R15: the author has %d unread", unread)
	}
	w.me = "carol"
	if state := w.state(); state.Unread != 1 || !slices.Equal(state.Notes[0].Mentions, []inbox.MemberID{"carol", "ann"}) {
		t.Errorf("carol has %d unread of %+v", state.Unread, state.Notes)
	}
	w.must("carol", &teamlog.Read{Conversation: thread, UpTo: noon.Add(time.Hour)})
	if unread := w.state().Unread; unread != 0 {
		t.Errorf("read, it is unread %d", unread)
	}
}

func TestDraftingLastsUntilItsAuthorSent(t *testing.T) {
	w := newWorld(t)
	w.must("ann", &teamlog.Drafting{Conversation: thread})
	w.must("ben", &teamlog.Drafting{Conversation: thread})
	w.must("ann", &teamlog.Drafting{Conversation: thread})
	if drafting := w.state().Drafting; len(drafting) != 2 || drafting[0].Member != "ben" || drafting[1].Member != "ann" {
		t.Errorf("%+v", drafting)
	}
	w.must("ben", &teamlog.Sent{Conversation: thread, Key: "c1:out", By: "ben"})
	if state := w.state(); len(state.Drafting) != 1 || len(state.Activity) != 0 {
		t.Errorf("%+v", state)
	}
	w.must("ann", &teamlog.Delete{Conversation: thread, Covers: []inbox.Key{thread}})
	if drafting := w.state().Drafting; drafting != nil {
		t.Errorf("R12: %+v", drafting)
	}
}

func TestADesktopKnowsItsOwnDelete(t *testing.T) {
	w := newWorld(t)
	before := uint64(len(w.decisions))
	w.signedBy = teamlog.DeviceID(key(1))
	w.decideAfter("ann", before, &teamlog.Delete{Conversation: thread, Covers: []inbox.Key{thread}})
	w.decideAfter("ann", before, &teamlog.Note{Conversation: thread, Text: "after mine"})
	w.signedBy = teamlog.DeviceID(key(2))
	w.decideAfter("ben", before, &teamlog.Note{Conversation: thread, Text: "not knowing"})
	w.decideAfter("ben", before, &teamlog.Read{Conversation: thread, UpTo: noon})
	if state := w.state(); len(state.Notes) != 1 || state.Notes[0].Text != "after mine" {
		t.Errorf("%+v", state.Notes)
	}
	if line := w.lastLine(); line.Void != teamlog.DeletedSince || line.Author != "ben" {
		t.Errorf("%+v", line)
	}
}

func TestWhatStandsInTheRecordOfADeleteKnowsIt(t *testing.T) {
	state := teamlog.FoldConversation(teamlog.Facts{}, []teamlog.Decision{
		{ID: "d.0", N: 5, Seen: 4, Event: &teamlog.Delete{Conversation: thread}},
		{ID: "d.1", N: 5, Index: 1, Seen: 4, Event: &teamlog.Note{Conversation: thread, Text: "goodbye"}},
	})
	if len(state.Notes) != 1 {
		t.Errorf("%+v", state)
	}
}
