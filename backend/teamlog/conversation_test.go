package teamlog_test

import (
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func TestR1NewIsOpenAndUnassigned(t *testing.T) {
	state := newWorld(t).state()
	if state.Closed || state.Hidden || state.Assignee != "" || state.Unread != 1 {
		t.Errorf("%+v", state)
	}
}

func TestR2R5AssignReassignUnassign(t *testing.T) {
	w := newWorld(t)
	for _, step := range []struct{ author, to, was inbox.MemberID }{{"ben", "ben", ""}, {"ann", "carol", "ben"}, {"ben", "", "carol"}} {
		if void := w.assign(step.author, step.to, step.was); void != "" {
			t.Fatal(void)
		}
		if got := w.state().Assignee; got != step.to {
			t.Fatalf("assigned to %q, want %q", got, step.to)
		}
	}
	if lines := w.state().Activity; len(lines) != 3 {
		t.Errorf("%d lines between the messages, want 3", len(lines))
	}
}

func TestR3R6Availability(t *testing.T) {
	w := newWorld(t)
	w.assign("ann", "ben", "")
	w.must("ben", &teamlog.Avail{On: false})
	if got := w.state().Assignee; got != "ben" {
		t.Errorf("R6: switching off took the conversation from ben: %q", got)
	}
	w.assign("ann", "carol", "ben")
	if void := w.assign("ann", "ben", "carol"); void != teamlog.NotAvailable {
		t.Errorf("R3: void is %q", void)
	}
	if void := w.assign("ben", "ben", "carol"); void != teamlog.NotAvailable {
		t.Errorf("R3: assigning to oneself while unavailable: void is %q", void)
	}
	if got := w.state().Assignee; got != "carol" {
		t.Errorf("assignee %q", got)
	}
	if line := w.lastLine(); line.Void != teamlog.NotAvailable || line.To != "ben" {
		t.Errorf("the author is not told: %+v", line)
	}
	undo := &teamlog.Assign{Conversation: thread, To: "ben", Was: "carol", Undo: "e7"}
	if void := w.decide("ann", undo); void != "" || w.state().Assignee != "ben" {
		t.Errorf("undoing asks for availability: %q", void)
	}
}

func TestR7TheFirstInTheLogStands(t *testing.T) {
	w := newWorld(t)
	w.assign("ann", "carol", "")
	w.assign("ben", "ben", "")
	if got := w.state().Assignee; got != "carol" {
		t.Errorf("assignee %q", got)
	}
	line := w.lastLine()
	if line.Author != "ben" || line.Void != teamlog.FirstWins || line.First != "ann" || line.Stands != "carol" {
		t.Errorf("ben should read that Ann assigned this to Carol first: %+v", line)
	}
}

func TestAssigningWhomItHasAlreadyIsNothing(t *testing.T) {
	w := newWorld(t)
	w.assign("ann", "ben", "")
	w.assign("carol", "ben", "")
	if lines := w.state().Activity; len(lines) != 1 || lines[0].Void != "" {
		t.Errorf("lines %+v", lines)
	}
}

func TestR8R9CloseCoversWhatItsAuthorSaw(t *testing.T) {
	w := newWorld(t)
	w.assign("ann", "ben", "")
	w.close("ben", thread)
	if state := w.state(); !state.Closed || state.Assignee != "ben" {
		t.Fatalf("%+v", state)
	}
	w.must("ben", &teamlog.Avail{On: false})
	w.arrives("c1:second", noon.Add(-time.Hour))
	state := w.state()
	if state.Closed || state.Assignee != "ben" {
		t.Errorf("R9: a message nobody covered, however old its date, reopens and keeps its assignee: %+v", state)
	}
	w.close("ann", "c1:second")
	if !w.state().Closed {
		t.Error("covered by two closes together")
	}
	w.must("ann", &teamlog.Reopen{Conversation: thread})
	if w.state().Closed {
		t.Error("R8: reopened")
	}
}

func TestACloseOfMuchMailIsOneLine(t *testing.T) {
	w := newWorld(t)
	var covers []inbox.Key
	for i := range 200 {
		k := inbox.Key("c1:m" + string(rune('a'+i%26)) + string(rune('a'+i/26)))
		w.arrives(k, noon)
		covers = append(covers, k)
	}
	for _, event := range teamlog.Closing(thread, append(covers, thread)) {
		w.must("ann", event)
	}
	state := w.state()
	if !state.Closed || len(state.Activity) != 1 {
		t.Errorf("closed %v with %d lines", state.Closed, len(state.Activity))
	}
}

func TestR10AnswersOfOursDoNotReopen(t *testing.T) {
	w := newWorld(t)
	w.close("ann", thread)
	w.messages = append(w.messages, teamlog.MessageFact{Key: "c1:ours", At: noon.Add(time.Hour)})
	if !w.state().Closed {
		t.Error("our own answer reopened it")
	}
}

func TestR11OnlyTheInstallerDeletes(t *testing.T) {
	w := newWorld(t)
	if void := w.decide("ben", &teamlog.Delete{Conversation: thread, Covers: []inbox.Key{thread}}); void != teamlog.NotInstaller {
		t.Errorf("void is %q", void)
	}
	if w.state().Hidden {
		t.Error("hidden by somebody who may not")
	}
}

func TestR12R13DeletingAndComingBack(t *testing.T) {
	w := newWorld(t)
	w.assign("ann", "ben", "")
	w.must("ben", &teamlog.Note{Conversation: thread, Text: "vaste klant"})
	w.must("ann", &teamlog.Delete{Conversation: thread, Covers: []inbox.Key{thread}})
	if state := w.state(); !state.Hidden || !state.Purged[thread] || state.Unread != 0 || len(state.Notes) != 0 {
		t.Fatalf("R12: %+v", state)
	}
	w.arrives("c1:again", noon.Add(time.Hour))
	state := w.state()
	if state.Hidden || state.Closed || state.Assignee != "" || !state.Purged[thread] || state.Purged["c1:again"] || state.Unread != 1 {
		t.Errorf("R13: %+v", state)
	}
}

func TestDecisionsMadeWithoutKnowingOfTheDeleteAreVoid(t *testing.T) {
	w := newWorld(t)
	before := uint64(len(w.decisions))
	w.must("ann", &teamlog.Delete{Conversation: thread, Covers: []inbox.Key{thread}})
	w.decideAfter("ben", before, &teamlog.Assign{Conversation: thread, To: "ben"})
	w.arrives("c1:again", noon.Add(time.Hour))
	if state := w.state(); state.Assignee != "" || w.lastLine().Void != teamlog.DeletedSince {
		t.Errorf("%+v", state)
	}
	w.assign("ben", "ben", "")
	if got := w.state().Assignee; got != "ben" {
		t.Errorf("assigned after the delete was seen: %q", got)
	}
}

func TestR30LeavingEndsAssignments(t *testing.T) {
	w := newWorld(t)
	w.assign("ann", "ben", "")
	w.must("ann", &teamlog.MemberRemove{Member: "ben"})
	if got := w.state().Assignee; got != "" {
		t.Errorf("assigned to %q, who left", got)
	}
	if void := w.assign("ben", "carol", ""); void != teamlog.NotMember {
		t.Errorf("a removed member's event: %q", void)
	}
	if void := w.assign("ann", "carol", ""); void != "" || w.state().Assignee != "carol" {
		t.Errorf("assigning after the leaving: %q", void)
	}
}

func TestR31PrivateChannelsAreTheInstallersAlone(t *testing.T) {
	w := newWorld(t)
	w.must("ann", &teamlog.ChannelAdd{ID: "c2", Channel: inbox.Email, Address: "ann@example.com", Connected: noon})
	if void := w.decide("ben", &teamlog.Close{Conversation: "c2:x"}); void != teamlog.NoAccess {
		t.Errorf("closing: %q", void)
	}
	if void := w.decide("ann", &teamlog.Assign{Conversation: "c2:x", To: "ben"}); void != teamlog.NoAccess {
		t.Errorf("assigning to somebody without access: %q", void)
	}
}

func TestR36OldThreadsStartClosed(t *testing.T) {
	old := teamlog.MessageFact{Key: thread, Inbound: true, At: noon.AddDate(-1, 0, 0), History: true, BeforeConnect: true}
	for name, c := range map[string]struct {
		messages []teamlog.MessageFact
		closed   bool
	}{
		"only history":                          {[]teamlog.MessageFact{old}, true},
		"mail from them since the line":         {[]teamlog.MessageFact{old, {Key: "c1:n", Inbound: true, BeforeConnect: true}}, false},
		"mail from us between line and connect": {[]teamlog.MessageFact{old, {Key: "c1:n", BeforeConnect: true}}, false},
		"an answer of ours after connecting":    {[]teamlog.MessageFact{old, {Key: "c1:n"}}, true},
		"a thread that we begin":                {[]teamlog.MessageFact{{Key: "c1:n"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.messages = c.messages
			if got := w.state(); got.Closed != c.closed {
				t.Errorf("closed is %v", got.Closed)
			}
		})
	}
	w := newWorld(t)
	w.messages = []teamlog.MessageFact{old}
	w.must("ann", &teamlog.Reopen{Conversation: thread})
	if state := w.state(); state.Closed || state.Unread != 0 {
		t.Errorf("an old thread can be reopened, and is not unread: %+v", state)
	}
}

func TestReadMarksAreOnesOwn(t *testing.T) {
	w := newWorld(t)
	w.must("ben", &teamlog.Read{Conversation: thread, UpTo: noon.Add(time.Hour)})
	if got := w.state().Unread; got != 1 {
		t.Errorf("ben's reading counts for ann: %d unread", got)
	}
	w.must("ann", &teamlog.Read{Conversation: thread, UpTo: noon.Add(time.Minute)})
	if got := w.state().Unread; got != 0 {
		t.Errorf("%d unread after reading", got)
	}
	w.must("ann", &teamlog.Unread{Conversation: thread})
	if got := w.state().Unread; got != 1 {
		t.Errorf("%d unread after marking as unread", got)
	}
	w.arrives("c1:later", noon.Add(2*time.Minute))
	w.must("ann", &teamlog.Read{Conversation: thread, UpTo: noon.Add(time.Minute)})
	if got := w.state().Unread; got != 1 {
		t.Errorf("%d unread, want the later message", got)
	}
}

func TestNotesAndAuthors(t *testing.T) {
	w := newWorld(t)
	w.must("ben", &teamlog.Note{Conversation: thread, Text: "Onder garantie."})
	w.must("carol", &teamlog.Sent{Conversation: thread, Key: "c1:out", By: "carol"})
	if void := w.decide("ben", &teamlog.Sent{Conversation: thread, Key: "c1:out", By: "ann"}); void != teamlog.NotMember {
		t.Errorf("speaking for somebody else: %q", void)
	}
	state := w.state()
	if len(state.Notes) != 1 || state.Notes[0].Author != "ben" || state.SentBy["c1:out"] != "carol" || len(state.Activity) != 0 {
		t.Errorf("%+v", state)
	}
}
