package crm_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// pair is Ann's and Ben's desktop with a conversation of one message, linked.
func pair(t *testing.T) (w *world, ann, ben *desk) {
	w = newWorld(t)
	ann, ben = w.desk("ann-1", "ann"), w.desk("ben-1", "ben")
	w.writes("k1", w.now.Add(-time.Hour))
	w.fetch(ann, false)
	w.fetch(ben, false)
	w.link(ann, "k1")
	return w, ann, ben
}

func (w *world) texts() (all []string) {
	for _, n := range w.book.Notes() {
		if !n.Deleted {
			all = append(all, n.Text)
		}
	}
	return all
}

// loaves gives which messages stand in each note that is there.
func (w *world) loaves() string {
	var notes []string
	for _, text := range w.texts() {
		var in []string
		for _, line := range strings.Split(text, "\n") {
			if n, yes := strings.CutPrefix(line, "Loaf number "); yes {
				in = append(in, n[:strings.Index(n, ".")])
			}
		}
		notes = append(notes, strings.Join(in, " "))
	}
	return strings.Join(notes, " | ")
}

func (w *world) expect(what, want string) {
	w.t.Helper()
	if got := w.loaves(); got != want {
		w.t.Errorf("%s: the notes have %q, not %q", what, got, want)
	}
}

func (w *world) arrives(at time.Time, who ...*desk) {
	n := w.writes("k1", at)
	for _, d := range who {
		d.has[n] = true
	}
}

// A note that somebody moved to another record is left there; what follows is
// told where the conversation is linked (R24).
func TestAMovedNoteIsLeft(t *testing.T) {
	w, ann, ben := pair(t)
	w.run(time.Minute, time.Second)
	first := w.book.Notes()[0]
	r, err := w.book.Create(t.Context(), inbox.RecordDraft{Kind: inbox.Person, Name: "Somebody else"})
	if err != nil {
		t.Fatal(err)
	}
	w.book.MoveNote(first.ID, r.RecordRef)
	w.arrives(w.now, ann, ben)
	w.run(time.Hour, time.Minute)
	w.expect("moved", "0 | 1")
	if now := w.book.Notes(); now[0].Writes != first.Writes || now[1].On != first.On {
		t.Errorf("%+v", now)
	}
}

// A note grows for 24 hours; the first message after them begins another
// (R22, R23).
func TestTwentyFourHours(t *testing.T) {
	w, ann, ben := pair(t)
	w.run(time.Minute, time.Second)
	w.expect("linked", "0")
	began := ann.view.talk("k1").links[0].Notes[0].From
	w.arrives(began.Add(time.Hour), ann, ben)
	w.run(time.Minute, time.Second)
	w.expect("an hour later", "0 1")
	w.arrives(began.Add(24*time.Hour-time.Second), ann, ben)
	w.run(time.Minute, time.Second)
	w.expect("at 23:59:59", "0 1 2")
	w.now = began.Add(24 * time.Hour)
	w.arrives(began.Add(24*time.Hour), ann, ben)
	w.run(time.Minute, time.Second)
	w.expect("at 24:00:00", "0 1 2 | 3")
	w.arrives(began.Add(5*time.Hour), ann, ben) // known late
	w.run(time.Minute, time.Second)
	w.expect("a straggler", "0 1 2 | 4 3")
}

// What a person changed or deleted is left as it is; the next message starts a
// new note, and the log knows why (R24).
func TestAPersonsNoteIsLeftAlone(t *testing.T) {
	for state, do := range map[inbox.NoteState]func(*world){
		inbox.NoteEdited:  func(w *world) { w.book.EditNote(w.book.Notes()[0].ID, "<p>Mine now</p>") },
		inbox.NoteDeleted: func(w *world) { w.book.DeleteNote(w.book.Notes()[0].ID) },
	} {
		w, ann, ben := pair(t)
		w.run(time.Minute, time.Second)
		do(w)
		w.arrives(w.now, ann, ben)
		w.run(time.Minute, time.Second)
		if got := strings.TrimPrefix(w.loaves(), " | "); got != "1" {
			t.Errorf("%s: the notes have %q", state, got)
		}
		notes := ann.view.talk("k1").links[0].Notes
		if len(notes) != 2 || notes[0].State != state || notes[1].Part != 2 || notes[1].State != inbox.NoteCurrent {
			t.Errorf("%s: the log has %+v", state, notes)
		}
		w.arrives(w.now, ann, ben)
		w.run(time.Minute, time.Second)
		if got := strings.TrimPrefix(w.loaves(), " | "); got != "1 2" {
			t.Errorf("%s, one more: the notes have %q", state, got)
		}
	}
}

// dies kills a desktop the moment its next writing stands in the CRM.
func (w *world) dies(d *desk, step time.Duration) {
	before := w.writings()
	w.faulty = true
	w.draw = func(n int) int {
		if n == stepKinds && d.acting && w.writings() > before {
			return 1
		}
		return 0
	}
	for range 40 {
		w.now = w.now.Add(step)
		d.enter(w)
		if d.crm == nil {
			break
		}
	}
	if d.crm != nil {
		w.t.Fatal("it did not write")
	}
	w.faulty, w.draw = false, func(int) int { return 0 }
}

func (w *world) writings() (n int) {
	for _, note := range w.book.Notes() {
		n += note.Writes
	}
	return n
}

// Whoever takes over finds what the dead one wrote, in whatever language and
// zone that was (R25).
func TestTakenOverAfterTheFirstNote(t *testing.T) {
	w, ann, ben := pair(t)
	ann.language, ann.zone = "nl", time.FixedZone("", -3*3600)
	w.dies(ann, time.Second)
	w.run(20*time.Minute, 5*time.Second)
	w.expect("after the takeover", "0")
	n := ben.view.talk("k1").links[0].Notes[0]
	if n.Language != "nl" || len(n.Names) != 1 || n.Revision != 1 || w.said["adopted"] != 1 {
		t.Errorf("the log has %+v", n)
	}
	w.arrives(w.now, ben)
	w.run(time.Minute, time.Second)
	w.expect("one more", "0 1")
	if text := w.texts()[0]; !strings.Contains(text, "nl:Open in Postvak:") {
		t.Errorf("a note changed its language:\n%s", text)
	}
}

// The dead one had added a message that whoever takes over does not have, who
// has one for the next window only.
func TestTakenOverByOneWhoKnowsLess(t *testing.T) {
	w, ann, ben := pair(t)
	w.run(time.Minute, time.Second)
	w.arrives(w.now, ann)
	w.dies(ann, time.Second)
	w.expect("before", "0 1")
	w.now = w.now.Add(30 * time.Hour)
	w.arrives(w.now, ben)
	w.run(40*time.Minute, 5*time.Second)
	ben.has[1] = true
	w.run(40*time.Minute, 5*time.Second)
	if n := strings.Count(strings.Join(w.texts(), ""), "Loaf number 1."); n != 1 {
		t.Errorf("message 1 stands %d times: %s", n, w.loaves())
	}
	if n := strings.Count(strings.Join(w.texts(), ""), "Loaf number 2."); n != 1 {
		t.Errorf("message 2 stands %d times: %s", n, w.loaves())
	}
}

// A person edits a note that somebody added to and did not live to say so: what
// is in there already is not written again.
func TestEditedBehindTheDead(t *testing.T) {
	w, ann, ben := pair(t)
	w.run(time.Minute, time.Second)
	w.arrives(w.now, ann, ben)
	w.dies(ann, time.Second)
	n := w.book.Notes()[0]
	w.book.EditNote(n.ID, n.Content+"<p>Called him</p>")
	w.run(20*time.Minute, 5*time.Second)
	w.expect("the edited note has both", "0 1")
	if got := ben.view.talk("k1").links[0].Notes[0]; got.State != inbox.NoteEdited || len(got.Names) != 2 {
		t.Errorf("the log has %+v", got)
	}
	w.arrives(w.now, ben)
	w.run(time.Minute, time.Second)
	w.expect("and the next", "0 1 | 2")
}

// A clock that is days behind makes no note for each message.
func TestAClockThatIsDaysBehind(t *testing.T) {
	w, ann, ben := pair(t)
	ben.crm = nil
	ann.skew = -50 * time.Hour
	w.run(time.Minute, time.Second)
	for range 4 {
		w.arrives(w.now, ann)
		w.run(time.Minute, time.Second)
	}
	if got := len(w.texts()); got > 2 {
		t.Errorf("%d notes: %s", got, w.loaves())
	}
}

// The status line follows the assignee; the assignee's desktop writes at once,
// others after it.
func TestTheStatusLine(t *testing.T) {
	w, ann, ben := pair(t)
	w.run(time.Minute, time.Second)
	if !strings.Contains(w.texts()[0], "\nNot assigned\n") {
		t.Errorf("%s", w.texts()[0])
	}
	w.assign("k1", "ben")
	ben.sync()
	w.run(8*time.Second, time.Second)
	if !strings.Contains(w.texts()[0], "\nAssigned to Member ben\n") {
		t.Errorf("%s", w.texts()[0])
	}
	last := w.log[len(w.log)-1][0]
	if last.device != "ben-1" {
		t.Errorf("written by %s", last.device)
	}
	w.now = w.now.Add(25 * time.Hour)
	writes := w.writings()
	w.assign("k1", "ann")
	ann.sync()
	w.run(time.Minute, time.Second)
	if w.writings() != writes {
		t.Error("a past note was written again")
	}
}

// Two links, one of them on a private channel: the log hears nothing of that.
func TestAPrivateChannelIsNotInTheLog(t *testing.T) {
	w := newWorld(t)
	ann, ben := w.desk("ann-1", "ann"), w.desk("ben-1", "ben")
	w.writes("p1", w.now.Add(-time.Hour))
	w.fetch(ann, false)
	w.fetch(ben, false)
	w.link(ann, "p1")
	w.run(10*time.Minute, time.Second)
	w.expect("private", "0")
	if len(w.log) != 0 {
		t.Errorf("the log has %+v", w.log)
	}
	w.writes("p1", w.now)
	w.fetch(ann, false)
	w.dies(ann, time.Second)
	ann.start()
	w.run(time.Minute, time.Second)
	w.expect("killed behind the writing", "0 1")
	if notes := ann.book.talk("p1").links[0].Notes; len(notes) != 1 || notes[0].Revision != 2 || len(notes[0].Names) != 2 {
		t.Errorf("the book has %+v", notes)
	}
}

// The provider is exchanged while the program runs: links of the one before are
// left alone, and go on when it is back.
func TestAnotherProvider(t *testing.T) {
	w, ann, ben := pair(t)
	w.run(time.Minute, time.Second)
	for _, d := range []*desk{ann, ben} {
		d.crm.SetProvider(nil)
	}
	w.arrives(w.now, ann, ben)
	w.run(time.Hour, 10*time.Second)
	w.expect("without one", "0")
	if notes, err := ann.crm.Notes(t.Context(), "k1"); err != nil || len(notes) != 1 {
		t.Errorf("%+v, %v", notes, err)
	}
	ben.crm.SetProvider(&line{ben, w.book})
	w.run(time.Minute, time.Second)
	w.expect("back at one desktop", "0 1")
}

// A provider that asks for a pause gets it, and nothing is lost.
func TestAPause(t *testing.T) {
	w, ann, ben := pair(t)
	ben.crm = nil
	w.book.Limit(0)
	w.run(30*time.Second, time.Second)
	if s := ann.crm.Status(); s.Trouble != "The CRM's quota is used up." || s.Until.IsZero() || s.Notes != 1 {
		t.Errorf("%+v", s)
	}
	notes, err := ann.crm.Notes(t.Context(), "k1")
	if err != nil || len(notes) != 1 || notes[0].State != inbox.NotePending || notes[0].Reason != "The CRM's quota is used up." {
		t.Errorf("%+v, %v", notes, err)
	}
	w.book.Limit(100)
	w.run(3*time.Minute, time.Second)
	w.expect("after the pause", "0")
}

// What the screen shows of notes.
func TestStatesOfNotes(t *testing.T) {
	w, ann, ben := pair(t)
	state := func(want ...inbox.NoteState) {
		t.Helper()
		notes, err := ann.crm.Notes(t.Context(), "k1")
		if err != nil || len(notes) != len(want) {
			t.Fatalf("%+v, %v", notes, err)
		}
		for i, n := range notes {
			if n.State != want[i] || n.State != inbox.NotePending && n.Text == "" {
				t.Errorf("note %d is %s: %+v", i, n.State, n)
			}
		}
	}
	state(inbox.NotePending)
	w.run(time.Minute, time.Second)
	state(inbox.NoteCurrent)
	w.book.EditNote(w.book.Notes()[0].ID, "<p>Mine</p>")
	state(inbox.NoteCurrent) // nobody looked
	w.now = w.now.Add(10 * time.Minute)
	ann.crm.Opened("k1")
	ann.enter(w)
	state(inbox.NoteEdited)
	w.arrives(w.now, ann, ben)
	w.run(time.Minute, time.Second)
	ann.crm.Opened("k1")
	ann.enter(w)
	state(inbox.NoteEdited, inbox.NoteCurrent)
	w.now = w.now.Add(25 * time.Hour)
	state(inbox.NoteEdited, inbox.NotePast)
	w.book.DeleteNote(w.book.Notes()[1].ID)
	ann.crm.Opened("k1")
	ann.enter(w)
	notes, _ := ann.crm.Notes(t.Context(), "k1")
	if notes[1].State != inbox.NoteDeleted {
		t.Errorf("%+v", notes)
	}
}

// A link whose record is gone is not asked about all the time.
func TestARecordThatIsGone(t *testing.T) {
	w, ann, ben := pair(t)
	ben.crm = nil
	w.book.DeleteRecord(ann.view.talk("k1").links[0].RecordRef)
	calls := 0
	w.book.Fault = func(string, bool) error { calls++; return nil }
	w.run(time.Hour, 10*time.Second)
	if calls == 0 || calls > 40 {
		t.Errorf("%d calls in an hour", calls)
	}
}

var _ crm.Provider = (*line)(nil)

// nap is a way to the CRM behind which the computer falls asleep, once, while a
// note is looked for.
type nap struct {
	*line
	slept *bool
}

func (n nap) FindNote(ctx context.Context, on inbox.RecordRef, marker string) (inbox.NoteVersion, bool, error) {
	found, there, err := n.line.FindNote(ctx, on, marker)
	if !*n.slept {
		*n.slept = true
		n.d.w.sleep(n.d)
	}
	return found, there, err
}

// A computer that sleeps for longer than its claim, just before it writes, finds
// on waking that it is somebody else's.
func TestAsleepBeforeWriting(t *testing.T) {
	w, ann, ben := pair(t)
	w.run(time.Minute, time.Second)
	w.book.DeleteNote(w.book.Notes()[0].ID)
	slept := false
	ann.crm.SetProvider(nap{&line{ann, w.book}, &slept})
	w.assign("k1", "ann") // her desktop is the first
	ann.sync()
	ben.sync()
	w.arrives(w.now, ann, ben)
	w.run(20*time.Minute, time.Second)
	if w.expect("written by the one awake", "1"); !slept {
		t.Error("nobody slept")
	}
}

// The dead one lacked a message of the newest note, and so began another part;
// whoever takes over has all, and would add to the first.
func TestTakenOverByOneWhoKnowsMore(t *testing.T) {
	w, ann, ben := pair(t)
	w.run(time.Minute, time.Second)
	w.arrives(w.now, ann)
	w.run(time.Minute, time.Second)
	w.expect("before", "0 1")
	w.arrives(w.now, ben)
	w.dies(ben, 10*time.Second)
	w.expect("the dead one began a part", "0 1 | 2")
	ann.has[2] = true
	w.run(20*time.Minute, 5*time.Second)
	w.expect("after the takeover", "0 1 | 2")
	w.arrives(w.now, ann)
	w.run(time.Minute, time.Second)
	w.expect("and it goes on there", "0 1 | 2 3")
}
