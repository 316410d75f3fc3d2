package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postvak/app/desktop"
	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/imaplog"
	"postvak/backend/inbox"
	"postvak/backend/keyring"
	"postvak/backend/teamlog"
)

// The passwords of the team's mailboxes: each must stay out of every folder,
// database and log.
const (
	teamPassword = "geheim-van-het-team-1"
	infoPassword = "geheim-van-info-2"
	ownPassword  = "geheim-van-ben-zelf-3"
)

// firm is one company: a real mail server and the desktops of its people.
type firm struct {
	invitations []string // that were made
	keys        []string // secrets of the providers that were connected

	t      *testing.T
	server *imaptest.Dovecot
	smtp   *imaptest.SMTP
}

// computer is one person's computer.
type computer struct {
	*rig
	l       *listener
	name    string
	email   string
	dir     string
	secrets keyring.Store
}

func newFirm(t *testing.T) *firm {
	t.Helper()
	return newFirmOn(t, imaptest.Options{Users: map[string]string{
		"team@example.test": teamPassword, "info@example.test": infoPassword, "ben@example.test": ownPassword,
	}})
}

func newFirmOn(t *testing.T, options imaptest.Options) *firm {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Dovecot and an SMTP server")
	}
	t.Parallel() // each has servers and folders of its own
	server := imaptest.StartDovecot(t, options)
	return &firm{t: t, server: server, smtp: imaptest.StartGoSMTP(t, server)}
}

// desktop starts a person's computer with an empty folder.
func (f *firm) desktop(name string) *computer { return f.desktopWith(name, nil) }

// desktopWith is desktop for one with a screen that shows notifications.
func (f *firm) desktopWith(name string, shows desktop.Notifier) *computer {
	f.t.Helper()
	d := &computer{name: name, email: strings.ToLower(name) + "@firma.example", dir: f.t.TempDir(), secrets: keyring.NewMemory()}
	d.rig = startRig(f.t, Options{Dir: d.dir, Secrets: d.secrets, Roots: f.server.Roots, Desktop: shows})
	d.l = d.listen()
	d.sendNow()
	return d
}

// again starts the same computer anew.
func (f *firm) again(d *computer) {
	f.t.Helper()
	d.rig = startRig(f.t, Options{Dir: d.dir, Secrets: d.secrets, Roots: f.server.Roots})
	d.l = d.listen()
}

func (f *firm) mailbox() MailboxRequest {
	return MailboxRequest{
		Host: f.server.Host, Port: f.server.TLSPort, Security: "tls", Username: "team@example.test", Password: teamPassword,
	}
}

// channel is the request that connects a mailbox of the firm.
func (f *firm) channel(address, password string) ConnectEmailRequest {
	return ConnectEmailRequest{
		Name: "Bakkerij", Address: address, Shared: true, Password: password,
		IMAP: Server{Host: f.server.Host, Port: f.server.TLSPort, Security: "tls", Username: address},
		SMTP: Server{Host: f.smtp.Host, Port: f.smtp.Port, Security: "starttls", Username: address},
	}
}

func (f *firm) create(d *computer) {
	f.t.Helper()
	call[*nothing](d.rig, "Team.Create", CreateTeamRequest{Team: "Bakkerij Smit", Name: d.name, Email: d.email, Mailbox: f.mailbox()})
}

// invited lets somebody in by an invitation.
func (f *firm) invited(by *computer, name string) *computer { return f.invitedWith(by, name, nil) }

func (f *firm) invitedWith(by *computer, name string, shows desktop.Notifier) *computer {
	f.t.Helper()
	invitation := call[InviteResult](by.rig, "Team.Invite").Invitation
	f.invitations = append(f.invitations, strings.TrimPrefix(invitation, "postvak1:"))
	d := f.desktopWith(name, shows)
	joined := call[JoinResult](d.rig, "Team.Join", JoinTeamRequest{
		Invitation: invitation, Name: d.name, Email: d.email, Mailbox: MailboxRequest{Password: teamPassword},
	})
	if len(joined.Words) != 4 {
		f.t.Errorf("%s: words %q", name, joined.Words)
	}
	d.becomes("member")
	return d
}

func (d *computer) status() TeamStatus { return call[TeamStatus](d.rig, "Team.Status") }

// becomes waits until the computer's person is in, or out.
func (d *computer) becomes(state string) {
	d.t.Helper()
	until(d.rig, d.l, d.name+" becomes "+state, func() (bool, bool) {
		now := d.status()
		return true, now.State == state
	})
}

// settled waits until everything decided here is in the log.
func (d *computer) settled() {
	d.t.Helper()
	until(d.rig, d.l, d.name+" has nothing waiting", func() (bool, bool) {
		now := d.status()
		return true, now.Log.Pending == 0 && now.Log.Phase == "ok"
	})
}

// sees waits until a conversation is as wanted.
func (d *computer) sees(what, id string, look func(Conversation) bool) Conversation {
	d.t.Helper()
	return until(d.rig, d.l, d.name+": "+what, func() (Conversation, bool) {
		answer := d.post("Inbox.Open", fmt.Sprintf("[%q,{}]", id))
		if answer.Error != nil {
			return Conversation{}, false
		}
		var c Conversation
		if err := json.Unmarshal(answer.Result, &c); err != nil {
			d.t.Fatal(err)
		}
		return c, look(c)
	})
}

// finds waits for a conversation by its subject.
func (d *computer) finds(subject string) Conversation {
	d.t.Helper()
	return until(d.rig, d.l, d.name+" finds "+subject, func() (Conversation, bool) {
		for _, section := range inbox.Sections() {
			for _, row := range call[ListPage](d.rig, "Inbox.List", ListQuery{Section: string(section)}).Rows {
				if row.Subject == subject {
					return d.open(row.ID), true
				}
			}
		}
		return Conversation{}, false
	})
}

func (d *computer) member(name string) Member {
	d.t.Helper()
	return until(d.rig, d.l, d.name+" knows "+name, func() (Member, bool) {
		all := call[[]Member](d.rig, "Team.Members")
		at := slices.IndexFunc(all, func(m Member) bool { return m.Name == name && m.State != "removed" })
		if at < 0 {
			return Member{}, false
		}
		return all[at], true
	})
}

// decided is what the team decided about a conversation, without what only one
// computer knows.
func decided(c Conversation) string {
	for i := range c.Activity {
		c.Activity[i].Text = "" // it may know the reader
	}
	text, _ := json.Marshal([]any{c.Row.Closed, c.Row.AssigneeID, c.Row.Subject, len(c.Messages), c.Messages[0].ID, c.Activity, c.Notes})
	return string(text)
}

// records reads the team's folder as it lies on the server.
func (f *firm) records() (events []teamlog.Event, raw string) {
	f.t.Helper()
	cfg := imaplog.Config{IMAP: imap.Config{
		Host: f.server.Host, Port: f.server.TLSPort, Username: "team@example.test", Password: teamPassword, RootCAs: f.server.Roots,
	}}
	found, err := imaplog.Find(f.t.Context(), cfg)
	if err != nil {
		f.t.Fatal(err)
	}
	cfg.Folder, cfg.LogID = found.Folder, found.LogID
	log := imaplog.New(cfg)
	defer log.Close()
	var all []byte
	if _, err := log.Read(f.t.Context(), teamlog.Pos{}, func(_ teamlog.Pos, record []byte) error {
		opened, err := teamlog.Open(record)
		if err == nil {
			events = append(events, opened.Events...)
			text, _ := json.Marshal(opened.Events)
			all = append(all, text...)
		}
		return nil
	}); err != nil {
		f.t.Fatal(err)
	}
	return events, string(all) + f.files(filepath.Join(f.server.Dir, "mail", "team@example.test"))
}

// files is everything that lies in a folder.
func (f *firm) files(dir string) string {
	f.t.Helper()
	var all bytes.Buffer
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return all.String()
}

// noSecrets looks for every password in everything that is not the keyring
// (R32).
func (f *firm) noSecrets(desks ...*computer) {
	f.t.Helper()
	_, raw := f.records()
	places := map[string]string{"the folder": raw}
	for _, d := range desks {
		d.app.Close() // what is still in memory is on the disk now
		places[d.name+"'s profile"] = f.files(d.dir)
	}
	for place, text := range places {
		for _, secret := range slices.Concat([]string{teamPassword, infoPassword, ownPassword}, f.invitations, f.keys) {
			if strings.Contains(text, secret) {
				f.t.Errorf("%s has the password %s in it", place, secret)
			}
		}
	}
	if !strings.Contains(raw, "Bakkerij Smit") {
		f.t.Error("the folder was not read: the team's name is not in it")
	}
}
