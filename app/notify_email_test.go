package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sentTo moves the clock until a mailbox got an alert.
func (b *bellRig) sentTo(to string) SentMail {
	b.t.Helper()
	return until(b.rig, b.l, "the alert to "+to, func() (SentMail, bool) {
		call[*nothing](b.rig, "Sandbox.Advance", "31s") // each time: it may have been heard after the last
		mails := b.alerts(to)
		if len(mails) == 0 {
			return SentMail{}, false
		}
		return mails[0], true
	})
}

// An e-mail alert goes once, says who wrote what where, and never comes back as
// a conversation (R14, R18).
func TestAnAlertGoesOnce(t *testing.T) {
	b := startBell(t)
	b.save(func(s *NotificationSettings) { s.Email.Unassigned = true })
	before := b.unassignedMail()
	c := b.write("eva@klant.example", "Waar blijft mijn lamp?")
	mail := b.sentTo(b.address())
	for _, part := range []string{"Eva Klant", "Waar blijft mijn lamp?", "Ben je er?", "postvak://conversation/"} {
		if !strings.Contains(mail.Text, part) {
			t.Errorf("the alert does not say %q: %s", part, mail.Text)
		}
	}
	if !strings.Contains(mail.Subject, "Eva Klant") {
		t.Errorf("subject %q", mail.Subject)
	}
	row := b.row("sent", func(r NotificationRow) bool { return of(c.ID, "email")(r) && r.Outcome == "sent" })
	if row.Event != "unassigned" || row.MemberID != b.me() {
		t.Errorf("row %+v", row)
	}
	for range 5 {
		call[*nothing](b.rig, "Sandbox.Advance", "10m")
	}
	next := b.write("jan@klant.example", "Nog een")
	b.row("the next", func(r NotificationRow) bool { return of(next.ID, "desktop")(r) })
	if n := len(b.alerts(b.address())); n != 1 {
		t.Errorf("%d alerts about one event", n)
	}
	if now := b.unassignedMail(); now != before+2 {
		t.Errorf("%d unassigned, before %d: the alert came back", now, before)
	}
}

// Nobody is mailed about what they read in the meantime.
func TestNoAlertAboutWhatWasRead(t *testing.T) {
	b := startBell(t)
	b.save(func(s *NotificationSettings) { s.Email.Unassigned = true })
	c := b.write("eva@klant.example", "Snel gelezen")
	call[Undo](b.rig, "Inbox.MarkRead", c.ID)
	row := until(b.rig, b.l, "the decision", func() (NotificationRow, bool) {
		call[*nothing](b.rig, "Sandbox.Advance", "31s")
		for _, row := range b.history() {
			if of(c.ID, "email")(row) {
				return row, true
			}
		}
		return NotificationRow{}, false
	})
	if row.Outcome != "suppressed" || row.Code != "read_meanwhile" || len(b.alerts(b.address())) != 0 {
		t.Errorf("row %+v, alerts %+v", row, b.alerts(b.address()))
	}
}

// What I assign to a teammate tells them by e-mail from here: their own desktop
// may be off (R18). Their choices are those that they said to the team.
func TestATeammateIsToldFromHere(t *testing.T) {
	b := startBell(t)
	call[*nothing](b.rig, "Sandbox.Teammate", "Sanne", TeammateRequest{Do: "bell", On: true})
	c := b.write("eva@klant.example", "Voor Sanne")
	call[Undo](b.rig, "Inbox.Assign", c.ID, "sanne")
	sanne, _ := b.app.demo.world.Teammate("sanne")
	until(b.rig, b.l, "both alerts", func() (bool, bool) {
		call[*nothing](b.rig, "Sandbox.Advance", "31s")
		return true, len(b.alerts(sanne.Email)) > 0 && b.everyone(c.ID, "sanne", "assignedToMe") == "sent"
	})
	if mine := b.alerts(b.address()); len(mine) != 0 {
		t.Errorf("I was mailed about my own doing: %+v", mine)
	}
	for _, r := range b.history() {
		if r.MemberID != b.me() {
			t.Errorf("a teammate's row without asking for everybody's: %+v", r)
		}
	}
	tomasz := b.everyone(c.ID, "tomasz", "others")
	if tomasz != "" && tomasz != "suppressed" {
		t.Errorf("tomasz, who wants no e-mail: %q", tomasz)
	}
	count := len(b.alerts(sanne.Email))
	call[*nothing](b.rig, "Sandbox.Advance", "20m")
	if again := len(b.alerts(sanne.Email)); again != count {
		t.Errorf("%d alerts, then %d", count, again)
	}
}

// everyone gives what became of an event by e-mail for a member, "" when the
// history does not say.
func (b *bellRig) everyone(conversation, member, event string) string {
	b.t.Helper()
	page := call[NotificationPage](b.rig, "Notifications.History", NotificationQuery{Limit: 200, Everyone: true})
	for _, r := range page.Rows {
		if of(conversation, "email")(r) && r.MemberID == member && r.Event == event {
			return r.Outcome
		}
	}
	return ""
}

// A muted channel is silent by both media, here and on teammates' desktops.
func TestAMutedChannelIsSilent(t *testing.T) {
	b := startBell(t)
	channel := call[[]ChannelInfo](b.rig, "Channels.List")[0].ID
	b.save(func(s *NotificationSettings) { s.Email.Unassigned, s.Muted = true, []string{channel, "gone"} })
	if s := call[NotificationSettings](b.rig, "Notifications.Get"); len(s.Muted) != 1 || s.Muted[0] != channel {
		t.Errorf("muted %q", s.Muted)
	}
	c := b.write("eva@klant.example", "Stil")
	for _, medium := range []string{"desktop", "email"} {
		if row := b.row(medium, of(c.ID, medium)); row.Code != "muted" || row.Outcome != "suppressed" || row.Fix != "bell" {
			t.Errorf("%s: %+v", medium, row)
		}
	}
	if len(b.screen.all()) != 0 {
		t.Errorf("shown %+v", b.screen.all())
	}
}

// Neither history nor report nor log holds a secret, a text or an address that
// is not needed there (R32).
func TestHistoryAndReportHoldNoSecret(t *testing.T) {
	b := startBell(t)
	b.save(func(s *NotificationSettings) { s.Email.Unassigned = true })
	c := b.write("eva@klant.example", "Geheime zaak")
	b.sentTo(b.address())
	b.row("sent", func(r NotificationRow) bool { return of(c.ID, "email")(r) && r.Outcome == "sent" })
	report := call[Diagnostics](b.rig, "Settings.Diagnostics").Text
	for _, part := range []string{"1 × desktop shown", "1 × email sent", "screen", "unassigned"} {
		if !strings.Contains(report, part) {
			t.Errorf("the report does not say %q: %s", part, report)
		}
	}
	history := string(b.post("Notifications.History", `[{"everyone":true}]`).Result)
	log, err := os.ReadFile(filepath.Join(b.app.opt.Dir, logName))
	if err != nil || len(log) == 0 {
		t.Fatalf("the log: %v", err)
	}
	for place, text := range map[string]string{"history": history, "report": report, "log": string(log)} {
		secrets := []string{b.app.demo.world.Password(), "Ben je er?"}
		if place != "history" {
			secrets = append(secrets, "Geheime zaak", "eva@klant.example", b.address())
		}
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("the %s holds %q", place, secret)
			}
		}
	}
}

// An alert that lands in a channel's own mailbox is hidden there (R18).
func TestAnAlertThatComesBackIsNoConversation(t *testing.T) {
	b := startBell(t)
	call[*nothing](b.rig, "Settings.Save", map[string]any{"email": b.channelOf("email").Address})
	b.save(func(s *NotificationSettings) { s.Email.Unassigned = true })
	before := b.unassignedMail()
	c := b.write("eva@klant.example", "Komt terug")
	until(b.rig, b.l, "the alert", func() (bool, bool) {
		call[*nothing](b.rig, "Sandbox.Advance", "31s")
		return true, b.everyone(c.ID, b.me(), "unassigned") == "sent"
	})
	b.write("jan@klant.example", "Daarna") // it came behind the alert
	if now := b.unassignedMail(); now != before+2 {
		t.Errorf("%d unassigned, before %d", now, before)
	}
}
