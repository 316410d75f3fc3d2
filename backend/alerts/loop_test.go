package alerts_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postvak/backend/alerts"
	"postvak/backend/inbox"
	"postvak/backend/mime"
)

// machine is a mailbox that answers everything it gets.
type machine struct {
	from       string
	says       bool // that it is a machine
	references bool // what it answers
}

// answers writes what the machine sends back.
func (m machine) answers(l letter, n int) inbox.Message {
	lines := []string{
		"From: Robot <" + m.from + ">", "To: info@bakery.example", "Subject: Re: " + l.mime.Subject,
		fmt.Sprintf("Message-ID: <robot.%d@elsewhere.example>", n), "Date: Mon, 2 Mar 2026 10:00:00 +0000",
	}
	if m.says {
		lines = append(lines, "Auto-Submitted: auto-replied")
	}
	if m.references {
		lines = append(lines, "In-Reply-To: <"+l.mime.MessageID+">", "References: <"+l.mime.MessageID+">")
	}
	return mime.Parse([]byte(strings.Join(lines, "\r\n") + "\r\n\r\nI am away.\r\n"))
}

// arrives makes the event that a mail is for a team's desktops. thread is the
// conversation it begins or joins.
func (w *world) arrives(m inbox.Message, thread string) {
	w.events = append(w.events, inbox.NotificationEvent{
		ID: fmt.Sprint("m", len(w.events)), Conversation: inbox.Key(thread), Thread: thread, Channel: "c1", At: w.now,
		From: m.From, Subject: m.Subject, Preview: m.Text, Nature: m.Nature, Answers: m.References,
	})
}

// Ann's mailbox answers every alert. It comes to rest at once where the answer
// shows in any way what it is, and within the limit where it shows nothing.
func TestAMachineThatAnswersAlerts(t *testing.T) {
	for _, c := range []struct {
		machine
		extra int // alerts about the machine's own mail
	}{
		{machine{"ann@bakery.example", true, true}, 0},
		{machine{"ann@bakery.example", false, false}, 0},
		{machine{"desk@elsewhere.example", true, false}, 0},
		{machine{"desk@elsewhere.example", false, true}, 0},
		{machine{"desk@elsewhere.example", false, false}, inbox.AlertLimit},
	} {
		w := team(t)
		toAnn := 0
		w.answer = func(_ *desk, l letter, commit func() error) inbox.SendResult {
			if err := commit(); err != nil {
				return inbox.SendResult{Outcome: inbox.Later}
			}
			w.mail = append(w.mail, l)
			if l.mime.To[0].Address == "ann@bakery.example" {
				toAnn++
				w.arrives(c.answers(l, toAnn), fmt.Sprint("robot", toAnn))
			}
			return inbox.SendResult{Outcome: inbox.Accepted}
		}
		w.events = append(w.events, w.message("e1", "k1"))
		w.run(5*time.Hour, 10*time.Second)
		if toAnn != 1+c.extra {
			t.Errorf("%+v: %d alerts to Ann", c.machine, toAnn)
		}
		if n := len(w.mail) - toAnn; n != 1+c.extra {
			t.Errorf("%+v: %d alerts to Ben", c.machine, n)
		}
	}
}

// Two teams' alerts go to addresses that are the other's channel. A mail server
// between them may leave the marks in place or not.
func TestTwoTeamsThatAlertEachOther(t *testing.T) {
	for _, marked := range []bool{true, false} {
		one, two := newWorld(t), newWorld(t)
		for _, w := range []*world{one, two} {
			w.member("ann")
			w.desk("ann-1", "ann")
		}
		join := func(from, to *world, address string) {
			from.answer = func(_ *desk, l letter, commit func() error) inbox.SendResult {
				if err := commit(); err != nil {
					t.Error(err)
				}
				from.mail = append(from.mail, l)
				m := l.mime
				m.From.Address = address
				if !marked {
					m.Nature = inbox.NatureHuman
				}
				to.arrives(m, fmt.Sprint("alert", len(from.mail)))
				return inbox.SendResult{Outcome: inbox.Accepted}
			}
		}
		join(one, two, "info@one.example")
		join(two, one, "info@two.example")
		one.events = append(one.events, one.message("e1", "k1"))
		for range 5 * 360 {
			one.run(10*time.Second, 10*time.Second)
			two.run(10*time.Second, 10*time.Second)
		}
		want := 1
		if !marked {
			want = 1 + 2*inbox.AlertLimit
		}
		if n := len(one.mail) + len(two.mail); n != want {
			t.Errorf("marked %v: %d alerts, not %d", marked, n, want)
		}
	}
}

// An alert says what it is to every program that looks, and this team's
// desktops know it again.
func TestAnAlertsMarks(t *testing.T) {
	w := team(t)
	w.events = append(w.events, w.message("e1", "k1"))
	w.run(2*time.Minute, 5*time.Second)
	for _, l := range w.mail {
		if l.mime.Nature != inbox.NatureAlert || !alerts.Ours("log-1", l.mime.MessageID) || alerts.Ours("log-2", l.mime.MessageID) {
			t.Errorf("%s %s", l.mime.Nature, l.mime.MessageID)
		}
		for _, want := range []string{"Auto-Submitted: auto-generated\r\n", "X-Auto-Response-Suppress: All\r\n", mime.AlertHeader + ": " + l.mark + "."} {
			if !strings.Contains(string(l.raw), want) {
				t.Errorf("%q is missing", want)
			}
		}
		if strings.Contains(string(l.raw), "Precedence") || l.mime.From != (inbox.Address{Name: "Postvak · Bakery", Address: "info@bakery.example"}) {
			t.Errorf("from %v", l.mime.From)
		}
	}
	for _, l := range w.mail { // and so they do where a mail server gave it another Message-ID
		if !alerts.Ours("log-1", l.mime.Alert) || alerts.Ours("log-2", l.mime.Alert) || !strings.Contains(l.mime.MessageID, l.mime.Alert) {
			t.Errorf("the header of %s says %q", l.mime.MessageID, l.mime.Alert)
		}
	}
	if w.mail[0].mime.MessageID == w.mail[1].mime.MessageID {
		t.Error("two alerts have one Message-ID")
	}
}
