package app

import (
	"strings"
	"testing"
	"time"

	"postvak/app/desktop"
)

// What is deleted while it waits to be told is told nobody, by no medium, and
// no line says it was there (R12).
func TestADeletedConversationIsToldNobody(t *testing.T) {
	b := startBell(t)
	b.save(func(s *NotificationSettings) {
		s.Email.Unassigned = true
		s.QuietHours = QuietHours{From: "00:00", To: "00:00"}
	})
	up := b.write("eva@klant.example", "Het geheim van de bakker")
	b.row("held", func(r NotificationRow) bool { return of(up.ID, "desktop")(r) && r.Code == "quiet_hours" })
	call[*nothing](b.rig, "Inbox.Delete", up.ID)
	b.save(func(s *NotificationSettings) { s.QuietHours = QuietHours{} })
	after := b.write("jan@klant.example", "Iets anders")
	b.notice("the other", func(n desktop.Notice) bool { return n.Slot == after.ID })
	if mail := b.sentTo(b.address()); !strings.Contains(mail.Text, "Iets anders") {
		t.Errorf("an alert says %s", mail.Text)
	}
	for range 3 {
		call[*nothing](b.rig, "Sandbox.Advance", "1m")
	}
	if n := len(b.alerts(b.address())); n != 1 {
		t.Errorf("%d alerts", n)
	}
	for _, n := range b.screen.all() {
		if strings.Contains(n.Title+n.Body, "Het geheim") {
			t.Errorf("shown was %+v", n)
		}
	}
	for _, row := range b.history() {
		if row.ConversationID == up.ID || strings.Contains(row.Subject, "Het geheim") {
			t.Errorf("the history has %+v", row)
		}
	}
}

// What strangers write into names and subjects reaches a desktop, an alert and
// the history as text that can be read, and not too much of it (R17).
func TestHostileMailIsToldAsText(t *testing.T) {
	b := startBell(t)
	b.save(func(s *NotificationSettings) { s.Email.Unassigned = true })
	subject := "\u202egnp.exe <b>vet</b> \x1b[31m postvak://conversation/x " + strings.Repeat("A", 1<<20)
	_, c := b.deliver(b.l, DeliverRequest{From: "mal@klant.example", Name: "Eva \u2066<i>\u200f\u0007 \"Bcc: x\"", Subject: subject, Text: "<img src=x>\u202e\u0000 tekst"})
	n := b.notice("it", func(n desktop.Notice) bool { return n.Slot == c.ID })
	mail := b.sentTo(b.address())
	row := b.row("shown", of(c.ID, "desktop"))
	for what, text := range map[string]string{"title": n.Title, "body": n.Body, "alert": mail.Text, "alert's subject": mail.Subject, "contact": row.Contact, "row": row.Subject} {
		if strings.ContainsAny(text, "\u202e\u2066\u200f\x00\x07\x1b") {
			t.Errorf("%s has what is not seen: %q", what, text)
		}
		if len(text) > 3000 {
			t.Errorf("%s has %d bytes", what, len(text))
		}
	}
	if len([]rune(n.Body)) > 140 || len([]rune(n.Title)) > 130 {
		t.Errorf("title %q, body %q", n.Title, n.Body)
	}
}

// A day passes at once: what waited is decided, and what comes then is told as
// ever.
func TestADayPassesAtOnce(t *testing.T) {
	b := startBell(t)
	b.save(func(s *NotificationSettings) { s.Email.Unassigned = true })
	c := b.write("eva@klant.example", "Voor de sprong")
	b.notice("it", func(n desktop.Notice) bool { return n.Slot == c.ID })
	call[*nothing](b.rig, "Sandbox.Advance", "25h")
	if row := b.row("decided", of(c.ID, "email")); row.Code != "nobody_on" {
		t.Errorf("row %+v", row)
	}
	after := b.write("jan@klant.example", "Na de sprong")
	b.notice("the next", func(n desktop.Notice) bool { return n.Slot == after.ID })
	b.sentTo(b.address())
	b.row("sent", func(r NotificationRow) bool { return of(after.ID, "email")(r) && r.Outcome == "sent" })
	if n := len(b.alerts(b.address())); n != 1 {
		t.Errorf("%d alerts", n)
	}
}

// A pause that began by a clock that was far ahead does not last until then.
func TestAPauseOfAClockThatWasAhead(t *testing.T) {
	b := startBell(t)
	for ahead, paused := range map[time.Duration]bool{time.Hour: true, 24*time.Hour - time.Minute: true, 25 * time.Hour: false, 4 * 365 * 24 * time.Hour: false} {
		if err := b.app.changeBell(t.Context(), func(s *storedBell) { s.PausedUntil = stamp(b.app.clock.Now().Add(ahead)) }); err != nil {
			t.Fatal(err)
		}
		if got := call[NotificationSettings](b.rig, "Notifications.Get").PausedUntil; (got != "") != paused {
			t.Errorf("%v ahead: paused until %q", ahead, got)
		}
	}
}
