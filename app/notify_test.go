package app

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"postvak/app/desktop"
)

// A customer writes: the desktop names sender and channel and shows the start
// of the text, the history says so, and it goes when it is read (R17, R19).
func TestNewMailTellsOfItselfOnce(t *testing.T) {
	b := startBell(t)
	notes := b.listen()
	c := b.write("eva@klant.example", "Hoi")
	note := next[Notification](b.rig, notes, "notification")
	if note.Outcome != "shown" || note.ConversationID != c.ID || note.Event != "unassigned" || note.Medium != "desktop" || note.Code != "" {
		t.Errorf("the event %+v", note)
	}
	shown := b.notice("the mail", func(n desktop.Notice) bool { return n.Slot == note.ConversationID })
	if shown.Title != note.Title || !strings.Contains(shown.Title, "Eva Klant") || !strings.Contains(shown.Title, "Zomerlicht") ||
		!strings.Contains(shown.Body, "Ben je er?") || !strings.Contains(shown.Body, "Hoi") {
		t.Errorf("shown %+v", shown)
	}
	actions := []string{}
	for _, a := range shown.Actions {
		actions = append(actions, a.ID)
	}
	if !slices.Equal(actions, []string{desktop.ActionAssign, desktop.ActionClose}) || shown.Reply == "" || shown.Sound != "" {
		t.Errorf("what can be done: %v, reply %q, sound %q", actions, shown.Reply, shown.Sound)
	}
	row := b.row("the row", of(c.ID, "desktop"))
	if row.Outcome != "shown" || row.Contact != "Eva Klant" || row.Subject != "Hoi" || row.MemberID != b.me() || row.DecidedAt == "" {
		t.Errorf("the row %+v", row)
	}
	email := b.row("the e-mail's row", of(c.ID, "email"))
	if email.Outcome != "suppressed" || email.Code != "off" || email.Fix != "bell" || email.Reason == "" {
		t.Errorf("the e-mail's row %+v", email)
	}
	call[Undo](b.rig, "Inbox.MarkRead", c.ID)
	for !b.screen.took(c.ID) {
		b.wait("the notification to go")
	}
	if n := len(b.screen.all()); n != 1 {
		t.Errorf("%d notifications: nothing of before the start may notify (R36)", n)
	}
}

// What is open in a focused window needs no notification; other conversations
// do (R16).
func TestTheConversationInFrontNotifiesNobody(t *testing.T) {
	b := startBell(t)
	c := b.write("eva@klant.example", "Voor mij")
	b.notice("the first", func(n desktop.Notice) bool { return n.Slot == c.ID })
	call[*nothing](b.rig, "Window.Focus", c.ID, true)
	b.deliver(b.l, DeliverRequest{From: "eva@klant.example", Name: "Eva", Subject: "Re: Voor mij", Text: "Hallo?"})
	row := b.row("the one in front", func(r NotificationRow) bool { return of(c.ID, "desktop")(r) && r.Outcome == "suppressed" })
	if row.Code != "focused" || row.Fix != "" {
		t.Errorf("in front: %+v", row)
	}
	other := b.write("jan@klant.example", "Iets anders")
	b.notice("another", func(n desktop.Notice) bool { return n.Slot == other.ID })
	call[*nothing](b.rig, "Window.Focus", c.ID, false)
	b.deliver(b.l, DeliverRequest{From: "eva@klant.example", Name: "Eva", Subject: "Re: Voor mij", Text: "Ben je weg?"})
	b.notice("after looking away", func(n desktop.Notice) bool { return n.Slot == c.ID && strings.Contains(n.Body, "weg") })
}

// Somebody assigns a conversation to me: I am told; what I take on myself, I am
// not (R14, R15).
func TestAnAssignmentTellsWhomItIsGivenTo(t *testing.T) {
	b := startBell(t)
	b.save(func(s *NotificationSettings) { s.Desktop = NotificationBell{AssignedToMe: true} })
	c := b.write("eva@klant.example", "Toewijzen")
	call[*nothing](b.rig, "Sandbox.Teammate", "Sanne", TeammateRequest{Do: "assign", ConversationID: c.ID, MemberID: b.me()})
	shown := b.notice("the assignment", func(n desktop.Notice) bool { return n.Slot == c.ID })
	if !strings.Contains(shown.Title, "Sanne Vermeer") || len(shown.Actions) != 1 || shown.Actions[0].ID != desktop.ActionClose {
		t.Errorf("shown %+v", shown)
	}
	assigned := func(id string) func(NotificationRow) bool {
		return func(r NotificationRow) bool { return of(id, "desktop")(r) && r.Event == "assignedToMe" }
	}
	if row := b.row("its row", assigned(c.ID)); row.Outcome != "shown" || row.Contact != "Eva Klant" {
		t.Errorf("row %+v", row)
	}
	own := b.write("jan@klant.example", "Zelf")
	call[Undo](b.rig, "Inbox.Assign", own.ID, b.me())
	if row := b.row("my own", assigned(own.ID)); row.Outcome != "suppressed" || row.Code != "own_action" {
		t.Errorf("own action: %+v", row)
	}
	if n := len(b.screen.all()); n != 1 {
		t.Errorf("%d notifications", n)
	}
}

// Whatever the desktop's system does, the history says it.
func TestTheHistorySaysWhatTheSystemDid(t *testing.T) {
	b := startBell(t)
	for _, c := range []struct {
		change          func(*screen)
		outcome, reason string
	}{
		{func(s *screen) { s.err = desktop.ErrNoPermission }, "failed", "no_permission"},
		{func(s *screen) { s.err = errors.New("the bus is gone") }, "failed", "system_failed"},
		{func(s *screen) { s.err, s.health.DoNotDisturb = nil, true }, "shown", "do_not_disturb"},
	} {
		b.screen.change(c.change)
		mail := b.write(c.reason+"@klant.example", "Zaak "+c.reason)
		row := b.row(c.reason, of(mail.ID, "desktop"))
		if row.Outcome != c.outcome || row.Code != c.reason || row.Fix != "system" || row.Reason == "" {
			t.Errorf("%s: %+v", c.reason, row)
		}
	}
}

// Without a desktop the connected windows are told.
func TestWithoutADesktopWindowsAreTold(t *testing.T) {
	b := startBellOn(t, nil)
	c := b.write("eva@klant.example", "Hoi")
	if row := b.row("the row", of(c.ID, "desktop")); row.Outcome != "shown" || row.Code != "window" {
		t.Errorf("row %+v", row)
	}
}

// Each window says for itself what is in front of the person, and one that is
// gone has nothing in front of it.
func TestEachWindowHasItsOwnFocus(t *testing.T) {
	b := startBell(t)
	c := b.write("eva@klant.example", "Twee vensters")
	b.focusFrom("one", c.ID)
	b.focusFrom("two", "")
	if !b.app.sight.any() {
		t.Error("what one window has in front is lost with another's word")
	}
	b.focusFrom("one", "")
	if b.app.sight.any() {
		t.Error("it is still there after looking away")
	}
	b.focusFrom("three", c.ID)
	b.closeWindow("three")
	until(b.rig, b.l, "the window to be forgotten", func() (bool, bool) { return true, !b.app.sight.any() })
}
