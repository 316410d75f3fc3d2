package proof

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postvak/app"
	"postvak/backend/imap/imaptest"
	"postvak/backend/mime"
)

// TestWhoIsNotified is three people with desktops, screens and mailboxes of
// their own: for each of the four events, by desktop and by e-mail, exactly the
// right ones get exactly one, and the histories say why the others did not
// (R14–R19).
func TestWhoIsNotified(t *testing.T) {
	t.Parallel() // as all that mostly wait
	n := openNewsroom(t, "Ann", "Ben", "Carol")
	ann, ben, carol := n.people[0], n.people[1], n.people[2]
	all := func(desktop, email string) map[*reader]fate {
		return map[*reader]fate{ann: {desktop, email}, ben: {desktop, email}, carol: {desktop, email}}
	}
	toAll := func(event string) map[*reader]string {
		return map[*reader]string{ann: event, ben: event, carol: event}
	}

	// Mail of one minute gives one e-mail, and the servers' clock is not moved:
	// who answers an alerted conversation begins with mail that alerted nobody.
	var id string
	t.Run("R14 as delivered: the desktop speaks, no e-mail does", func(t *testing.T) {
		n.says(t)
		id = n.mails1("A first lamp")
		n.told("a first message", id, toAll("unassigned"), all("shown", "off"))
	})

	t.Run("R14 R18 everything is on", func(t *testing.T) {
		n.says(t)
		n.allWant(everything, everything)
		n.told("unassigned", n.mails1("A lamp for all"), toAll("unassigned"), all("shown", "sent"))
		call[app.Undo](ann.running, "Inbox.Assign", id, ben.id)
		n.told("assigned to Ben", id, map[*reader]string{ben: "assignedToMe"}, map[*reader]fate{ben: {"shown", "sent"}})
		n.answers(1, "A first lamp", "Is it there?")
		n.told("in Ben's", id, map[*reader]string{ann: "others", ben: "mine", carol: "others"}, all("shown", "sent"))
	})

	t.Run("R15 nobody hears of what they did", func(t *testing.T) {
		n.says(t)
		call[app.Undo](carol.running, "Inbox.Assign", id, carol.id)
		n.told("Carol takes it", id, map[*reader]string{carol: "assignedToMe"}, map[*reader]fate{carol: {"own_action", "own_action"}})
		call[string](carol.running, "Composer.Send", id, map[string]any{"text": "Yes, it is there."})
		carol.until("her answer to be sent", func() bool { return len(call[[]any](carol.running, "Composer.Outbox")) == 0 })
		n.told("Carol answers", id, nil, nil)
	})

	t.Run("R14 each for itself", func(t *testing.T) {
		n.says(t)
		ann.wants(bell{Others: true}, bell{Unassigned: true})
		ben.wants(bell{Unassigned: true}, bell{Mine: true})
		carol.wants(bell{}, bell{AssignedToMe: true})
		id := n.mails1("A choosy lamp")
		n.told("unassigned", id, toAll("unassigned"), map[*reader]fate{ann: {"off", "sent"}, ben: {"shown", "off"}, carol: {"off", "off"}})
		call[app.Undo](ben.running, "Inbox.Assign", id, carol.id)
		n.told("assigned to Carol", id, map[*reader]string{carol: "assignedToMe"}, map[*reader]fate{carol: {"off", "sent"}})
		call[app.Undo](ann.running, "Inbox.Assign", id, ben.id)
		n.told("assigned to Ben", id, map[*reader]string{ben: "assignedToMe"}, map[*reader]fate{ben: {"off", "off"}})
		n.answers(n.lastCustomer, "A choosy lamp", "And now?")
		n.told("in Ben's", id, map[*reader]string{ann: "others", ben: "mine", carol: "others"},
			map[*reader]fate{ann: {"shown", "off"}, ben: {"off", "sent"}, carol: {"off", "off"}})
	})

	t.Run("R18 who is off gets the e-mail, by a colleague's desktop", func(t *testing.T) {
		n.says(t)
		n.allWant(everything, everything)
		n.leaves(carol)
		id := n.mails1("A lamp while Carol is off")
		n.told("unassigned", id, toAll("unassigned"), all("shown", "sent"))
		n.pass(10 * time.Minute)
		n.comesBack(carol)
		carol.until("what came meanwhile, as a digest", func() bool {
			for _, line := range n.fresh(carol, id) {
				if strings.HasPrefix(line, "Carol: unassigned by desktop") {
					return true
				}
			}
			return false
		})
		n.seen(carol)
		n.reached("Carol is back", map[*reader]fate{carol: {"shown", ""}})
	})

	t.Run("R18 who has read it gets no e-mail", func(t *testing.T) {
		n.says(t)
		id := n.mails1("A lamp that Ben reads")
		for _, r := range n.people {
			r.until("the message", func() bool { return len(n.fresh(r, id)) > 0 })
		}
		call[any](ben.running, "Inbox.MarkRead", id)
		ben.settled()
		fates := all("shown", "sent")
		fates[ben] = fate{"shown", "read_meanwhile"}
		n.told("read by Ben", id, toAll("unassigned"), fates)
	})

	t.Run("R16 what is open in front of one", func(t *testing.T) {
		n.says(t)
		n.allWant(everything, bell{})
		id := n.mails1("A lamp in front of Ann")
		n.told("a first message", id, toAll("unassigned"), all("shown", "off"))
		n.allWant(everything, everything)
		call[any](ann.running, "Window.Focus", id, true)
		n.answers(n.lastCustomer, "A lamp in front of Ann", "One more thing.")
		fates := all("shown", "sent")
		fates[ann] = fate{"focused", "sent"}
		n.told("open at Ann's", id, toAll("unassigned"), fates)
		call[any](ann.running, "Window.Focus", "", false)
	})

	t.Run("R18 machines that answer alerts come to an end", func(t *testing.T) {
		n.says(t)
		n.told("a customer writes", n.mails1("A lamp for machines"), toAll("unassigned"), all("shown", "sent"))
		alert := n.lastAlert(ann)
		n.told("Ann's machine answers as if it were her", n.machine(home("Ann"), "I am away", ""), toAll("unassigned"), all("shown", "from_member"))
		n.told("a machine behind it answers", n.machine(customer(51), "Thank you", "In-Reply-To: "+alert+"\r\n"), toAll("unassigned"), all("shown", "answers_alert"))
		n.told("a machine that says so answers", n.machine(customer(52), "Not at my desk", "Auto-Submitted: auto-replied\r\n"), toAll("unassigned"), all("machine", "machine"))
	})

	t.Run("R18 nobody who was removed", func(t *testing.T) {
		n.says(t)
		call[any](ann.running, "Team.Remove", carol.id)
		carol.is("removed")
		ben.until("Carol to be out", func() bool { m, ok := ben.member(carol.email); return ok && m.State == "removed" })
		n.leaves(carol)
		id := n.mails1("A lamp without Carol")
		fates := all("shown", "sent")
		delete(fates, carol)
		n.told("after Carol", id, map[*reader]string{ann: "unassigned", ben: "unassigned"}, fates)
	})

	t.Run("nothing comes twice, also much later", func(t *testing.T) {
		n.says(t)
		n.pass(10 * time.Minute)
		for _, r := range n.online() {
			r.settled()
		}
		n.reached("at the end", nil)
		for _, m := range letterbox(t, n.o.Dovecot, "ann@example.test", "Sent") {
			if strings.Contains(m.Header.Get("Message-Id"), "alert.") {
				t.Error("an alert lies in the team's Sent")
			}
		}
	})
	n.ends()
}

// mails1 lets a new customer write, and gives the conversation as everybody
// who is on has it.
func (n *newsroom) mails1(subject string) string {
	n.t.Helper()
	n.agreed()
	var desks []*desk
	for _, r := range n.online() {
		desks = append(desks, r.desk)
	}
	id := n.writes(subject, desks...)
	n.lastCustomer = n.mails
	return id
}

// agreed waits until everybody who is on has read the same of the log: who is
// to be told of the next message is decided by what stands there.
func (n *newsroom) agreed() {
	n.t.Helper()
	furthest := 0
	for _, r := range n.online() {
		r.settled()
		furthest = max(furthest, r.read())
	}
	for _, r := range n.online() {
		r.until(r.name+" to have read the log", func() bool { return r.read() >= furthest })
	}
}

// read is how far a desktop has read the log.
func (r *reader) read() int {
	r.t.Helper()
	position := r.status().Log.Position
	_, number, _ := strings.Cut(position, "/")
	n, err := strconv.Atoi(number)
	if err != nil {
		r.t.Fatalf("the log's position is %q", position)
	}
	return n
}

// machine lets a program answer the team, with headers of its own.
func (n *newsroom) machine(from, subject, headers string) (id string) {
	n.t.Helper()
	n.mails++
	raw := imaptest.MessageWithID(fmt.Sprintf("<machine%d@elsewhere.test>", n.mails), "Machine <"+from+">", "ann@example.test", subject, "Do not answer.")
	n.o.Deliver(n.t, "ann@example.test", append([]byte(headers), raw...))
	for _, r := range n.online() {
		id = r.find("unassigned", from)
	}
	return id
}

// lastAlert is the Message-ID of the newest alert in somebody's mailbox.
func (n *newsroom) lastAlert(r *reader) (id string) {
	n.t.Helper()
	for _, m := range letterbox(n.t, n.o.Dovecot, r.email, "INBOX") {
		if m.Header.Get(mime.AlertHeader) != "" {
			id = m.Header.Get("Message-Id")
		}
	}
	if id == "" {
		n.t.Fatalf("%s has no alert", r.name)
	}
	return id
}

// TestAnAlertAndADeath is a desktop that dies while it sends an alert: the
// e-mail goes once, or nobody knows and the histories say so; never twice (R18).
func TestAnAlertAndADeath(t *testing.T) {
	for _, step := range []struct{ name, at, want string }{
		{"before the mail: a colleague's desktop sends it", "rcpt", "sent"},
		{"after the mail and before the answer: possibly sent", "taken", "possibly_sent"},
	} {
		t.Run(step.name, func(t *testing.T) {
			t.Parallel()
			server := newHeldServer(t)
			n := openNewsroomBy(t, map[string]any{
				"host": "127.0.0.1", "port": server.port, "security": "none", "username": ann,
			}, "Ann", "Ben")
			ann, ben := n.people[0], n.people[1]
			ben.wants(bell{}, bell{Unassigned: true})
			id := n.mails1("A lamp and a death")
			ben.until("the message", func() bool { return len(n.fresh(ben, id)) > 0 })
			ann.until("the message", func() bool { return len(n.fresh(ann, id)) > 0 })
			server.holdAt(step.at)
			n.pass(31 * time.Second)
			select {
			case <-server.reached:
			case <-time.After(patience):
				t.Fatalf("Ben's desktop sends nothing:\n%s", ben.logTail())
			}
			ben.kill()
			ben.on = false
			server.holdAt("")
			want := line("Ben", "unassigned", "email", step.want)
			n.comesToKnow(ann, id, want)
			n.comesBack(ben)
			n.comesToKnow(ben, id, want)
			n.pass(10 * time.Minute)
			ben.settled()
			if sent := server.all(); len(sent) != 1 || sent[0].to != ben.email {
				t.Errorf("the server has %+v", sent)
			}
			n.ends()
		})
	}
}

// comesToKnow lets time pass until a history has a line: what others may still
// be at is waited for.
func (n *newsroom) comesToKnow(r *reader, id, want string) {
	n.t.Helper()
	known := func() bool { return slices.Contains(n.fresh(r, id), want) }
	for tries := 0; !known(); tries++ {
		if tries == 60 {
			n.t.Fatalf("%s's history has %q:\n%s", r.name, n.fresh(r, id), r.logTail())
		}
		n.pass(30 * time.Second)
		r.untilOr(2*time.Second, known) // what goes on must not be overtaken by the clock
	}
}
