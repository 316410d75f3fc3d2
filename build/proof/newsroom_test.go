package proof

import (
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/app"
	"postvak/app/desktop/desktoptest"
	"postvak/backend/mime"
)

// behind is how far the desktops' clocks are behind the servers' when a test
// begins: they are moved on by hand, and no mail may look old by it.
const behind = -45 * time.Minute

// newsroom is a team of which everybody has a screen, a mailbox at home and a
// clock that is moved by hand.
type newsroom struct {
	*firm
	people []*reader // all who ever were in it
	passed time.Duration
	// lastCustomer is who began the last conversation.
	lastCustomer int
}

// reader is a member with what reaches them.
type reader struct {
	*desk
	bus    string
	screen *desktoptest.Server
	on     bool

	rows   map[string]bool // of the history that were looked at
	shown  int             // notices that were looked at
	alerts int             // e-mail alerts that were looked at
}

func home(name string) string { return strings.ToLower(name) + ".home@example.test" }

func openNewsroom(t *testing.T, names ...string) *newsroom {
	t.Helper()
	return openNewsroomBy(t, nil, names...)
}

// openNewsroomBy is one whose alerts go by a server of their own.
func openNewsroomBy(t *testing.T, smtp map[string]any, names ...string) *newsroom {
	t.Helper()
	n := &newsroom{firm: openFirm(t)}
	n.smtp = smtp
	for i, name := range names {
		r := n.hires(name)
		if i == 0 {
			call[string](r.running, "Channels.ConnectEmail", n.connection())
			call[any](r.running, "Team.Create", map[string]any{
				"team": "The Lamp Shop", "name": name, "email": r.email, "mailbox": n.mailbox(passwords[ann]),
			})
			r.is("member")
			continue
		}
		n.joins(r.desk, n.people[0].invites())
		r.is("member")
		r.until("the team's mailbox to be read", r.synced)
	}
	for _, r := range n.people {
		r.until("everybody to be here", func() bool { return len(call[[]app.Member](r.running, "Team.Members")) == len(names) })
	}
	return n
}

// hires gives somebody a computer with a screen.
func (n *newsroom) hires(name string) *reader {
	n.t.Helper()
	r := &reader{bus: desktoptest.StartBus(n.t), on: true, rows: map[string]bool{}}
	r.screen = desktoptest.NewServer(n.t, r.bus, desktoptest.Plain)
	r.desk = n.seat(name, n.surroundings(r)...)
	r.email = home(name)
	n.people = append(n.people, r)
	return r
}

func (n *newsroom) surroundings(r *reader) []string {
	return []string{
		envAhead + "=" + (behind + n.passed).String(), envShows + "=1", "DBUS_SESSION_BUS_ADDRESS=" + r.bus,
	}
}

// leaves switches a desktop off.
func (n *newsroom) leaves(r *reader) {
	n.t.Helper()
	r.stop()
	r.on = false
}

// comesBack switches it on again.
func (n *newsroom) comesBack(r *reader) {
	n.t.Helper()
	r.running = launch(n.home, r.dir, n.o.Dovecot, append(n.surroundings(r), envMail+"="+r.host, envName+"="+r.name)...)
	r.t, r.on = n.t, true
	r.listen()
}

// pass moves everybody's clock on.
func (n *newsroom) pass(d time.Duration) {
	n.t.Helper()
	n.passed += d
	if n.passed > -behind {
		n.t.Fatal("the desktops' clocks would be ahead of the servers'")
	}
	for _, r := range n.people {
		if r.on {
			if _, err := io.WriteString(r.stdin, d.String()+"\n"); err != nil {
				n.t.Fatal(err)
			}
		}
	}
}

// bell is what somebody wants to hear of.
type bell struct{ Mine, Others, Unassigned, AssignedToMe bool }

var everything = bell{true, true, true, true}

// wants sets a member's bell.
func (r *reader) wants(desktop, email bell) {
	r.t.Helper()
	s := call[map[string]any](r.running, "Notifications.Get")
	set := func(b bell) map[string]any {
		return map[string]any{"mine": b.Mine, "others": b.Others, "unassigned": b.Unassigned, "assignedToMe": b.AssignedToMe}
	}
	s["desktop"], s["email"] = set(desktop), set(email)
	call[any](r.running, "Notifications.Save", s)
	r.settled()
}

func (n *newsroom) allWant(desktop, email bell) {
	n.t.Helper()
	for _, r := range n.online() {
		r.wants(desktop, email)
	}
}

// fate is what becomes of one event for one member: "shown", "sent", or the
// reason why not. "" is: this is no event for them.
type fate struct{ desktop, email string }

// line is a fate as a history tells it.
func line(name, event, medium, what string) string {
	return fmt.Sprintf("%s: %s by %s: %s", name, event, medium, what)
}

// told says what each desktop's history must have got for an event, and what
// reached everybody, and that nothing else did. Event is what it is to each.
func (n *newsroom) told(what string, conversation string, events map[*reader]string, fates map[*reader]fate) {
	n.t.Helper()
	for _, r := range n.online() {
		if events[r] != "" {
			want := line(r.name, events[r], "desktop", fates[r].desktop)
			r.until(what+": "+want, func() bool { return slices.Contains(n.fresh(r, conversation), want) })
		}
	}
	n.pass(31 * time.Second)
	for off := range events {
		if !off.on {
			n.pass(60 * time.Second) // the others wait for those who are on
			break
		}
	}
	for _, r := range n.online() {
		var want []string
		for other, event := range events {
			if event == "" {
				continue
			}
			if other == r {
				want = append(want, line(r.name, event, "desktop", fates[r].desktop))
			}
			want = append(want, line(other.name, event, "email", fates[other].email))
		}
		slices.Sort(want)
		var got []string
		if !r.untilOr(time.Minute, func() bool { got = n.fresh(r, conversation); return slices.Equal(got, want) }) {
			n.t.Errorf("%s: %s's history has\n  %s\nwant\n  %s\n%s", what, r.name, strings.Join(got, "\n  "), strings.Join(want, "\n  "), r.logTail())
		}
		n.seen(r)
	}
	n.reached(what, fates)
}

// reached looks at screens and mailboxes.
func (n *newsroom) reached(what string, fates map[*reader]fate) {
	n.t.Helper()
	for _, r := range n.people {
		shown, sent := 0, 0
		if r.on && fates[r].desktop == "shown" {
			shown = 1
		}
		if fates[r].email == "sent" {
			sent = 1
		}
		if got := len(r.screen.Arrived()) - r.shown; got != shown {
			n.t.Errorf("%s: %s saw %d notifications, want %d: %+v", what, r.name, got, shown, r.screen.Arrived()[r.shown:])
		}
		if got := n.alertsOf(r) - r.alerts; got != sent {
			n.t.Errorf("%s: %s got %d e-mails, want %d", what, r.name, got, sent)
		}
		r.shown, r.alerts = len(r.screen.Arrived()), n.alertsOf(r)
	}
}

// alertsOf counts the alerts in somebody's mailbox at home.
func (n *newsroom) alertsOf(r *reader) int {
	n.t.Helper()
	all := letterbox(n.t, n.o.Dovecot, r.email, "INBOX")
	return len(slices.DeleteFunc(all, func(m *mail.Message) bool { return m.Header.Get(mime.AlertHeader) == "" }))
}

func (n *newsroom) online() []*reader {
	return slices.DeleteFunc(slices.Clone(n.people), func(r *reader) bool { return !r.on })
}

// fresh is what a history says of a conversation since it was last looked at.
func (n *newsroom) fresh(r *reader, conversation string) []string {
	n.t.Helper()
	var lines []string
	for _, row := range r.history() {
		if row.ConversationID == conversation && !r.rows[rowKey(row)] {
			what := row.Code
			if what == "" {
				what = row.Outcome
			}
			lines = append(lines, line(n.nameOf(row.MemberID), row.Event, row.Medium, what))
		}
	}
	slices.Sort(lines)
	return lines
}

func (n *newsroom) seen(r *reader) {
	for _, row := range r.history() {
		r.rows[rowKey(row)] = true
	}
}

func rowKey(row app.NotificationRow) string {
	return strings.Join([]string{row.At, row.Event, row.MemberID, row.ConversationID, row.Medium}, " ")
}

func (n *newsroom) nameOf(member string) string {
	for _, r := range n.people {
		if r.id == member {
			return r.name
		}
	}
	return member
}

func (r *reader) history() []app.NotificationRow {
	r.t.Helper()
	return call[app.NotificationPage](r.running, "Notifications.History", map[string]any{"limit": 200, "everyone": true}).Rows
}

// untilOr waits as until does, for a limit, and says whether it came true.
func (r *reader) untilOr(limit time.Duration, holds func() bool) bool {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for !holds() {
		select {
		case <-r.news:
		case <-deadline.C:
			return false
		}
	}
	return true
}
