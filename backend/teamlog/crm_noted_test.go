package teamlog_test

import (
	"reflect"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// noted lets ann claim the work of a revision of a link's first note, and say
// what she wrote.
func (w *world) noted(link string, window, revision int, names ...string) {
	w.t.Helper()
	w.notedOn(thread, link, window, revision, names...)
}

func (w *world) notedOn(c inbox.Key, link string, window, revision int, names ...string) {
	w.t.Helper()
	work := inbox.NoteWork(link, window, 1, revision)
	w.must("ann", &teamlog.Claim{Work: work, Lease: 300})
	w.must("ann", noteOf(c, link, window, revision, names...))
}

func noteOf(c inbox.Key, link string, window, revision int, names ...string) *teamlog.CRMNoted {
	return &teamlog.CRMNoted{
		Conversation: c, Link: link, Work: inbox.NoteWork(link, window, 1, revision), NoteID: "9", Window: window, Part: 1,
		Revision: revision, From: noon.Add(time.Duration(revision) * time.Hour), Names: names, State: inbox.NoteCurrent,
	}
}

func TestWhatIsNotedGrows(t *testing.T) {
	w := newWorld(t)
	id := w.link("ann", thread, dealSeven)
	lines := len(w.state().Activity)
	w.noted(id, 1, 1, "a", "b")
	w.noted(id, 1, 3, "b", "c")
	stale := noteOf(thread, id, 1, 2, "d")
	stale.Hash = "old"
	w.must("ann", &teamlog.Claim{Work: stale.Work, Lease: 300})
	w.must("ann", stale)
	w.noted(id, 2, 1, "e")
	got := w.state()
	if len(got.Activity) != lines {
		t.Errorf("bookkeeping leaves lines: %+v", got.Activity[lines:])
	}
	notes := got.Links[0].Notes
	if len(notes) != 2 {
		t.Fatalf("%+v", notes)
	}
	if n := notes[0]; n.Revision != 3 || n.Hash != "" || !reflect.DeepEqual(n.Names, []string{"a", "b", "c", "d"}) {
		t.Errorf("R25: what an earlier revision wrote counts, and nothing else of it: %+v", n)
	}
	if n := notes[0]; !n.From.Equal(noon.Add(time.Hour)) {
		t.Errorf("R23: the window began at %v", n.From)
	}
	if n := notes[1]; n.Window != 2 || n.Part != 1 || !reflect.DeepEqual(n.Names, []string{"e"}) {
		t.Errorf("R23: %+v", n)
	}
}

// A part that a person edited goes on in another, with the same window.
func TestPartsStandInOrder(t *testing.T) {
	w := newWorld(t)
	id := w.link("ann", thread, dealSeven)
	w.noted(id, 2, 1, "late")
	w.noted(id, 1, 1, "a")
	work := inbox.NoteWork(id, 1, 2, 1)
	w.must("ann", &teamlog.Claim{Work: work, Lease: 300})
	second := noteOf(thread, id, 1, 1, "b")
	second.Part, second.Work, second.From = 2, work, noon.Add(9*time.Hour)
	mark := noteOf(thread, id, 1, 2)
	mark.Work, mark.State = work, inbox.NoteEdited // said together with the new part, by its work
	w.must("ann", second)
	w.must("ann", mark)
	more := *second
	more.Revision, more.Names = 2, []string{"c"}
	w.must("ann", &more)
	var order []int
	notes := w.state().Links[0].Notes
	for _, n := range notes {
		order = append(order, n.Window, n.Part)
	}
	if !reflect.DeepEqual(order, []int{1, 1, 1, 2, 2, 1}) {
		t.Fatalf("they stand as %v", order)
	}
	if notes[0].State != inbox.NoteEdited || !reflect.DeepEqual(notes[0].Names, []string{"a"}) || notes[1].State != inbox.NoteCurrent {
		t.Errorf("R24: %+v", notes)
	}
	if !reflect.DeepEqual(notes[1].Names, []string{"b", "c"}) {
		t.Errorf("R24: the second part has %q", notes[1].Names)
	}
	if !notes[1].From.Equal(notes[0].From) {
		t.Errorf("R24: a part has its window's beginning, not %v", notes[1].From)
	}
}

func TestOnlyTheHolderOfTheWorkSaysWhatIsNoted(t *testing.T) {
	w := newWorld(t)
	id := w.link("ann", thread, dealSeven)
	first := noteOf(thread, id, 1, 1, "a")
	w.void("ann", first, teamlog.NotFound)
	w.signedBy = "ann-1"
	w.must("ann", &teamlog.Claim{Work: first.Work, Lease: 300})
	claim := w.lastID()
	w.signedBy = "ann-2"
	w.void("ann", first, teamlog.Taken)
	w.signedBy = "ben-1"
	w.must("ben", &teamlog.Takeover{Work: first.Work, Of: claim})
	w.signedBy = "ann-1"
	w.void("ann", first, teamlog.Taken)
	w.signedBy = "ben-1"
	w.must("ben", &teamlog.Done{Work: first.Work, Of: newestClaim(w, first.Work)})
	w.must("ben", first)
	other := noteOf(thread, id, 1, 2, "b")
	other.Work = "note/other/1/1/1"
	w.void("ben", other, teamlog.Malformed)
	if notes := w.state().Links[0].Notes; len(notes) != 1 || len(notes[0].Names) != 1 {
		t.Errorf("R25: %+v", notes)
	}
}

func newestClaim(w *world, work string) string {
	state, _ := w.team.Claim(work)
	return state.Record
}

// A private channel has one desktop: its book needs no claims.
func TestAPrivateChannelNotesWithoutClaims(t *testing.T) {
	w := newWorld(t)
	view := w.team.With([]inbox.Channel{{ID: "p1", Installer: "ann"}})
	noted := teamlog.Decision{ID: "private-1", Author: "ann", Event: noteOf("p1:a", "private-0", 1, 1, "a")}
	if void := view.Apply(&noted); void != teamlog.Admitted {
		t.Errorf("R31: %s", void)
	}
	noted.Author = "ben"
	if void := view.Apply(&noted); void != teamlog.NoAccess {
		t.Errorf("R31: by somebody else: %q", void)
	}
}

func TestNothingIsNotedForALinkThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	w.noted("made up", 1, 1, "a")
	if got := w.state(); len(got.Links) != 0 || len(got.Activity) != 0 {
		t.Errorf("%+v", got)
	}
}
