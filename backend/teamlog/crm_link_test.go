package teamlog_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

var (
	dealSeven = inbox.RecordRef{Kind: inbox.Deal, ID: "7"}
	dealEight = inbox.RecordRef{Kind: inbox.Deal, ID: "8"}
)

// links lists a conversation's links as "kind/id", removed ones with a minus.
func (w *world) links() string {
	var all []string
	for _, l := range w.state().Links {
		text := string(l.Kind) + "/" + l.RecordRef.ID
		if l.Removed {
			text = "-" + text
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func (w *world) link(author inbox.MemberID, c inbox.Key, ref inbox.RecordRef) string {
	w.t.Helper()
	w.must(author, linkTo(c, ref))
	return w.lastID()
}

func (w *world) wantLinks(want string) {
	w.t.Helper()
	if got := w.links(); got != want {
		w.t.Errorf("links %q, want %q", got, want)
	}
}

func TestAConversationIsLinkedAndUnlinked(t *testing.T) {
	w := newWorld(t)
	id := w.link("ann", thread, dealSeven)
	if line := w.lastLine(); line.Kind != "crm.link" || line.Title != "Kaas" || line.Record != dealSeven || line.Void != "" {
		t.Errorf("R21: the line is %+v", line)
	}
	want := inbox.Link{ID: id, Provider: "builtin", RecordRef: dealSeven, Title: "Kaas", By: "ann", At: w.decisions[len(w.decisions)-1].At}
	if got := w.state().Links; len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("R21: %+v, want %+v", got, want)
	}
	w.link("ben", thread, dealEight)
	w.wantLinks("deal/7 deal/8")
	w.must("ben", &teamlog.CRMUnlink{Conversation: thread, Link: id})
	if line := w.lastLine(); line.Kind != "crm.unlink" || line.Title != "Kaas" || line.Record != dealSeven {
		t.Errorf("R21: the line is %+v", line)
	}
	w.wantLinks("-deal/7 deal/8")
	w.must("carol", &teamlog.CRMUnlink{Conversation: thread, Link: id})
	if line := w.lastLine(); line.Void != teamlog.NotFound || line.Title != "Kaas" {
		t.Errorf("unlinked twice: %+v", line)
	}
}

func TestLinkingWhatIsLinkedIsNothing(t *testing.T) {
	w := newWorld(t)
	first := w.link("ann", thread, dealSeven)
	second := w.link("ben", thread, dealSeven)
	if got := w.state(); len(got.Links) != 1 || got.Links[0].ID != first || len(got.Activity) != 1 {
		t.Errorf("R21: %+v", got)
	}
	// What was written for the second counts for the first: nothing is doubled.
	w.noted(second, 1, 1, "a", "b")
	if got := w.state().Links[0]; len(got.Notes) != 0 || !reflect.DeepEqual(got.Elsewhere, []string{"a", "b"}) {
		t.Errorf("R25: %+v", got)
	}
	w.must("carol", &teamlog.CRMUnlink{Conversation: thread, Link: second})
	w.wantLinks("-deal/7 -deal/7")
	w.link("carol", thread, dealSeven)
	if got := w.state().Links; len(got) != 3 || got[2].Removed || len(got[2].Elsewhere) != 0 {
		t.Errorf("R22: linked anew it begins anew: %+v", got)
	}
}

func TestAnUnlinkIsTakenBackByItsAuthor(t *testing.T) {
	w := newWorld(t)
	first := w.link("ann", thread, dealSeven)
	second := w.link("ben", thread, dealSeven)
	w.noted(first, 1, 1, "a")
	w.noted(second, 1, 1, "b")
	again := linkTo(thread, dealSeven)
	again.Undo = first
	w.decide("ann", again)
	if line := w.lastLine(); line.Void != teamlog.NothingToUndo {
		t.Errorf("nothing was removed: %+v", line)
	}
	w.must("ann", &teamlog.CRMUnlink{Conversation: thread, Link: first})
	w.noted(first, 1, 2, "late")
	w.decide("ben", again)
	if line := w.lastLine(); line.Void != teamlog.NothingToUndo {
		t.Errorf("by somebody else: %+v", line)
	}
	other := linkTo(thread, dealEight)
	other.Undo = first
	w.decide("ann", other)
	if line := w.lastLine(); line.Void != teamlog.NothingToUndo {
		t.Errorf("as another record: %+v", line)
	}
	w.must("ann", again)
	got := w.state().Links
	if len(got) != 1 || got[0].ID != first || got[0].Removed || len(got[0].Notes) != 1 {
		t.Fatalf("%+v", got)
	}
	if names := got[0].Notes[0].Names; !reflect.DeepEqual(names, []string{"a", "late"}) || !reflect.DeepEqual(got[0].Elsewhere, []string{"b"}) {
		t.Errorf("R25: of what was noted %q and %q came back", names, got[0].Elsewhere)
	}
	again.Undo = "made up"
	w.decide("ann", again)
	if line := w.lastLine(); line.Void != teamlog.NotFound {
		t.Errorf("of nothing: %+v", line)
	}
}

func TestADeleteEndsLinksForGood(t *testing.T) {
	w := newWorld(t)
	before := uint64(len(w.decisions))
	id := w.link("ann", thread, dealSeven)
	w.noted(id, 1, 1, "a")
	w.must("ann", &teamlog.Delete{Conversation: thread, Covers: []inbox.Key{thread}})
	if got := w.state(); len(got.Links) != 0 {
		t.Fatalf("R12: %+v", got.Links)
	}
	w.noted(id, 1, 2, "b")
	again := linkTo(thread, dealSeven)
	again.Undo = id
	w.decide("ann", again)
	w.decideAfter("ben", before+1, linkTo(thread, dealEight))
	w.arrives("c1:second", noon.Add(time.Hour))
	if got := w.state(); got.Hidden || len(got.Links) != 0 {
		t.Fatalf("R13: shown again it is unlinked: %+v", got.Links)
	}
	w.link("ben", thread, dealSeven)
	if got := w.state().Links; len(got) != 1 || len(got[0].Notes) != 0 {
		t.Errorf("R13: linked after it: %+v", got)
	}
}

// Two conversations turn out to be one, each linked with the same deal: what is
// written for either is written, and nothing that stood becomes void.
func TestMergedConversationsKeepTheirLinks(t *testing.T) {
	w := newWorld(t)
	w.arrives("c1:other", noon)
	first := w.link("ann", thread, dealSeven)
	second := w.link("ben", "c1:other", dealSeven)
	third := w.link("ben", "c1:other", dealEight)
	w.noted(first, 1, 1, "a")
	w.notedOn("c1:other", second, 1, 1, "b")
	w.notedOn("c1:other", third, 1, 1, "c")
	got := w.state()
	if len(got.Links) != 2 || got.Links[0].ID != first || got.Links[1].ID != third {
		t.Fatalf("%+v", got.Links)
	}
	if !reflect.DeepEqual(got.Links[0].Elsewhere, []string{"b"}) || len(got.Links[0].Notes) != 1 || len(got.Links[1].Notes) != 1 {
		t.Errorf("R25: %+v", got.Links)
	}
	for _, line := range got.Activity {
		if line.Void != "" {
			t.Errorf("void by merging: %+v", line)
		}
	}
	alone := teamlog.FoldConversation(teamlog.Facts{Me: "ann"}, of([]inbox.Key{"c1:other"}, w.decisions))
	if len(alone.Links) != 2 || alone.Links[0].ID != second || len(alone.Links[0].Elsewhere) != 0 || len(alone.Links[0].Notes) != 1 {
		t.Errorf("apart: %+v", alone.Links)
	}
}

func TestLinksHaveLimits(t *testing.T) {
	w := newWorld(t)
	for i := range 100 {
		w.link("ann", thread, inbox.RecordRef{Kind: inbox.Lead, ID: fmt.Sprint(i)})
	}
	w.decide("ann", linkTo(thread, dealSeven))
	if line := w.lastLine(); line.Void != teamlog.TooMany || len(w.state().Links) != 100 {
		t.Errorf("%+v", line)
	}
	w.must("ann", &teamlog.CRMUnlink{Conversation: thread, Link: w.state().Links[7].ID})
	w.must("ann", linkTo(thread, dealSeven))
	if got := w.state().Links; len(got) != 101 || got[100].Removed {
		t.Errorf("%d links", len(got))
	}
}

// An id of a private book can be taken once in a conversation; whoever takes it
// for another record gets nothing.
func TestALinkOfASharedChannelKeepsItsID(t *testing.T) {
	w := newWorld(t)
	shared := linkTo(thread, dealSeven)
	shared.ID = "private-A"
	w.must("ann", shared)
	w.noted("private-A", 1, 1, "a")
	if got := w.state().Links; len(got) != 1 || got[0].ID != "private-A" || len(got[0].Notes) != 1 {
		t.Errorf("R31: %+v", got)
	}
	w.must("ann", shared)
	if n := len(w.state().Activity); n != 1 {
		t.Errorf("again, it leaves %d lines", n)
	}
	twin := linkTo(thread, dealEight)
	twin.ID = "private-A"
	w.decide("ben", twin)
	if line := w.lastLine(); line.Void != teamlog.AlreadyExists || len(w.state().Links) != 1 {
		t.Errorf("%+v", line)
	}
}
