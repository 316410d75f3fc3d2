package proof

import (
	"slices"
	"strings"
	"testing"

	"postvak/app"
)

// TestATeamWithNoServer is three people on three desktops who share nothing
// but a mailbox. Every scenario says what must happen, and what must not.
func TestATeamWithNoServer(t *testing.T) {
	f := openFirm(t)
	a := f.founds(t)
	b := f.invited(t, a)
	c := f.approved(t, a, b)
	w := &week{f: f, ann: a, ben: b, carol: c}
	w.goesThrough(t, scenarios)
	f.ends()
}

// scenario is a part of the week, in the users' words.
type scenario struct {
	name string
	run  func(*week, *testing.T)
}

// shakyScenarios is how many of them are tried on broken connections too:
// those that do not send mail, whose own faults are tried elsewhere.
const shakyScenarios = 9

var scenarios = []scenario{
	{"R1 a new conversation is unassigned for everybody", (*week).arrives},
	{"R2 R4 Ann assigns to Ben and Ben sees it", (*week).assigns},
	{"R3 nobody is assigned who is not available", (*week).unavailable},
	{"R5 anybody reassigns and unassigns", (*week).reassigns},
	{"R6 what one has stays when one goes", (*week).leavesDesk},
	{"R7 of two assignments the first stands and the second is told", (*week).collides},
	{"R8 Ben closes, Carol reopens", (*week).closesAndReopens},
	{"R9 a customer's answer reopens", (*week).reopensByItself},
	{"R9 a close covers only what its author had seen", (*week).closesUnseen},
	{"R10 an answer of ours does not reopen by itself", (*week).answersClosed},
	{"R11 R12 R13 only the installer deletes, for everybody and for good", (*week).deletes},
	{"R30 members see settings and change none", (*week).settings},
	{"R31 a private channel is nobody else's", (*week).private},
	{"R33 everything is there offline and goes out later", (*week).offline},
	{"notes, mentions and who is writing", (*week).together},
	{"Ben answered while Ann was writing", (*week).answeredMeanwhile},
	{"a lost laptop", (*week).losesLaptop},
	{"R30 a removed member", (*week).removes},
	{"the last admin stays", (*week).lastAdmin},
	{"no secret anywhere", (*week).secrets},
}

func (w *week) goesThrough(t *testing.T, all []scenario) {
	t.Helper()
	for _, s := range all {
		if !t.Run(s.name, func(t *testing.T) {
			w.f.says(t)
			s.run(w, t)
		}) {
			break
		}
	}
	w.f.says(t)
}

// week is the team at work.
type week struct {
	f               *firm
	ann, ben, carol *desk
}

func (w *week) all() []*desk { return []*desk{w.ann, w.ben, w.carol} }

func (w *week) arrives(*testing.T) {
	id := w.f.writes("A new lamp", w.all()...)
	shown(id, map[*desk]string{w.ann: "unassigned", w.ben: "unassigned", w.carol: "unassigned"})
}

func (w *week) assigns(*testing.T) {
	id := w.f.writes("For Ben", w.all()...)
	call[app.Undo](w.ann.running, "Inbox.Assign", id, w.ben.id)
	shown(id, map[*desk]string{w.ann: "others", w.ben: "mine", w.carol: "others"})
	for _, d := range w.all() {
		d.reads(id, "Ann assign Ben")
	}
}

func (w *week) unavailable(t *testing.T) {
	id := w.f.writes("For nobody", w.all()...)
	call[any](w.carol.running, "Availability.Set", false)
	for _, d := range w.all() {
		d.until("Carol to be away", func() bool { m, _ := d.member(w.carol.email); return !m.Available })
	}
	for _, d := range w.all() {
		d.refused("conflict", "Inbox.Assign", id, w.carol.id)
	}
	shown(id, map[*desk]string{w.ann: "unassigned", w.ben: "unassigned", w.carol: "unassigned"})

	// Ben's desktop does not know yet that Ann went, and assigns to her.
	w.ben.offline()
	call[any](w.ann.running, "Availability.Set", false)
	w.ann.settled()
	call[app.Undo](w.ben.running, "Inbox.Assign", id, w.ann.id)
	w.ben.online()
	void := w.toldVoid(w.ben, id)
	if !strings.Contains(void.Text, "Ann") || !strings.Contains(void.Text, "available") {
		t.Errorf("Ben is told %q", void.Text)
	}
	shown(id, map[*desk]string{w.ann: "unassigned", w.ben: "unassigned", w.carol: "unassigned"})
	for _, d := range []*desk{w.ann, w.carol} {
		call[any](d.running, "Availability.Set", true)
	}
	for _, d := range w.all() {
		d.until("both to be back", func() bool {
			x, _ := d.member(w.carol.email)
			y, _ := d.member(w.ann.email)
			return x.Available && y.Available
		})
	}
}

// toldVoid waits until a desktop tells its person that something had no
// effect, takes note of it, and looks that it is told once.
func (w *week) toldVoid(d *desk, id string) app.Voided {
	d.t.Helper()
	var told app.Voided
	d.until(d.name+" to be told", func() bool {
		for _, v := range call[[]app.Voided](d.running, "Inbox.Voids") {
			if c, _ := d.conversation(v.ConversationID); c.ID == id {
				told = v
			}
		}
		return told.ID != ""
	})
	call[any](d.running, "Inbox.DismissVoid", told.ID)
	if left := call[[]app.Voided](d.running, "Inbox.Voids"); len(left) != 0 {
		d.t.Errorf("%s is told more: %+v", d.name, left)
	}
	for _, other := range w.all() {
		if other != d {
			if voids := call[[]app.Voided](other.running, "Inbox.Voids"); len(voids) != 0 {
				d.t.Errorf("%s is told %+v, which is %s's", other.name, voids, d.name)
			}
		}
	}
	return told
}

func (w *week) reassigns(*testing.T) {
	id := w.f.writes("Going round", w.all()...)
	call[app.Undo](w.ann.running, "Inbox.Assign", id, w.ben.id)
	w.carol.shows(id, "others")
	call[app.Undo](w.carol.running, "Inbox.Assign", id, w.carol.id)
	shown(id, map[*desk]string{w.ann: "others", w.ben: "others", w.carol: "mine"})
	call[app.Undo](w.ben.running, "Inbox.Unassign", id)
	shown(id, map[*desk]string{w.ann: "unassigned", w.ben: "unassigned", w.carol: "unassigned"})
}

func (w *week) leavesDesk(*testing.T) {
	id := w.f.writes("Ben has it", w.all()...)
	call[app.Undo](w.ann.running, "Inbox.Assign", id, w.ben.id)
	w.ben.shows(id, "mine")
	call[any](w.ben.running, "Availability.Set", false)
	w.ann.until("Ben to be away", func() bool { m, _ := w.ann.member(w.ben.email); return !m.Available })
	shown(id, map[*desk]string{w.ann: "others", w.ben: "mine", w.carol: "others"})
	call[any](w.ben.running, "Availability.Set", true)
	w.ann.until("Ben to be back", func() bool { m, _ := w.ann.member(w.ben.email); return m.Available })
	w.carol.until("Ben to be back", func() bool { m, _ := w.carol.member(w.ben.email); return m.Available })
}

// collides is R7: Ann assigns to Ben; Ben sees it; Carol's later assignment,
// made offline, is void and she is told, with one click to assign again.
func (w *week) collides(t *testing.T) {
	id := w.f.writes("Wanted by two", w.all()...)
	w.carol.offline()
	call[app.Undo](w.ann.running, "Inbox.Assign", id, w.ben.id)
	w.ben.shows(id, "mine")
	call[app.Undo](w.carol.running, "Inbox.Assign", id, w.carol.id)
	if c, _ := w.carol.conversation(id); c.Section != "mine" || !c.Pending {
		t.Errorf("offline Carol sees it in %s, pending %v", c.Section, c.Pending)
	}
	w.carol.online()
	void := w.toldVoid(w.carol, id)
	if !strings.Contains(void.Text, "Ann assigned this to Ben first") || void.Again == nil || void.Again.MemberID != w.carol.id {
		t.Errorf("Carol is told %+v", void)
	}
	shown(id, map[*desk]string{w.ann: "others", w.ben: "mine", w.carol: "others"})
	for _, d := range w.all() {
		d.reads(id, "Ann assign Ben", "Carol assign Carol void")
	}
	call[app.Undo](w.carol.running, "Inbox.Assign", id, void.Again.MemberID)
	shown(id, map[*desk]string{w.ann: "others", w.ben: "others", w.carol: "mine"})
}

func (w *week) closesAndReopens(*testing.T) {
	id := w.f.writes("Open and shut", w.all()...)
	call[app.Undo](w.ann.running, "Inbox.Assign", id, w.ben.id)
	w.ben.shows(id, "mine")
	call[app.Undo](w.ben.running, "Inbox.Close", id)
	shown(id, map[*desk]string{w.ann: "closed", w.ben: "closed", w.carol: "closed"})
	call[app.Undo](w.carol.running, "Inbox.Reopen", id)
	shown(id, map[*desk]string{w.ann: "others", w.ben: "mine", w.carol: "others"})
}

func (w *week) reopensByItself(*testing.T) {
	id := w.f.writes("Still broken", w.all()...)
	n := w.f.mails
	call[app.Undo](w.ann.running, "Inbox.Assign", id, w.ben.id)
	w.ben.shows(id, "mine")
	call[app.Undo](w.ben.running, "Inbox.Close", id)
	call[any](w.ben.running, "Availability.Set", false)
	shown(id, map[*desk]string{w.ann: "closed", w.ben: "closed", w.carol: "closed"})
	w.f.answers(n, "Still broken", "It broke again.")
	shown(id, map[*desk]string{w.ann: "others", w.ben: "mine", w.carol: "others"})
	call[any](w.ben.running, "Availability.Set", true)
	w.carol.until("Ben to be back", func() bool { m, _ := w.carol.member(w.ben.email); return m.Available })
}

// closesUnseen is a close made offline: what arrived meanwhile keeps the
// conversation open, for everybody.
func (w *week) closesUnseen(t *testing.T) {
	id := w.f.writes("One more thing", w.all()...)
	n := w.f.mails
	w.ben.offline()
	w.f.answers(n, "One more thing", "I forgot to say this.")
	for _, d := range []*desk{w.ann, w.carol} {
		d.until("the second mail", func() bool { c, _ := d.conversation(id); return len(c.Messages) == 2 })
	}
	call[app.Undo](w.ben.running, "Inbox.Close", id)
	if c, _ := w.ben.conversation(id); c.Section != "closed" || !c.Pending {
		t.Errorf("offline Ben sees it in %s, pending %v", c.Section, c.Pending)
	}
	w.ben.online()
	w.ben.until("the second mail", func() bool { c, _ := w.ben.conversation(id); return len(c.Messages) == 2 })
	w.ben.settled()
	w.ann.until("Ben's close to be known", func() bool { return slices.Contains(w.ann.lines(id), "Ben close") })
	w.carol.until("Ben's close to be known", func() bool { return slices.Contains(w.carol.lines(id), "Ben close") })
	shown(id, map[*desk]string{w.ann: "unassigned", w.ben: "unassigned", w.carol: "unassigned"})
}

func (w *week) answersClosed(t *testing.T) {
	id := w.f.writes("Answered late", w.all()...)
	call[app.Undo](w.ann.running, "Inbox.Close", id)
	shown(id, map[*desk]string{w.ann: "closed", w.ben: "closed", w.carol: "closed"})
	first := call[string](w.ben.running, "Composer.Send", id, app.SendRequest{Draft: app.Draft{Text: "For your files."}})
	w.hasOurs(t, id, first, 1)
	shown(id, map[*desk]string{w.ann: "closed", w.ben: "closed", w.carol: "closed"})
	reopening := call[string](w.ben.running, "Composer.Send", id, app.SendRequest{Draft: app.Draft{Text: "Let us look again."}, Reopen: true})
	w.hasOurs(t, id, reopening, 2)
	shown(id, map[*desk]string{w.ann: "unassigned", w.ben: "unassigned", w.carol: "unassigned"})
}

// hasOurs waits until every desktop has our n-th answer, once, and says that
// Ben wrote it.
func (w *week) hasOurs(t *testing.T, id, message string, n int) {
	t.Helper()
	for _, d := range []*desk{w.ben, w.ann, w.carol} {
		var ours []app.Message
		defer func() {
			if t.Failed() {
				t.Logf("%s has %+v", d.name, ours)
			}
		}()
		d.until(d.name+" to have Ben's answer", func() bool {
			c, _ := d.conversation(id)
			ours = slices.DeleteFunc(c.Messages, func(m app.Message) bool { return m.Direction != "out" })
			return len(ours) == n && ours[n-1].Author.MemberID == w.ben.id && ours[n-1].State == "sent"
		})
	}
}

func (w *week) deletes(t *testing.T) {
	id := w.f.writes("Zebra stripes", w.all()...)
	n := w.f.mails
	call[string](w.carol.running, "Inbox.AddNote", id, "A zebra of a note.")
	w.ann.until("the note", func() bool { c, _ := w.ann.conversation(id); return len(c.Notes) == 1 })
	for _, d := range []*desk{w.ben, w.carol} {
		d.refused("forbidden", "Inbox.Delete", id)
	}
	call[any](w.ann.running, "Inbox.Delete", id)
	for _, d := range w.all() {
		d.until(d.name+" to have it no more", func() bool { _, there := d.conversation(id); return !there })
		if hits := call[app.SearchPage](d.running, "Inbox.Search", app.SearchQuery{Text: "zebra"}).Rows; len(hits) != 0 {
			t.Errorf("%s still finds %+v", d.name, hits)
		}
	}
	call[any](w.ben.running, "Settings.Rebuild")
	w.ben.until("the cache to be rebuilt", func() bool { _, there := w.ben.conversation(id); return !there })
	w.f.answers(n, "Zebra stripes", "And now something new.")
	for _, d := range w.all() {
		again := d.find("unassigned", customer(n))
		c, _ := d.conversation(again)
		if len(c.Messages) != 1 || len(c.Notes) != 0 || c.AssigneeID != "" || !strings.Contains(c.Messages[0].Text, "something new") {
			t.Errorf("%s sees again %d messages, %d notes: %+v", d.name, len(c.Messages), len(c.Notes), c.Row)
		}
	}
}
