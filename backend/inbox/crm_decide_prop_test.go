package inbox_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
)

// crmNote is a note as it stands in the model's CRM.
type crmNote struct {
	window, part, revision int
	has                    []int // numbers of messages
	touched                inbox.NoteState
}

// noteWorld is a conversation with one link, a CRM, the team log and desktops
// that know different messages, have different clocks, and die.
type noteWorld struct {
	t        *rapid.T
	messages []worldMessage
	crm      []*crmNote
	link     inbox.Link
	assignee inbox.MemberID
	now      time.Time
	desks    []*noteDesk
	floor    time.Time // of the first note's oldest message
	died     bool      // the last writer, before it told the log
}

type worldMessage struct {
	at   time.Time
	size int
	out  bool
}

type noteDesk struct {
	knows map[int]bool
	skew  time.Duration
}

func newNoteWorld(t *rapid.T) *noteWorld {
	w := &noteWorld{t: t, now: noon, link: inbox.Link{ID: "l", At: noon}}
	for range 3 {
		w.desks = append(w.desks, &noteDesk{knows: map[int]bool{}})
	}
	return w
}

// facts are what a desktop sees. Each has a key of its own for what went out.
func (w *noteWorld) facts(d *noteDesk) (inbox.NoteFacts, []int) {
	var known []int
	for i := range w.messages {
		if d.knows[i] {
			known = append(known, i)
		}
	}
	slices.SortStableFunc(known, func(a, b int) int { return w.messages[a].at.Compare(w.messages[b].at) })
	f := inbox.NoteFacts{Link: w.link, Assignee: w.assignee, Now: w.now.Add(d.skew)}
	f.Link.Notes = slices.Clone(w.link.Notes)
	for _, i := range known {
		m := inbox.NoteMessage{Names: []string{fmt.Sprint("in:", i)}, At: w.messages[i].at, Size: w.messages[i].size}
		if w.messages[i].out {
			m.Names = []string{fmt.Sprintf("%p:%d", d, i), fmt.Sprint("id:", i)}
		}
		f.Messages = append(f.Messages, m)
	}
	return f, known
}

func (w *noteWorld) said(numbers []int) (names []string) {
	for _, i := range numbers {
		kind := "in:"
		if w.messages[i].out {
			kind = "id:"
		}
		names = append(names, fmt.Sprint(kind, i))
	}
	return names
}

func (w *noteWorld) note(window, part int) *crmNote {
	for _, n := range w.crm {
		if n.window == window && n.part == part {
			return n
		}
	}
	return nil
}

func (w *noteWorld) logged(window, part int) *inbox.WrittenNote {
	for i := range w.link.Notes {
		if n := &w.link.Notes[i]; n.Window == window && n.Part == part {
			return n
		}
	}
	return nil
}

// work lets a desktop that has the claim do one step, as the service does: when
// the one before it died it first finds what that one has written, wherever it
// was, and it looks when it is told to. It dies itself before telling the log
// when it is told to die.
func (w *noteWorld) work(d *noteDesk, dies bool) bool {
	if w.died {
		w.recover(d)
	}
	f, known := w.facts(d)
	v := inbox.DecideNote(f)
	if v.Act == inbox.NoteLook {
		f.Provider = standing(w.note(v.Window, v.Part).state())
		v = inbox.DecideNote(f)
	}
	numbers := make([]int, 0, len(v.Messages))
	for _, i := range v.Messages {
		numbers = append(numbers, known[i])
	}
	if v.Mark != "" {
		w.markNewest(v.Mark)
	}
	switch v.Act {
	case inbox.NoteNothing:
		return false
	case inbox.NoteLook:
		w.t.Fatal("looked, and is told to look again")
	case inbox.NoteStart:
		w.start(d, v, numbers, dies)
	case inbox.NoteAppend:
		w.append(d, v, numbers, dies)
	case inbox.NoteMark:
	}
	return true
}

// recover says in the log what one that died wrote without saying so: the
// newest part, the one after it, or the next window's first.
func (w *noteWorld) recover(d *noteDesk) {
	w.died = false
	for _, n := range w.crm {
		switch known := w.logged(n.window, n.part); {
		case n.touched == "" && (known == nil || known.Revision < n.revision):
			w.tell(n, d)
		case n.touched != "" && known == nil:
			n.window = 0 // nobody can tell that it was ours
		}
	}
}

func (n *crmNote) state() inbox.NoteState {
	if n.touched != "" {
		return n.touched
	}
	return inbox.NoteCurrent
}

func (w *noteWorld) markNewest(state inbox.NoteState) {
	w.link.Notes[len(w.link.Notes)-1].State = state
}

func (w *noteWorld) start(d *noteDesk, v inbox.NoteVerdict, numbers []int, dies bool) {
	if w.note(v.Window, v.Part) != nil {
		w.t.Fatal("writes a note that is there")
	}
	if len(numbers) == 0 {
		w.t.Fatal("starts an empty note")
	}
	if len(w.link.Notes) == 0 && len(numbers) > inbox.NoteFirstMax {
		w.t.Fatalf("the first note has %d messages", len(numbers))
	}
	if v.Part == 1 && v.Window > 1 {
		for _, i := range numbers {
			if w.messages[i].at.Before(w.ends(v.Window - 1)) {
				w.t.Fatalf("message %d begins window %d and is of the one before", i, v.Window)
			}
		}
	}
	n := &crmNote{window: v.Window, part: v.Part, revision: 1, has: numbers}
	w.crm = append(w.crm, n)
	if w.died = dies; !dies {
		w.tell(n, d)
	}
}

func (w *noteWorld) ends(window int) time.Time { return w.logged(window, 1).From.Add(inbox.NoteWindow) }

func (w *noteWorld) append(d *noteDesk, v inbox.NoteVerdict, numbers []int, dies bool) {
	n := w.note(v.Window, v.Part)
	if n.touched != "" {
		w.t.Fatalf("writes over a note that was %s", n.touched)
	}
	known := w.logged(v.Window, v.Part)
	for _, name := range known.Names {
		if !slices.Contains(w.said(numbers), name) {
			w.t.Fatalf("%s is written out of its note", name)
		}
	}
	for _, i := range numbers {
		if !slices.Contains(known.Names, w.said([]int{i})[0]) && !w.messages[i].at.Before(w.ends(v.Window)) {
			w.t.Fatalf("message %d joins a note whose day was over", i)
		}
	}
	n.has, n.revision = numbers, max(n.revision, known.Revision)+1
	if w.died = dies; !dies {
		w.tell(n, d)
	}
}

// tell says in the log what stands in the CRM.
func (w *noteWorld) tell(n *crmNote, d *noteDesk) {
	known := w.logged(n.window, n.part)
	if known == nil {
		if len(w.link.Notes) == 0 {
			w.floor = w.messages[n.has[0]].at
		}
		from := w.now.Add(d.skew)
		if n.part > 1 {
			from = w.logged(n.window, 1).From
		}
		w.link.Notes = append(w.link.Notes, inbox.WrittenNote{Window: n.window, Part: n.part, From: from, State: inbox.NoteCurrent})
		known = &w.link.Notes[len(w.link.Notes)-1]
	}
	known.Revision, known.Names, known.Assignee = n.revision, w.said(n.has), w.assignee
}

// history is one random life of a conversation.
func (w *noteWorld) history() {
	t := w.t
	for range rapid.IntRange(1, 60).Draw(t, "steps") {
		d := w.desks[rapid.IntRange(0, 2).Draw(t, "desk")]
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0, 1, 2:
			w.now = w.now.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * time.Hour / 4)
			back := time.Duration(rapid.IntRange(0, 60).Draw(t, "late")) * time.Hour
			w.messages = append(w.messages, worldMessage{
				at:   w.now.Add(-back).Add(time.Duration(len(w.messages))),
				size: rapid.SampledFrom([]int{300, 8000}).Draw(t, "size"), out: rapid.Bool().Draw(t, "out"),
			})
			d.knows[len(w.messages)-1] = true
		case 3:
			for i := range w.messages {
				d.knows[i] = d.knows[i] || rapid.Bool().Draw(t, "hears")
			}
		case 4:
			d.skew = time.Duration(rapid.IntRange(-50, 50).Draw(t, "skew")) * time.Hour
		case 5:
			w.assignee = inbox.MemberID(rapid.SampledFrom([]string{"", "ann", "ben"}).Draw(t, "assignee"))
		case 6:
			if len(w.crm) > 0 {
				n := w.crm[rapid.IntRange(0, len(w.crm)-1).Draw(t, "note")]
				n.touched = rapid.SampledFrom([]inbox.NoteState{inbox.NoteEdited, inbox.NoteDeleted}).Draw(t, "touch")
			}
		case 7:
			w.work(d, true)
		default:
			w.work(d, false)
		}
	}
}

// settle lets everybody know everything and work until nothing is left.
func (w *noteWorld) settle() {
	for _, d := range w.desks {
		d.skew = 0
		for i := range w.messages {
			d.knows[i] = true
		}
	}
	for range 10 * (len(w.messages) + 5) {
		working := false
		for _, d := range w.desks {
			working = w.work(d, false) || working
		}
		if !working {
			return
		}
	}
	w.t.Fatal("it never ends")
}

func TestR25EachMessageOnceInAnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newNoteWorld(t)
		w.history()
		w.settle()
		for i, m := range w.messages {
			untouched, touched := w.count(i)
			switch {
			case untouched > 1:
				t.Fatalf("message %d stands %d times", i, untouched)
			case !m.at.Before(w.floor) && untouched+touched == 0:
				t.Fatalf("message %d of %v stands in no note", i, m.at)
			}
		}
		for _, n := range w.link.Notes {
			if f := (inbox.NoteFacts{Link: w.link}); f.Link.Written()[n.Names[0]] != true {
				t.Fatal("a name in a note is not among the written ones")
			}
		}
	})
}

func (w *noteWorld) count(message int) (untouched, touched int) {
	for _, n := range w.crm {
		if !slices.Contains(n.has, message) {
			continue
		}
		if n.touched == "" {
			untouched++
		} else {
			touched++
		}
	}
	return untouched, touched
}
