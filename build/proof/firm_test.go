package proof

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"postvak/app"
	"postvak/backend/imap/imaptest"
)

// firm is a team: one mailbox, and a desktop for each member with a way of its
// own to the servers.
type firm struct {
	home  *testing.T // lives as long as the desktops
	t     *testing.T // who is told what goes wrong now
	o     *office
	seats int
	mails int
	// breaks gives new desktops ways on which connections break.
	breaks bool
	// smtp is what people type as the way out for alerts; nil is the office's.
	smtp map[string]any

	mu    sync.Mutex
	desks []*desk
}

// way is how a desktop reaches a server.
type way interface {
	open(t testing.TB)
	close()
}

// desk is one member's desktop.
type desk struct {
	*running
	name, email, host string
	ways              []way
	id                string // of the member
}

func openFirm(t *testing.T) *firm {
	t.Helper()
	users := map[string]string{ann: passwords[ann], ben: passwords[ben], own: ownPassword}
	for _, name := range []string{"Ann", "Ben", "Carol"} {
		users[home(name)] = passwords[home(name)]
	}
	for n := range maxCustomers {
		users[customer(n)] = wrongPassword // nobody signs in as a customer
	}
	return &firm{home: t, t: t, o: openOfficeOf(t, users)}
}

// seat starts a desktop with an empty profile.
func (f *firm) seat(name string, more ...string) *desk {
	f.t.Helper()
	f.seats++
	host := fmt.Sprintf("127.0.0.%d", 10+f.seats)
	d := &desk{name: name, email: strings.ToLower(name) + "@firm.test", host: host, ways: []way{
		f.imapWay(host), newGateAt(f.home, host, f.o.gate.port, f.o.gate.port),
	}}
	d.running = launch(f.home, f.home.TempDir(), f.o.Dovecot, append(more, envMail+"="+host, envName+"="+name)...)
	d.t = f.t
	d.listen()
	call[any](d.running, "Settings.Save", map[string]any{"undoSendSeconds": 0})
	f.mu.Lock()
	defer f.mu.Unlock()
	f.desks = append(f.desks, d)
	return d
}

func (f *firm) imapWay(host string) way {
	if f.breaks {
		return newShaky(f.home, host, f.o.TLSPort, f.o.TLSPort)
	}
	return newGateAt(f.home, host, f.o.TLSPort, f.o.TLSPort)
}

func (f *firm) shakyWays() (all []*shaky) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range f.desks {
		if s, ok := d.ways[0].(*shaky); ok {
			all = append(all, s)
		}
	}
	return all
}

// says lets everybody tell a test what goes wrong.
func (f *firm) says(t *testing.T) {
	f.t = t
	for _, d := range f.desks {
		d.t = t
	}
}

// goes ends a desktop for good.
func (f *firm) goes(d *desk) {
	f.t.Helper()
	d.stop()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.desks = slices.DeleteFunc(f.desks, func(other *desk) bool { return other == d })
}

// ends ends every desktop, and looks that each ended well.
func (f *firm) ends() {
	f.t.Helper()
	for _, d := range f.desks {
		d.stop()
	}
}

// again starts a desktop that was ended.
func (f *firm) again(d *desk) {
	f.t.Helper()
	d.running = launch(f.home, d.dir, f.o.Dovecot, envMail+"="+d.host, envName+"="+d.name)
	d.t = f.t
	d.listen()
}

func (d *desk) offline() {
	for _, way := range d.ways {
		way.close()
	}
}

func (d *desk) online() {
	d.t.Helper()
	for _, way := range d.ways {
		way.open(d.t)
	}
}

// mailbox is what a person types to share a team's mailbox.
func (f *firm) mailbox(password string) map[string]any {
	smtp := f.smtp
	if smtp == nil {
		smtp = map[string]any{"host": imaptest.MailHost, "port": f.o.gate.port, "security": "starttls", "username": ann}
	}
	return map[string]any{
		"host": imaptest.MailHost, "port": f.o.TLSPort, "security": "tls", "username": ann, "password": password, "folder": "",
		"smtp": smtp,
	}
}

// connection is the team's mailbox as a channel.
func (f *firm) connection() app.ConnectEmailRequest {
	r := connection(ann, passwords[ann], f.o.Dovecot, f.o.gate.port, "starttls")
	r.IMAP.Host, r.SMTP.Host = imaptest.MailHost, imaptest.MailHost
	return r
}

func (d *desk) status() app.TeamStatus {
	d.t.Helper()
	return call[app.TeamStatus](d.running, "Team.Status")
}

// is waits until this desktop has a place in the team.
func (d *desk) is(state string) {
	d.t.Helper()
	d.until(d.name+" to be "+state, func() bool { return d.status().State == state })
	d.id = d.status().Me
}

// joins lets a person join, with an invitation of another's desktop or "".
func (f *firm) joins(d *desk, invitation string) (words []string) {
	f.t.Helper()
	result := call[struct{ Words []string }](d.running, "Team.Join", map[string]any{
		"invitation": invitation, "name": d.name, "email": d.email, "mailbox": f.mailbox(passwords[ann]),
	})
	return result.Words
}

func (d *desk) invites() string {
	d.t.Helper()
	return call[struct{ Invitation string }](d.running, "Team.Invite").Invitation
}

// member finds somebody in a desktop's list of members.
func (d *desk) member(email string) (app.Member, bool) {
	d.t.Helper()
	members := call[[]app.Member](d.running, "Team.Members")
	i := slices.IndexFunc(members, func(m app.Member) bool { return m.Email == email })
	if i < 0 {
		return app.Member{}, false
	}
	return members[i], true
}

// writes lets a new customer write, and waits until every desktop that reads
// the mailbox has it. It gives the conversation.
func (f *firm) writes(subject string, readers ...*desk) string {
	f.t.Helper()
	f.mails++
	from := customer(f.mails)
	f.o.Deliver(f.t, ann, imaptest.MessageWithID(fmt.Sprintf("<first%d@elsewhere.test>", f.mails), "Customer <"+from+">", ann, subject, "About "+subject+"."))
	id := ""
	for _, d := range readers {
		id = d.find("unassigned", from)
	}
	return id
}

// own is a mailbox of Ann's that is not the team's.
const own, ownPassword = "own@example.test", "own-3Kast*Bank_17"

// maxCustomers is how many write at most.
const maxCustomers = 60

// customer is the address of the n-th of them.
func customer(n int) string { return fmt.Sprintf("customer%d@example.test", n) }

// answers lets the customer of a thread write again.
func (f *firm) answers(n int, subject, text string) {
	f.t.Helper()
	f.mails++
	raw := imaptest.MessageWithID(fmt.Sprintf("<more%d@elsewhere.test>", f.mails),
		"Customer <"+customer(n)+">", ann, "Re: "+subject, text)
	f.o.Deliver(f.t, ann, append([]byte(fmt.Sprintf("References: <first%d@elsewhere.test>\r\n", n)), raw...))
}

// conversation opens one; ok is false when it is not there.
func (d *desk) conversation(id string) (c app.Conversation, ok bool) {
	d.t.Helper()
	a, err := d.try("Inbox.Open", id, app.OpenQuery{})
	if err != nil {
		d.t.Fatal(err)
	}
	if a.Error != nil {
		if a.Error.Code != "not_found" {
			d.t.Fatalf("%s opens %s: %+v", d.name, id, *a.Error)
		}
		return c, false
	}
	if err := json.Unmarshal(a.Result, &c); err != nil {
		d.t.Fatal(err)
	}
	return c, true
}

// shows waits until a desktop has a conversation in a section, with nothing of
// it pending.
func (d *desk) shows(id, section string) {
	d.t.Helper()
	d.until(fmt.Sprintf("%s to see it in %s", d.name, section), func() bool {
		c, ok := d.conversation(id)
		return ok && c.Section == section && !c.Pending
	})
	for _, other := range []string{"unassigned", "mine", "others", "closed"} {
		here := slices.ContainsFunc(d.rows(other), func(r app.Row) bool { return r.ID == id })
		if here != (other == section) {
			d.t.Errorf("%s: in the list of %s: %v, while it stands in %s", d.name, other, here, section)
		}
	}
}

// shown asks several desktops, each with its section.
func shown(id string, at map[*desk]string) {
	for d, section := range at {
		d.t.Helper()
		d.shows(id, section)
	}
}

// lines are the activity of a conversation: who, what, to whom, and whether it
// was void.
func (d *desk) lines(id string) (lines []string) {
	d.t.Helper()
	c, _ := d.conversation(id)
	for _, a := range c.Activity {
		line := d.nameOf(a.MemberID) + " " + a.Kind
		if a.TargetID != "" {
			line += " " + d.nameOf(a.TargetID)
		}
		if a.Void {
			line += " void"
		}
		lines = append(lines, line)
	}
	return lines
}

// reads waits until a conversation's activity is this.
func (d *desk) reads(id string, lines ...string) {
	d.t.Helper()
	d.until(fmt.Sprintf("%s to read %q", d.name, lines), func() bool { return slices.Equal(d.lines(id), lines) })
}

func (d *desk) nameOf(member string) string {
	d.t.Helper()
	for _, m := range call[[]app.Member](d.running, "Team.Members") {
		if m.ID == member {
			return m.Name
		}
	}
	return "?" + member
}

// settled waits until nothing of a desktop's decisions waits for the log.
func (d *desk) settled() {
	d.t.Helper()
	d.until(d.name+"'s decisions to be in the log", func() bool { return d.status().Log.Pending == 0 })
}

// logFolder is where Dovecot keeps the team log.
func (f *firm) logFolder() string {
	return filepath.Join(f.o.Dir, "mail", ann, "Maildir", ".Postvak")
}
