//go:build packages

package window

import (
	"image"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/app"
	"postvak/backend/keyring"
)

// day is Ann's: it begins before she has the program, and ends on her next
// laptop.
type day struct {
	office    *office
	ann, next *laptop
	ben       *laptop
	benID     string
	lamp      string // the conversation that all of it is about
	reply     app.Reply
	before    string // what she had before the last thing that could lose it
	backup    []byte
}

// TestPackagesOnANewcomersDay installs the package, works with a colleague,
// loses the network, upgrades, and moves to another computer. Nothing that
// anybody wrote or decided is lost or doubled on the way. Each step stands on
// the one before.
func TestPackagesOnANewcomersDay(t *testing.T) {
	if onlyHere != "" {
		t.Skip(onlyHere)
	}
	d := &day{office: openOffice(t)}
	d.ann, d.ben, d.next = newLaptop(t, d.office), newOfficeMachine(t, d.office), newLaptop(t, d.office)
	t.Cleanup(func() { d.ann.apt(t, "purge", "postvak") })
	for _, step := range []struct {
		name string
		do   func(*testing.T)
	}{
		{"Ann installs it and sees its first window", d.installs},
		{"she connects the mailbox and makes a team", d.founds},
		{"Ben joins with her invitation", d.invites},
		{"they work for an hour", d.works},
		{"the network goes, they work on, it comes back", d.losesTheNetwork},
		{"it is upgraded while it is open", d.upgrades},
		{"she backs up in the train", d.backsUp},
		{"she restores it on the next laptop", d.restores},
		{"nothing of hers stays on the old one", d.removesEverything},
		{"she goes on where she was", d.goesOn},
	} {
		began := time.Now()
		if !t.Run(step.name, step.do) {
			return
		}
		t.Logf("%s: %s", step.name, time.Since(began).Round(100*time.Millisecond))
	}
}

// firstScreen is where the window of an empty profile says what to do.
var firstScreen = image.Rect(240, 60, 1270, 740)

func (d *day) installs(t *testing.T) {
	d.ann.apt(t, "install", packed(t, "", "deb"))
	d.ann.launches(t, installedEntry)
	d.ann.settled(t, d.ann.window(t, windowName), firstScreen, "newcomer first window", func(now image.Image) bool {
		return colours(now, drawnColours) == drawnColours
	})
	d.ann.quits(t)
	if _, err := os.Stat(d.ann.profile); err != nil {
		t.Errorf("the usual profile is not there: %v", err)
	}
}

// founds tries a wrong password first, as one does.
func (d *day) founds(t *testing.T) {
	d.office.writes(t, "A broken lamp", "It arrived in two pieces.")
	d.ann.starts(t)
	if status := call[app.Status](t, d.ann, "Settings.Status"); status.Secrets != string(keyring.KindKeyring) {
		t.Errorf("her secrets are kept in %q", status.Secrets)
	}
	imap := server(d.office.imap, "tls")
	mail := app.ConnectEmailRequest{
		Name: "Info", Address: mailbox, Shared: true, SignIn: "shared", Password: "not it", IMAP: imap, SMTP: server(d.office.smtp, "starttls"),
	}
	if failure := d.ann.try(t, "Channels.ConnectEmail", nil, mail); failure == nil || failure.Code != "auth" {
		t.Fatalf("a wrong password gives %+v", failure)
	}
	mail.Password = password
	call[string](t, d.ann, "Channels.ConnectEmail", mail)
	call[any](t, d.ann, "Settings.Save", map[string]any{"undoSendSeconds": 0, "language": "nl", "theme": "dark"})
	d.lamp = d.ann.find(t, "unassigned", "A broken lamp").ID
	call[any](t, d.ann, "Team.Create", app.CreateTeamRequest{
		Team: "The Lamp Shop", Name: "Ann", Email: "ann@lamps.test", Mailbox: d.office.teamMailbox(),
	})
	call[app.SavedReply](t, d.ann, "Replies.Save", app.ReplyChange{Name: "New one", Text: "We send you a new one today."})
}

func (d *day) invites(t *testing.T) {
	invitation := call[app.InviteResult](t, d.ann, "Team.Invite").Invitation
	d.ben.starts(t)
	call[any](t, d.ben, "Settings.Save", map[string]any{"undoSendSeconds": 0})
	call[app.JoinResult](t, d.ben, "Team.Join", app.JoinTeamRequest{
		Invitation: invitation, Name: "Ben", Email: "ben@lamps.test", Mailbox: d.office.teamMailbox(),
	})
	d.ben.find(t, "unassigned", "A broken lamp")
	eventually(t, "Ben has the team's canned reply", func() bool {
		replies := call[[]app.Reply](t, d.ben, "Replies.List")
		if len(replies) == 1 {
			d.reply = replies[0]
		}
		return len(replies) == 1
	})
	d.benID = call[app.TeamStatus](t, d.ben, "Team.Status").Me
}

// works is mail in, a decision, a canned answer, a note, a record in the contact
// book, a close, and a customer who writes again.
func (d *day) works(t *testing.T) {
	d.office.writes(t, "A price", "What is the large one?")
	price := d.ann.find(t, "unassigned", "A price").ID
	call[app.Undo](t, d.ann, "Inbox.Assign", d.lamp, d.benID)
	call[string](t, d.ann, "Inbox.AddNote", d.lamp, "She called about it, too.")
	title := "Two lamps"
	call[any](t, d.ann, "Crm.Create", d.lamp, "deal", app.RecordFields{Title: &title})

	d.ben.find(t, "mine", "A broken lamp")
	call[string](t, d.ben, "Composer.Send", d.lamp, app.SendRequest{Draft: app.Draft{Text: d.reply.Text}})
	d.office.got(t, d.reply.Text)
	call[app.Undo](t, d.ben, "Inbox.Close", d.lamp)
	d.ann.find(t, "closed", "A broken lamp")
	d.office.writes(t, "A broken lamp", "Thank you! Which colour?")
	d.ben.find(t, "mine", "A broken lamp")

	call[app.Undo](t, d.ann, "Inbox.Assign", price, call[app.TeamStatus](t, d.ann, "Team.Status").Me)
	call[string](t, d.ann, "Composer.Send", price, app.SendRequest{Draft: app.Draft{Text: "It is 80 euros."}})
	d.office.got(t, "It is 80 euros.")
}

// losesTheNetwork has both decide and write while nothing goes out (R33, R34).
func (d *day) losesTheNetwork(t *testing.T) {
	d.office.disconnects()
	for _, l := range []*laptop{d.ann, d.ben} {
		eventually(t, "it says that it is offline", func() bool { return !call[app.Status](t, l, "Settings.Status").Online })
	}
	call[string](t, d.ben, "Composer.Send", d.lamp, app.SendRequest{Draft: app.Draft{Text: "It is a green one."}})
	call[string](t, d.ben, "Inbox.AddNote", d.lamp, "Written without a network.")
	price := d.ann.list(t, "mine")[0].ID
	call[app.Undo](t, d.ann, "Inbox.Close", price)
	d.office.writes(t, "A visit", "Are you open on Sunday?")
	if n := d.office.had(t, customer, "green one"); n != 0 {
		t.Fatalf("%d mails went out without a network", n)
	}
	d.office.connects(t)
	d.office.got(t, "It is a green one.")
	d.ben.find(t, "closed", "A price")
	for _, l := range []*laptop{d.ann, d.ben} {
		l.find(t, "unassigned", "A visit")
	}
	eventually(t, "Ann has Ben's note and his answer", func() bool {
		c := d.ann.open(t, d.lamp)
		written := slices.ContainsFunc(c.Notes, func(n app.Note) bool { return n.Text == "Written without a network." })
		return written && len(c.Messages) == 4
	})
	d.ben.rests(t) // his day is over
}

// upgrades goes on to a newer version with the window open.
func (d *day) upgrades(t *testing.T) {
	call[app.Undo](t, d.ann, "Inbox.MarkRead", d.lamp) // as looking at it in the window does
	d.quiet(t, d.ann)
	d.before = d.ann.everything(t)
	d.ann.rests(t)
	d.ann.ids = []string{d.lamp}
	d.ann.follows(t, d.ann.link(0))
	d.ann.sees(t, 0, "before the newcomers upgrade")
	d.ann.apt(t, "install", packed(t, "newer", "deb"))
	d.ann.quits(t)
	d.ann.follows(t, d.ann.link(0))
	d.ann.sees(t, 0, "after the newcomers upgrade")
	d.ann.quits(t)

	d.ann.starts(t)
	if about := call[app.About](t, d.ann, "Settings.About"); about.Version != newer {
		t.Errorf("it says that it is %s", about.Version)
	}
	d.quiet(t, d.ann)
	same(t, "after the upgrade", d.ann.everything(t), d.before)
}

// quiet waits until all mail was read and nothing waits to go out.
func (d *day) quiet(t *testing.T, l *laptop) {
	t.Helper()
	eventually(t, "all mail was read, and nothing waits", func() bool {
		for _, c := range call[app.Status](t, l, "Settings.Status").Channels {
			if c.State != "ok" || c.Syncing || c.LastSync == "" {
				return false
			}
		}
		log := call[app.TeamStatus](t, l, "Team.Status").Log
		return log.Pending == 0 && log.Phase == "ok" && len(call[[]app.OutboxRow](t, l, "Composer.Outbox")) == 0
	})
}

const passphrase = "three words and a lamp"

// backsUp leaves all that exists on this computer only: an answer that waits, a
// draft with a file, a note and a decision that the team has not got.
func (d *day) backsUp(t *testing.T) {
	d.office.disconnects()
	eventually(t, "it says that it is offline", func() bool { return !call[app.Status](t, d.ann, "Settings.Status").Online })
	visit := d.ann.list(t, "unassigned")[0].ID
	call[string](t, d.ann, "Composer.Send", visit, app.SendRequest{Draft: app.Draft{Text: "From ten to four."}})
	call[string](t, d.ann, "Inbox.AddNote", visit, "Ask for the key.")
	call[app.Undo](t, d.ann, "Inbox.Assign", d.lamp, call[app.TeamStatus](t, d.ann, "Team.Status").Me)
	file := d.ann.upload(t, "colours.txt", []byte("green, red"))
	call[any](t, d.ann, "Composer.SaveDraft", d.lamp, app.Draft{Text: "Half an answer", Attachments: []string{file}})

	id := call[string](t, d.ann, "Settings.Backup", passphrase)
	d.backup = d.ann.asks(t, http.MethodGet, "/file/"+id, "", nil)
	if strings.Contains(string(d.backup), "Half an answer") {
		t.Error("the backup can be read without its passphrase")
	}
	d.before = d.ann.everything(t)
	d.ann.rests(t)
}

// restores is still without a network: all of it is in the backup.
func (d *day) restores(t *testing.T) {
	d.next.starts(t)
	id := d.next.upload(t, "house.postvak-backup", d.backup)
	if failure := d.next.try(t, "Settings.Restore", nil, id, "another passphrase"); failure == nil || failure.Code != "auth" {
		t.Fatalf("a wrong passphrase gives %+v", failure)
	}
	call[any](t, d.next, "Settings.Restore", id, passphrase)
	eventually(t, "it has started again on the backup", func() bool {
		var team app.TeamStatus
		return d.next.try(t, "Team.Status", &team) == nil && team.Team == "The Lamp Shop"
	})
	same(t, "on the next laptop", d.next.everything(t), d.before)
	file := d.next.open(t, d.lamp).Draft.Attachments[0]
	if got := string(d.next.asks(t, http.MethodGet, "/file/"+file, "", nil)); got != "green, red" {
		t.Errorf("the draft's file says %q", got)
	}
	if status := call[app.Status](t, d.next, "Settings.Status"); status.Secrets != string(keyring.KindKeyring) {
		t.Errorf("there her secrets are kept in %q", status.Secrets)
	}
	d.next.rests(t)
	d.next.ids, d.next.shown = d.ann.ids, d.ann.shown // it looks as it did on the old one
	d.next.follows(t, d.next.link(0))
	d.next.sees(t, 0, "on the newcomers next laptop")
	d.next.quits(t)
}

// removesEverything is told what is on this computer only, and not taken at its
// word when that has changed: the network came back, and all of it went out.
func (d *day) removesEverything(t *testing.T) {
	d.ann.starts(t)
	told := call[app.Removal](t, d.ann, "Settings.Removal")
	if told.Unsent != 1 || told.Drafts != 1 || told.Pending < 2 || told.Alone {
		t.Errorf("it tells of %+v", told)
	}
	if d.ann.keeps(t) != 1 {
		t.Error("the keyring did not have her password before")
	}
	d.office.connects(t)
	d.office.got(t, "From ten to four.")
	d.quiet(t, d.ann)
	if failure := d.ann.try(t, "Settings.Remove", nil, told); failure == nil || failure.Code != "conflict" {
		t.Errorf("what was told before is taken: %+v", failure)
	}
	call[any](t, d.ann, "Settings.Remove", call[app.Removal](t, d.ann, "Settings.Removal"))
	d.ann.hasEnded(t)
	if left := d.ann.hers(t); len(left) > 0 {
		t.Errorf("left in her home: %q", left)
	}
	if n := d.ann.keeps(t); n != 0 {
		t.Errorf("the keyring keeps %d secrets of hers", n)
	}
}

// hers are the files and folders of hers in which the program's name is.
func (l *laptop) hers(t *testing.T) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(l.home, func(path string, _ fs.DirEntry, err error) error {
		if strings.Contains(strings.TrimPrefix(path, l.home), "postvak") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// keeps counts the passwords of a team mailbox in the laptop's keyring.
func (l *laptop) keeps(t *testing.T) int {
	t.Helper()
	out := l.asksBus(t, "org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.SearchItems",
		"dict:string:string:username,team/password")
	return strings.Count(out, "object path")
}

// goesOn finds that the old laptop sent what waited in the backup, and neither
// sends nor decides it again (R34); and the team follows her there.
func (d *day) goesOn(t *testing.T) {
	d.ben.starts(t)
	d.next.starts(t)
	d.quiet(t, d.next)
	d.office.got(t, "From ten to four.")
	d.ben.find(t, "others", "A broken lamp")
	for _, l := range []*laptop{d.ben, d.next} {
		c := l.open(t, l.find(t, "unassigned", "A visit").ID)
		if len(c.Notes) != 1 || c.Notes[0].Text != "Ask for the key." {
			t.Errorf("the notes of the train are %+v", c.Notes)
		}
		if len(c.Messages) != 2 || c.Messages[1].Text != "From ten to four." || c.Messages[1].State != "sent" {
			t.Errorf("the answer of the train is in %+v", c.Messages)
		}
	}
	call[string](t, d.next, "Composer.Send", d.lamp, app.SendRequest{Draft: d.next.open(t, d.lamp).Draft})
	d.office.got(t, "Half an answer")
	call[app.Undo](t, d.next, "Inbox.Close", d.lamp)
	d.ben.find(t, "closed", "A broken lamp")
	d.next.rests(t)
	d.ben.rests(t)
}
