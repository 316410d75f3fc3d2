package crm_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// chance draws from a seed.
func chance(seed uint64) func(int) int {
	r := rand.New(rand.NewPCG(seed, 25))
	return r.IntN
}

// team is one to five desktops; the office's breaks never.
func team(t testing.TB, seed uint64) *world {
	w := newWorld(t)
	w.draw = chance(seed)
	w.desk("office-1", "office").steady = true
	for _, d := range [][2]string{{"ann-1", "ann"}, {"ben-1", "ben"}, {"ann-2", "ann"}, {"carol-1", "carol"}}[:w.draw(5)] {
		made := w.desk(d[0], inbox.MemberID(d[1]))
		made.skew = time.Duration(w.draw(1200)-600) * time.Second
		if w.draw(3) == 1 {
			made.language, made.zone = "nl", time.FixedZone("", 5*3600+1800)
		}
	}
	return w
}

// live lets some bad days pass.
func (w *world) live() {
	w.faulty = true
	var private *desk
	if d := w.desks["ann-1"]; d != nil && w.desks["ann-2"] == nil {
		private = d
	}
	for range w.draw(4) {
		w.writes("k0", w.now.Add(-time.Duration(w.draw(40*3600))*time.Second))
	}
	w.writes("k1", w.now.Add(-time.Hour))
	w.writes("p0", w.now.Add(-time.Hour))
	office := w.desks["office-1"]
	w.fetch(office, false)
	w.link(office, "k0")
	w.link(office, "k1")
	if private != nil {
		w.link(private, "p0")
	}
	for range 60 {
		w.now = w.now.Add(time.Duration(1+w.draw(90)) * time.Second)
		if w.draw(12) == 1 {
			w.now = w.now.Add(time.Duration(w.draw(16)) * time.Hour)
		}
		w.happen(office)
		for _, name := range slices.Sorted(maps.Keys(w.desks)) {
			d := w.desks[name]
			w.change(d)
			w.fetch(d, !d.steady)
			if w.draw(3) != 1 || d.steady {
				d.enter(w)
			}
		}
	}
	w.faulty = false
	for _, d := range w.desks {
		d.offline, d.skew = false, 0
		if d.crm == nil {
			d.start()
		}
		w.fetch(d, false)
	}
	for range 40 {
		w.run(15*time.Minute, 30*time.Second)
		if w.quiet() {
			return
		}
	}
}

// quiet says that nobody has anything left to do.
func (w *world) quiet() bool {
	for _, name := range slices.Sorted(maps.Keys(w.desks)) {
		d := w.desks[name]
		d.enter(w)
		if d.crm.Jobs() > 0 {
			return false
		}
	}
	return true
}

// happen brings a message, an assignment, another link, or a person who changes
// a note.
func (w *world) happen(office *desk) {
	conv := inbox.Key([]string{"k0", "k1", "p0"}[w.draw(3)])
	switch w.draw(9) {
	case 1, 2, 3:
		w.writes(conv, w.now.Add(-time.Duration(w.draw(20))*time.Second))
	case 4:
		w.writes(conv, w.now.Add(-time.Duration(w.draw(26*3600))*time.Second)) // known late
	case 5:
		if conv != "p0" {
			w.assign(conv, []inbox.MemberID{"", "ann", "ben", "office"}[w.draw(4)])
		}
	case 6:
		w.person()
	case 7:
		if conv != "p0" && w.draw(4) == 1 {
			w.link(office, conv)
		}
	}
}

// change switches a desktop on or off, cuts it off, or sets its clock.
func (w *world) change(d *desk) {
	if d.steady {
		return
	}
	switch w.draw(12) {
	case 1:
		d.crm = nil
	case 2, 3, 4:
		if d.crm == nil {
			d.start()
		}
	case 5:
		d.offline = !d.offline
	case 6:
		d.skew += time.Duration(w.draw(7200)-3600) * time.Second
	}
}

// faults lists what must never be.
func (w *world) faults() (all []string) {
	wrong := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for name, d := range w.desks {
		if n := d.crm.Jobs(); n != 0 {
			wrong("%s has %d notes to see to after hours", name, n)
		}
	}
	w.untouched(wrong)
	w.places(wrong)
	for _, d := range w.desks {
		for _, view := range d.store.views() {
			if view == &d.view && d.device != "office-1" {
				continue
			}
			for conv, t := range view.talks {
				for _, l := range t.links {
					w.stands(conv, l, wrong)
					w.status(t, l, wrong)
				}
			}
		}
	}
	return all
}

// untouched looks for notes that a person changed and the program changed again
// (R24).
func (w *world) untouched(wrong func(string, ...any)) {
	for _, n := range w.book.Notes() {
		t, yes := w.touched[n.ID]
		if yes && (n.Deleted != t.deleted || n.Content != t.after) {
			wrong("note %s was changed after a person had: %q, not %q", n.ID, n.Content, t.after)
		}
	}
}

// places looks for two notes of one link, window and part (R25). One of which
// whoever wrote it did not live to say, and whose mark a person took away before
// anybody came to look, nobody can know of: it is written again.
func (w *world) places(wrong func(string, ...any)) {
	known, seen := w.known(), map[string]string{}
	for _, n := range w.book.Notes() {
		place, _, _ := crm.Mark(n.Text + w.touched[n.ID].before)
		if now, _, _ := crm.Mark(n.Text); !known[n.ID] && (n.Deleted || now == "") {
			continue
		}
		if other, twice := seen[place]; twice {
			wrong("notes %s and %s are of one place", other, n.ID)
		}
		seen[place] = n.ID
	}
}

// known are the notes that the log knows of.
func (w *world) known() map[string]bool {
	ids := map[string]bool{}
	for _, d := range w.desks {
		for _, view := range d.store.views() {
			for _, t := range view.talks {
				for _, l := range t.links {
					for _, n := range l.Notes {
						ids[n.NoteID] = true
					}
				}
			}
		}
	}
	return ids
}

// stands checks that each message which is to be in a link's notes is there
// once, in those that nobody changed, and in the right window.
func (w *world) stands(conv inbox.Key, l inbox.Link, wrong func(string, ...any)) {
	if len(l.Notes) == 0 {
		wrong("link %s has no note", l.ID)
		return
	}
	named := func(in inbox.WrittenNote, m letter) bool {
		return slices.ContainsFunc(m.names, func(n string) bool { return slices.Contains(in.Names, n) })
	}
	from := map[int]time.Time{}
	oldest := w.now
	for _, n := range l.Notes {
		if from[n.Window].IsZero() || n.Part == 1 {
			from[n.Window] = n.From
		}
		for _, m := range w.letters {
			if n.Window == 1 && m.conv == conv && named(n, m) && m.at.Before(oldest) {
				oldest = m.at
			}
		}
	}
	for i, m := range w.letters {
		if m.conv != conv || m.at.Before(oldest) {
			continue
		}
		clean, before := 0, 0
		for _, n := range w.book.Notes() {
			if n.On != l.RecordRef {
				continue
			}
			if t, yes := w.touched[n.ID]; yes {
				before += m.in(t.before)
			} else {
				clean += m.in(n.Text)
			}
		}
		if clean > 1 || clean == 0 && before == 0 {
			wrong("message %d stands %d times in the notes of link %s, %d in those that a person changed", i, clean, l.ID, before)
		}
		for _, n := range l.Notes {
			if _, yes := w.touched[n.NoteID]; n.State != inbox.NoteCurrent && !yes {
				wrong("note %s of link %s is called %s, and nobody changed it", n.NoteID, l.ID, n.State)
			}
			if named(n, m) && !m.at.Before(from[n.Window].Add(inbox.NoteWindow)) {
				wrong("message %d of %v is in window %d, which began at %v", i, m.at, n.Window, from[n.Window])
			}
		}
	}
}

// status checks that a newest note which nobody changed names who looks after
// the conversation.
func (w *world) status(t *talk, l inbox.Link, wrong func(string, ...any)) {
	if len(l.Notes) == 0 {
		return
	}
	last := l.Notes[0]
	for _, n := range l.Notes {
		if n.Window > last.Window || n.Window == last.Window && n.Part > last.Part {
			last = n
		}
	}
	if last.State == inbox.NoteCurrent && last.Assignee != t.assignee && w.touched[last.NoteID].before == "" && w.now.Before(last.From.Add(inbox.NoteWindow)) {
		wrong("the note of link %s says %q looks after it, and not %q", l.ID, last.Assignee, t.assignee)
	}
}

// Whoever is killed, cut off, or left without an answer, whenever, whatever
// people do to the notes, and however wrong the clocks are: each message stands
// once in the notes that nobody changed, and what a person changed stays
// (R23–R25).
func TestEachMessageOnceAndNothingOverwritten(t *testing.T) {
	const lives = 300
	notes, touched, writes, said := 0, 0, 0, map[string]int{}
	for seed := range uint64(lives) {
		w := team(t, seed)
		w.live()
		for _, fault := range w.faults() {
			t.Errorf("life %d: %s", seed, fault)
		}
		for _, n := range w.book.Notes() {
			notes, writes = notes+1, writes+n.Writes
		}
		touched += len(w.touched)
		for state, n := range w.said {
			said[state] += n
		}
	}
	if notes < 3*lives || touched < lives || writes < 2*notes || said["adopted"] < lives/3 {
		t.Errorf("%d notes, %d writings, %d changed by people, %v: the lives are too quiet to tell anything", notes, writes, touched, said)
	}
	t.Logf("%d lives: %d notes in %d writings, %d changed by people; works ended %v", lives, notes, writes, touched, said)
}

// The same lives without what keeps them in order go wrong: the simulation finds
// it, so that its silence above means something.
func TestTheSimulationFindsFaults(t *testing.T) {
	const lives = 100
	for what, spoil := range map[string]func(*world){
		"nobody looks for what the dead wrote": func(w *world) { w.blind = true },
		"everybody gets every claim":           func(w *world) { w.lawless = true },
	} {
		bad := 0
		for seed := range uint64(lives) {
			w := team(t, seed)
			spoil(w)
			w.live()
			if len(w.faults()) > 0 {
				bad++
			}
		}
		t.Logf("%s: %d of %d lives go wrong", what, bad, lives)
		if bad == 0 {
			t.Errorf("%s, and nothing goes wrong", what)
		}
	}
}
