package proof

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postvak/app"
	"postvak/backend/imap/imaptest"
)

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
	w.ann.settled()
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
	w.linksInPrivate(t, id)
}

// linksInPrivate is Ann, who was asked and links her private conversation to a
// person of the team's contact book: the team reads the note at that person,
// and nothing else of the conversation (R31).
func (w *week) linksInPrivate(t *testing.T, id string) {
	before := w.logText(t)
	person := call[app.Record](w.ann.running, "Crm.Add", "person", map[string]any{"name": "Flo"})
	call[app.Link](w.ann.running, "Crm.Link", id, "person", person.ID)
	for _, d := range w.all() {
		var record app.Record
		d.until(d.name+" to read the note", func() bool {
			a, err := d.try("Crm.Get", "person", person.ID)
			return err == nil && a.Error == nil && json.Unmarshal(a.Result, &record) == nil &&
				len(record.Notes) == 1 && strings.Contains(record.Notes[0].Text, "Between us.")
		})
		if mine := d == w.ann; mine != (len(record.Conversations) == 1) {
			t.Errorf("%s sees the person linked to %+v", d.name, record.Conversations)
		}
		if _, there := d.conversation(id); there != (d == w.ann) {
			t.Errorf("%s has Ann's private conversation: %v", d.name, there)
		}
	}
	if n := w.logText(t).records - before.records; n != 2 {
		t.Errorf("%d messages came into the team's folder: the person and the note are two", n)
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
	w.ann.settled()
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
