package proof

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postvak/app"
	"postvak/backend/imap/imaptest"
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

// founds is Ann, who worked alone, and makes it a team: nothing of what she
// had is lost.
func (f *firm) founds(t *testing.T) *desk {
	t.Helper()
	a := f.seat("Ann")
	call[string](a.running, "Channels.ConnectEmail", f.connection())
	old := f.writes("An old lamp", a)
	done := f.writes("A lamp that is done", a)
	call[string](a.running, "Inbox.AddNote", old, "She called about it too.")
	call[app.Undo](a.running, "Inbox.Assign", old, a.status().Me)
	call[app.Undo](a.running, "Inbox.Close", done)
	before := a.everything()
	a.refused("invalid", "Team.Create", map[string]any{"team": "", "name": "Ann", "email": a.email, "mailbox": f.mailbox(passwords[ann])})
	a.refused("auth", "Team.Create", map[string]any{"team": "The Lamp Shop", "name": "Ann", "email": a.email, "mailbox": f.mailbox(wrongPassword)})
	if state := a.status().State; state != "solo" {
		t.Fatalf("after failing to make a team the state is %s", state)
	}
	call[any](a.running, "Team.Create", map[string]any{"team": "The Lamp Shop", "name": "Ann", "email": a.email, "mailbox": f.mailbox(passwords[ann])})
	a.is("member")
	a.settled()
	a.until("all of the log to be in the mailbox", func() bool { return a.status().Log.Phase == "ok" })
	if diff := difference(a.everything(), before); diff != "" {
		t.Errorf("making a team changed what is there: %s", diff)
	}
	return a
}

// invited is Ben, who joins with an invitation and types nothing but the
// mailbox's password.
func (f *firm) invited(t *testing.T, a *desk) *desk {
	t.Helper()
	invitation := a.invites()
	if strings.Contains(invitation, passwords[ann]) {
		t.Fatal("the invitation contains the mailbox's password")
	}
	b := f.seat("Ben")
	f.joins(b, invitation)
	b.is("member")
	b.until("the team's mailbox to be read without a password", b.synced)
	b.until("all that Ann had", func() bool {
		return len(b.rows("others")) == 1 && len(b.rows("closed")) == 1
	})
	if notes := b.pages(b.rows("others")[0].ID)[0].Notes; len(notes) != 1 || notes[0].Text != "She called about it too." {
		t.Errorf("Ben sees the notes %+v", notes)
	}
	again := f.seat("Mallory")
	a2, err := again.try("Team.Join", map[string]any{
		"invitation": invitation, "name": "Mallory", "email": again.email, "mailbox": f.mailbox(passwords[ann]),
	})
	if err != nil {
		t.Fatal(err)
	}
	if a2.Error == nil {
		a.until("Mallory to wait", func() bool { m, ok := a.member(again.email); return ok && m.State == "pending" })
		if m, _ := a.member(again.email); m.State != "pending" {
			t.Errorf("an invitation let a second person in: %+v", m)
		}
		call[any](a.running, "Team.Remove", memberID(a, again.email))
	}
	f.goes(again)
	return b
}

func memberID(d *desk, email string) string {
	m, _ := d.member(email)
	return m.ID
}

// approved is Carol, who has no invitation: she sees nothing until an admin
// has compared four words and let her in.
func (f *firm) approved(t *testing.T, a, b *desk) *desk {
	t.Helper()
	c := f.seat("Carol")
	words := f.joins(c, "")
	if len(words) != 4 || slices.Contains(words, "") {
		t.Fatalf("the words are %q", words)
	}
	if state := c.status().State; state != "pending" {
		t.Errorf("Carol is %s", state)
	}
	a.until("Carol's request", func() bool { m, ok := a.member(c.email); return ok && m.State == "pending" })
	waiting, _ := a.member(c.email)
	if !slices.Equal(waiting.Words, words) {
		t.Errorf("Ann sees %q, Carol %q", waiting.Words, words)
	}
	for _, section := range []string{"unassigned", "mine", "others", "closed"} {
		if rows := c.rows(section); len(rows) != 0 {
			t.Errorf("before she is let in Carol sees %d conversations in %s", len(rows), section)
		}
	}
	b.refused("forbidden", "Team.Approve", waiting.ID)
	call[any](a.running, "Team.Approve", waiting.ID)
	c.is("member")
	if seen := call[app.Diagnostics](c.running, "Settings.Diagnostics").Findings; len(seen) != 0 {
		t.Errorf("in a new team Carol is told to have noticed %+v", seen)
	}
	c.until("the team's mailbox to be read without a password", c.synced)
	c.until("all that Ann had", func() bool { return len(c.rows("others")) == 1 && len(c.rows("closed")) == 1 })
	return c
}

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

func (w *week) settings(t *testing.T) {
	channel := call[[]app.ChannelInfo](w.ben.running, "Channels.List")[0]
	name := "Ben's lamps"
	w.ben.refused("forbidden", "Channels.Update", channel.ID, app.ChannelChanges{Name: &name})
	w.ben.refused("forbidden", "Channels.Disconnect", channel.ID)
	w.ben.refused("forbidden", "Channels.ConnectEmail", w.f.connection())
	w.ben.refused("forbidden", "Channels.SetInstaller", channel.ID, w.ben.id)
	w.ben.refused("forbidden", "Team.Remove", w.carol.id)
	w.ben.refused("forbidden", "Team.SetRole", w.ben.id, "admin")
	w.ben.refused("forbidden", "Team.Invite")
	name = "The lamp shop"
	call[any](w.ann.running, "Channels.Update", channel.ID, app.ChannelChanges{Name: &name})
	for _, d := range w.all() {
		d.until(d.name+" to see the channel's new name", func() bool {
			return call[[]app.ChannelInfo](d.running, "Channels.List")[0].Name == name
		})
	}
	call[any](w.ann.running, "Team.SetRole", w.ben.id, "admin")
	w.ben.until("Ben to be an admin", func() bool { return w.ben.status().Role == "admin" })
	call[any](w.ann.running, "Team.SetRole", w.ben.id, "member")
	w.ben.until("Ben to be a member again", func() bool { return w.ben.status().Role == "member" })
	if members := call[[]app.Member](w.carol.running, "Team.Members"); len(members) != 3 {
		t.Errorf("Carol sees the members %+v", members)
	}
}

// private is a mailbox of Ann's own: nobody else hears of it, and the team's
// mailbox has no trace of it.
func (w *week) private(t *testing.T) {
	const subject = "Flamingo in private"
	r := connection(own, ownPassword, w.f.o.Dovecot, w.f.o.gate.port, "starttls")
	r.IMAP.Host, r.SMTP.Host, r.Shared, r.Name = imaptest.MailHost, imaptest.MailHost, false, "Ann's own"
	before := w.logText(t)
	call[string](w.ann.running, "Channels.ConnectEmail", r)
	w.f.o.Deliver(t, own, imaptest.MessageWithID("<flamingo@elsewhere.test>", "Flo <flo@elsewhere.test>", own, subject, "Between us."))
	id := w.ann.find("unassigned", "flo@elsewhere.test")
	call[app.Undo](w.ann.running, "Inbox.Assign", id, w.ann.id)
	call[string](w.ann.running, "Inbox.AddNote", id, "A flamingo of a note.")
	w.ann.shows(id, "mine")
	call[app.Undo](w.ann.running, "Inbox.Close", id)
	w.ann.shows(id, "closed")
	w.ann.refused("conflict", "Inbox.Assign", id, w.ben.id)

	// Something public afterwards, which the others wait for.
	public := w.f.writes("After the flamingo", w.all()...)
	call[app.Undo](w.ann.running, "Inbox.Close", public)
	shown(public, map[*desk]string{w.ann: "closed", w.ben: "closed", w.carol: "closed"})
	for _, d := range []*desk{w.ben, w.carol} {
		if _, there := d.conversation(id); there || len(call[[]app.ChannelInfo](d.running, "Channels.List")) != 1 {
			t.Errorf("%s knows of Ann's own mailbox", d.name)
		}
		if hits := call[app.SearchPage](d.running, "Inbox.Search", app.SearchQuery{Text: "flamingo"}).Rows; len(hits) != 1 {
			t.Errorf("%s finds %+v: only the public one is theirs", d.name, hits)
		}
	}
	after := w.logText(t)
	if n := after.records - before.records; n != 1 {
		t.Errorf("%d messages came into the team's folder, the public close is one", n)
	}
	if bytes.Contains(after.text, []byte("lamingo in private")) || bytes.Contains(after.text, []byte(own)) {
		t.Error("the team's folder tells of Ann's own mailbox")
	}
}

type logText struct {
	records int
	text    []byte
}

// logText reads the team's folder as it lies on the server.
func (w *week) logText(t *testing.T) (l logText) {
	t.Helper()
	err := filepath.WalkDir(w.f.logFolder(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(filepath.Dir(path), "/cur") && !strings.HasSuffix(filepath.Dir(path), "/new") {
			return err
		}
		text, err := os.ReadFile(path)
		l.records++
		l.text = append(l.text, text...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// offline is a desktop without a network: everything opens and everything can
// be decided; it is shown as pending and is there for all afterwards.
func (w *week) offline(t *testing.T) {
	id := w.f.writes("Without a network", w.all()...)
	other := w.f.writes("Also without", w.all()...)
	w.carol.offline()
	call[app.Undo](w.carol.running, "Inbox.Assign", id, w.carol.id)
	call[string](w.carol.running, "Inbox.AddNote", id, "Written in the train.")
	call[app.Undo](w.carol.running, "Inbox.Close", other)
	c, _ := w.carol.conversation(id)
	if c.Section != "mine" || !c.Pending || len(c.Notes) != 1 || len(c.Messages) != 1 {
		t.Errorf("in the train Carol sees %+v", c)
	}
	if pending := w.carol.status().Log.Pending; pending == 0 {
		t.Error("nothing is said to wait")
	}
	if mine, _ := w.ann.conversation(id); mine.Section != "unassigned" || len(mine.Notes) != 0 {
		t.Errorf("Ann sees already %+v", mine)
	}
	w.carol.stop()
	w.f.again(w.carol)
	if c, _ := w.carol.conversation(id); c.Section != "mine" || !c.Pending {
		t.Errorf("after a restart in the train: %s, pending %v", c.Section, c.Pending)
	}
	w.carol.online()
	w.carol.settled()
	shown(id, map[*desk]string{w.ann: "others", w.ben: "others", w.carol: "mine"})
	shown(other, map[*desk]string{w.ann: "closed", w.ben: "closed", w.carol: "closed"})
	for _, d := range w.all() {
		if c, _ := d.conversation(id); len(c.Notes) != 1 {
			t.Errorf("%s has %d notes", d.name, len(c.Notes))
		}
		if voids := call[[]app.Voided](d.running, "Inbox.Voids"); len(voids) != 0 {
			t.Errorf("%s is told %+v", d.name, voids)
		}
	}
}

func (w *week) together(t *testing.T) {
	id := w.f.writes("Together", w.all()...)
	call[string](w.ann.running, "Inbox.AddNote", id, "@Ben can you look?")
	for _, d := range w.all() {
		d.until("the note", func() bool { c, _ := d.conversation(id); return len(c.Notes) == 1 })
		c, _ := d.conversation(id)
		if !slices.Equal(c.Notes[0].Mentions, []string{w.ben.id}) {
			t.Errorf("%s sees that %q are mentioned", d.name, c.Notes[0].Mentions)
		}
	}
	before := w.logText(t).records
	for _, text := range []string{"Dear", "Dear cust", "Dear customer"} {
		call[any](w.ann.running, "Composer.SaveDraft", id, app.Draft{Text: text})
	}
	for _, d := range []*desk{w.ben, w.carol} {
		d.until("Ann to be writing", func() bool {
			c, _ := d.conversation(id)
			return len(c.Drafting) == 1 && c.Drafting[0].MemberID == w.ann.id
		})
	}
	w.ann.settled()
	if n := w.logText(t).records - before; n != 1 {
		t.Errorf("three savings of a draft made %d messages", n)
	}
	if c, _ := w.ann.conversation(id); len(c.Drafting) != 0 {
		t.Error("Ann is told that she is writing")
	}
}

func (w *week) answeredMeanwhile(t *testing.T) {
	id := w.f.writes("Two pens", w.all()...)
	call[any](w.ann.running, "Composer.SaveDraft", id, app.Draft{Text: "I would say"})
	call[string](w.ben.running, "Composer.Send", id, app.SendRequest{Draft: app.Draft{Text: "This is Ben's answer."}})
	w.hasOurs(t, id, "", 1)
	failure := w.ann.refused("conflict", "Composer.Send", id, app.SendRequest{Draft: app.Draft{Text: "I would say no."}})
	if !strings.Contains(failure.Message, "Ben answered") {
		t.Errorf("Ann is told %q", failure.Message)
	}
	if c, _ := w.ann.conversation(id); len(c.Messages) != 2 || c.Draft.Text == "" {
		t.Errorf("held: %d messages, the draft %q", len(c.Messages), c.Draft.Text)
	}
	call[string](w.ann.running, "Composer.Send", id, app.SendRequest{Draft: app.Draft{Text: "I would say no."}, Anyway: true})
	w.carol.until("both answers", func() bool { c, _ := w.carol.conversation(id); return len(c.Messages) == 3 })
}

// losesLaptop is Ben, whose laptop was stolen: he joins again with new keys,
// Ann approves, and the old laptop can do nothing more.
func (w *week) losesLaptop(t *testing.T) {
	id := w.f.writes("Kept for Ben", w.all()...)
	call[app.Undo](w.ann.running, "Inbox.Assign", id, w.ben.id)
	w.ben.shows(id, "mine")
	stolen := w.ben
	fresh := w.f.seat("Ben")
	words := w.f.joins(fresh, w.ann.invites())
	w.ann.until("Ben's new computer to wait", func() bool { return waiting(w.ann, words) != "" })
	call[any](w.ann.running, "Team.Approve", waiting(w.ann, words))
	fresh.is("member")
	if fresh.id != stolen.id {
		t.Errorf("on the new computer Ben is %s, he was %s", fresh.id, stolen.id)
	}
	fresh.until("the mailbox to be read", fresh.synced)
	fresh.shows(id, "mine")
	w.ben = fresh
	stolen.until("the stolen laptop to know", func() bool { return stolen.status().State == "removed" })
	stolen.refused("forbidden", "Inbox.Close", id)
	for _, d := range w.all() {
		d.shows(id, map[*desk]string{w.ann: "others", w.ben: "mine", w.carol: "others"}[d])
		if members := call[[]app.Member](d.running, "Team.Members"); len(members) != 3 {
			t.Errorf("%s sees the members %+v", d.name, members)
		}
	}
	w.f.goes(stolen)
}

// waiting gives the request with these words.
func waiting(d *desk, words []string) string {
	d.t.Helper()
	for _, m := range call[[]app.Member](d.running, "Team.Members") {
		if m.State == "pending" && slices.Equal(m.Words, words) {
			return m.ID
		}
	}
	return ""
}

func (w *week) removes(t *testing.T) {
	id := w.f.writes("Carol has it", w.all()...)
	call[app.Undo](w.ann.running, "Inbox.Assign", id, w.carol.id)
	w.carol.shows(id, "mine")
	other := w.f.writes("After Carol", w.all()...)
	w.carol.offline()
	call[any](w.ann.running, "Team.Remove", w.carol.id)
	w.ann.settled()
	shown(id, map[*desk]string{w.ann: "unassigned", w.ben: "unassigned"})
	call[app.Undo](w.carol.running, "Inbox.Close", other) // she does not know yet
	w.carol.online()
	w.carol.until("Carol to know", func() bool { return w.carol.status().State == "removed" })
	w.carol.refused("forbidden", "Inbox.Assign", other, w.ben.id)
	if c, there := w.carol.conversation(other); !there || len(c.Messages) != 1 {
		t.Error("what Carol had read is not readable any more")
	}
	shown(other, map[*desk]string{w.ann: "unassigned", w.ben: "unassigned"})
	m, _ := w.ann.member(w.carol.email)
	if m.State != "removed" {
		t.Errorf("Carol is %s", m.State)
	}
}

func (w *week) lastAdmin(*testing.T) {
	w.ann.refused("conflict", "Team.Leave")
	w.ann.refused("conflict", "Team.SetRole", w.ann.id, "member")
	call[any](w.ann.running, "Team.SetRole", w.ben.id, "admin")
	w.ben.until("Ben to be an admin", func() bool { return w.ben.status().Role == "admin" })
	call[any](w.ann.running, "Team.Leave")
	w.ann.is("removed")
	channel := call[[]app.ChannelInfo](w.ben.running, "Channels.List")[0].ID
	w.ben.until("Ann to be gone", func() bool { m, _ := w.ben.member(w.ann.email); return m.State == "removed" })
	call[any](w.ben.running, "Channels.SetInstaller", channel, w.ben.id)
	id := w.f.writes("Ben's to delete", w.ben)
	w.ben.until("Ben to be the installer", func() bool {
		return call[[]app.ChannelInfo](w.ben.running, "Channels.List")[0].Installer == w.ben.id
	})
	call[any](w.ben.running, "Inbox.Delete", id)
	w.ben.until("it to be gone", func() bool { _, there := w.ben.conversation(id); return !there })
}

func (w *week) secrets(t *testing.T) {
	l := w.logText(t)
	for _, secret := range []string{passwords[ann], ownPassword} {
		if bytes.Contains(l.text, []byte(secret)) {
			t.Error("the team's folder contains a password")
		}
	}
	for _, d := range w.f.desks {
		keepsSecretsOnDisk(t, d.dir)
	}
}
