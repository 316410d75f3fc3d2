package proof

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postvak/app"
	"postvak/backend/imap/imaptest"
)

// TestADayOverTheCalls is a day of one person with one mailbox, by the outer
// contract's calls alone.
func TestADayOverTheCalls(t *testing.T) {
	o := openOffice(t)
	question := imaptest.MessageWithID("<question@elsewhere.test>", "Ben Customer <"+ben+">", ann, "Where is my lamp?", "I ordered a paraffin lamp.")
	o.Deliver(t, ann, question)
	bad := hostile()
	o.Deliver(t, ann, bad...)
	o.Deliver(t, ann, imaptest.Message("Spoilt <spoilt@elsewhere.test>", ann, "Unreadable", "spoilt-on-the-disk"))
	o.spoil(t, ann, "spoilt-on-the-disk")

	dir := t.TempDir()
	p := launch(t, dir, o.Dovecot)
	p.listen()
	p.connects(o)
	p.shows(len(bad) + 2)
	day := &day{t, p, o, p.find("unassigned", ben)}
	day.reads()
	day.answers()
	day.closes()
	day.searches()
	day.worksOffline()
	day.isRenumbered()

	before := p.everything()
	call[any](p, "Settings.Rebuild")
	if diff := difference(p.everything(), before); diff != "" {
		t.Errorf("a rebuilt cache is not as it was: %s", diff)
	}
	p.stop()
	p = launch(t, dir, o.Dovecot)
	if diff := difference(p.everything(), before); diff != "" {
		t.Errorf("after a restart it is not as it was: %s", diff)
	}
	p.listen()
	p.until("reading mail again without a password", p.synced)
	day.p = p
	day.keepsSecrets()
	p.stop()
	keepsSecretsOnDisk(t, dir)
	sound(t, dir)
}

// connects tries a wrong password first: that stores nothing.
func (p *running) connects(o *office) {
	p.t.Helper()
	right := connection(ann, passwords[ann], o.Dovecot, o.gate.port, "starttls")
	wrong := right
	wrong.Password = wrongPassword
	if failure := p.refused("auth", "Channels.ConnectEmail", wrong); !strings.Contains(failure.Message, "password") {
		p.t.Errorf("a wrong password is told as %q", failure.Message)
	}
	elsewhere := right
	elsewhere.IMAP.Port = imaptest.FreePort(p.t)
	p.refused("unavailable", "Channels.ConnectEmail", elsewhere)
	if n := len(call[[]app.ChannelInfo](p, "Channels.List")); n != 0 {
		p.t.Errorf("%d channels after failing to connect", n)
	}
	call[string](p, "Channels.ConnectEmail", right)
	call[any](p, "Settings.Save", map[string]any{"undoSendSeconds": 0})
	p.until("the first sync", p.synced)
}

// shows looks whether all mail is there, each in its conversation, however
// hostile, and the one that the server cannot read as a message set aside.
func (p *running) shows(n int) {
	p.t.Helper()
	messages, aside := 0, 0
	for _, row := range p.rows("unassigned") {
		for _, c := range p.pages(row.ID) {
			for _, m := range c.Messages {
				messages++
				if m.SetAside != "" {
					aside++
				}
				for _, file := range m.Attachments {
					if strings.ContainsAny(file.Name, "/\\\r\n\x00") {
						p.t.Errorf("a file is called %q", file.Name)
					}
				}
			}
		}
	}
	told := call[app.Status](p, "Settings.Status").Channels[0].SetAside
	if messages != n || aside != 1 || told != 1 {
		p.t.Errorf("%d of %d messages are shown, %d set aside, and the status tells of %d", messages, n, aside, told)
	}
}

// find gives the id of the conversation with a contact.
func (p *running) find(section, contact string) string {
	p.t.Helper()
	id := ""
	p.until(contact+" in "+section, func() bool {
		for _, row := range p.rows(section) {
			if row.Contact.Address == contact {
				id = row.ID
			}
		}
		return id != ""
	})
	return id
}

// day is one conversation with one customer.
type day struct {
	t  *testing.T
	p  *running
	o  *office
	id string
}

func (d *day) open() app.Conversation {
	d.t.Helper()
	return call[app.Conversation](d.p, "Inbox.Open", d.id, app.OpenQuery{})
}

// state waits until a message of ours has a state.
func (d *day) state(message, want string) {
	d.t.Helper()
	d.p.until("the message to be "+want, func() bool {
		return slices.ContainsFunc(d.open().Messages, func(m app.Message) bool { return m.ID == message && m.State == want })
	})
}

func (d *day) reads() {
	d.t.Helper()
	c := d.open()
	if c.Contact.Address != ben || c.Unread != 1 || len(c.Messages) != 1 || c.Messages[0].Text != "I ordered a paraffin lamp." {
		d.t.Errorf("the question is shown as %+v", c)
	}
	call[any](d.p, "Inbox.MarkRead", d.id)
	if c := d.open(); c.Unread != 0 {
		d.t.Errorf("%d unread after reading", c.Unread)
	}
}

// answers sends a reply, which reaches the customer once, in their thread, and
// the Sent folder once.
func (d *day) answers() {
	d.t.Helper()
	message := call[string](d.p, "Composer.Send", d.id, app.SendRequest{Draft: app.Draft{Text: "It left today."}})
	d.state(message, "sent")
	replies := d.o.received(d.t, ben, "Re: Where is my lamp?")
	if len(replies) != 1 || bare(replies[0].Header.Get("In-Reply-To")) != "question@elsewhere.test" || bare(replies[0].Header.Get("References")) != "question@elsewhere.test" {
		d.t.Errorf("the customer got %d answers, the first with %v", len(replies), replies[0].Header)
	}
	d.p.until("the copy in Sent", func() bool { return len(call[[]app.OutboxRow](d.p, "Composer.Outbox")) == 0 })
	if n := subjects(d.t, d.o.Dovecot, ann, "Sent")["Re: Where is my lamp?"]; n != 1 {
		d.t.Errorf("%d copies in Sent", n)
	}
}

// closes closes the conversation; the customer writes again, and it is open
// again with all three messages (R9).
func (d *day) closes() {
	d.t.Helper()
	call[app.Undo](d.p, "Inbox.Close", d.id)
	if d.p.find("closed", ben) != d.open().ID {
		d.t.Error("another conversation is closed")
	}
	reply := d.o.received(d.t, ben, "Re: Where is my lamp?")[0]
	raw := imaptest.MessageWithID("<again@elsewhere.test>", "Ben Customer <"+ben+">", ann, "Re: Where is my lamp?", "It arrived broken.")
	d.o.write(d.t, ben, ann, append([]byte("In-Reply-To: "+reply.Header.Get("Message-ID")+"\r\n"), raw...))
	d.p.until("the conversation to open again", func() bool { c := d.open(); return !c.Closed && len(c.Messages) == 3 })
	c := d.open()
	came := func(m app.Message) bool { return m.Text == "It arrived broken." && m.Direction == "in" }
	if c.Section != "unassigned" || c.Unread != 1 || !slices.ContainsFunc(c.Messages, came) {
		d.t.Errorf("it opened again as %+v", c.Row)
	}
}

func (d *day) searches() {
	d.t.Helper()
	for text, want := range map[string]int{"paraffin": 1, "broken": 1, "from:" + ben + " lamp": 1, "unheardof": 0} {
		page := call[app.SearchPage](d.p, "Inbox.Search", app.SearchQuery{Text: text})
		if len(page.Rows) != want || want == 1 && page.Rows[0].ConversationID != d.open().ID {
			d.t.Errorf("%q finds %+v", text, page.Rows)
		}
	}
}

// worksOffline takes both servers away: everything stays readable, an answer
// waits, and goes out once when they are back (R33, R34).
func (d *day) worksOffline() {
	d.t.Helper()
	before := d.p.everything()
	d.o.close()
	d.p.until("being offline", func() bool { return !call[app.Status](d.p, "Settings.Status").Online })
	if diff := difference(d.p.everything(), before); diff != "" {
		d.t.Errorf("offline it is not as it was online: %s", diff)
	}
	d.searches()
	message := call[string](d.p, "Composer.Send", d.id, app.SendRequest{Draft: app.Draft{Subject: "A new lamp", Text: "Another one comes tomorrow."}})
	call[string](d.p, "Inbox.AddNote", d.id, "Written in the train.")
	d.state(message, "queued")
	d.o.open(d.t)
	d.p.until("being online", d.p.synced)
	d.state(message, "sent")
	if n := len(d.o.received(d.t, ben, "A new lamp")); n != 1 {
		d.t.Errorf("the answer arrived %d times", n)
	}
	d.p.until("the copy in Sent", func() bool { return len(call[[]app.OutboxRow](d.p, "Composer.Outbox")) == 0 })
	if n := subjects(d.t, d.o.Dovecot, ann, "Sent")["A new lamp"]; n != 1 {
		d.t.Errorf("%d copies in Sent", n)
	}
}

// isRenumbered changes UIDVALIDITY while the program runs: what is there stays
// there once, and new mail comes.
func (d *day) isRenumbered() {
	d.t.Helper()
	before := d.p.everything()
	d.o.renumber(d.t, ann)
	const marker = "After the renumbering"
	d.o.Deliver(d.t, ann, imaptest.Message("Newcomer <newcomer@elsewhere.test>", ann, marker, "x"))
	d.p.find("unassigned", "newcomer@elsewhere.test")
	d.p.until("reading to the end", d.p.synced)
	const aside = ":aside." // is named by its place, and has another now
	left := func(all string) string { return without(without(all, marker), aside) }
	if diff := difference(left(d.p.everything()), left(before)); diff != "" {
		d.t.Errorf("after a renumbering it is not as it was: %s", diff)
	}
	if n := call[app.Status](d.p, "Settings.Status").Channels[0].SetAside; n != 1 {
		d.t.Errorf("%d set aside after a renumbering", n)
	}
}

// without leaves out the counts and the conversations that a word is in.
func without(everything, word string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(everything, "\n"), func(line string) bool {
		return strings.Contains(line, word) || strings.HasPrefix(line, "[")
	}), "\n")
}

// keepsSecrets asks everything that could tell a password.
func (d *day) keepsSecrets() {
	d.t.Helper()
	for _, name := range []string{
		"Settings.Status", "Settings.Get", "Settings.Diagnostics", "Channels.List", "Team.Status", "Team.Members", "Composer.Outbox",
	} {
		a, err := d.p.try(name)
		if err != nil {
			d.t.Fatal(err)
		}
		noSecret(d.t, name, append(a.Result, fmt.Sprint(a.Error)...))
	}
	channel := call[[]app.ChannelInfo](d.p, "Channels.List")[0].ID
	for name, arguments := range map[string][]any{
		"Channels.Check":  {channel},
		"Settings.Export": {map[string]string{"conversationId": "", "format": "json"}},
	} {
		a, err := d.p.try(name, arguments...)
		if err != nil {
			d.t.Fatal(err)
		}
		noSecret(d.t, name, append(a.Result, fmt.Sprint(a.Error)...))
	}
}

func keepsSecretsOnDisk(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		noSecret(t, entry.Name(), text)
		files++
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files looked at: %v", files, err)
	}
}

// noSecret looks for passwords, also as SASL sends them.
func noSecret(t *testing.T, what string, text []byte) {
	t.Helper()
	for user, password := range map[string]string{
		ann: passwords[ann], ben: passwords[ben], "wrong": wrongPassword,
		"Ann's CRM": tokenOf("Ann"), "Ben's CRM": tokenOf("Ben"), "Carol's CRM": tokenOf("Carol"),
		"Twilio": twilioSecret, "the page": pageToken,
	} {
		plain := base64.StdEncoding.EncodeToString([]byte("\x00" + ann + "\x00" + password))
		for _, form := range []string{password, plain, base64.StdEncoding.EncodeToString([]byte(password))} {
			if bytes.Contains(text, []byte(form)) {
				t.Errorf("%s tells the password of %s", what, user)
			}
		}
	}
}
