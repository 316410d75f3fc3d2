package app

import (
	"slices"
	"strings"
	"testing"

	"postvak/app/desktop"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
)

// bell is what a computer's person hears.
func (d *computer) bell(s *screen) *bellRig { return &bellRig{rig: d.rig, screen: s, l: d.l} }

// Who joins hears of nothing old, then of what is new, as everybody does; what
// they want by e-mail their teammates' computers know; and who was removed
// hears of nothing more.
func TestWhoHearsOfWhatInATeam(t *testing.T) {
	f := newFirm(t)
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Oud", "Van voor die tijd."))
	annSees, benSees := newScreen(), newScreen()
	ann := f.desktopWith("Ann", annSees)
	channel := call[string](ann.rig, "Channels.ConnectEmail", f.channel("info@example.test", infoPassword))
	old := ann.finds("Oud")
	f.create(ann)
	f.server.Deliver(t, "info@example.test", imaptest.Message("jan@klant.example", "info@example.test", "Voor Ben", "Kort voor Ben kwam."))
	before := ann.finds("Voor Ben")
	ann.settled()
	hears := ann.bell(annSees)
	if row := hears.row("mail after connecting", of(before.ID, "desktop")); row.Outcome != "shown" {
		t.Errorf("Ann: %+v", row)
	}
	ben := f.invitedWith(ann, "Ben", benSees)
	ben.finds("Oud")
	ben.finds("Voor Ben")
	bens := ben.bell(benSees)
	bens.save(func(s *NotificationSettings) { s.Email.AssignedToMe = true })

	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Nieuw", "Kan die zaterdag?"))
	fresh := ben.finds("Nieuw")
	bens.row("the new mail", func(r NotificationRow) bool {
		return r.Subject == "Nieuw" && r.Medium == "desktop" && r.Outcome == "shown"
	})
	for _, n := range benSees.all() {
		if n.Slot != fresh.ID || !strings.Contains(n.Title, "eva@klant.example") {
			t.Errorf("Ben was shown %+v", n)
		}
	}
	for _, r := range bens.history() {
		if r.Subject != "Nieuw" && r.Outcome == "shown" {
			t.Errorf("Ben was told of what was before him: %+v", r)
		}
	}
	for _, n := range annSees.all() {
		if n.Slot == old.ID {
			t.Errorf("history notified: %+v", n)
		}
	}

	until(ann.rig, ann.l, "Ben's choices", func() (bool, bool) {
		return true, readPrefs(ann.app.team.Prefs(ben.app.team.Me())).Email.AssignedToMe
	})
	id := ann.finds("Nieuw").ID
	call[Undo](ann.rig, "Inbox.Assign", id, ben.me())
	shown := bens.notice("the assignment", func(n desktop.Notice) bool { return strings.HasPrefix(n.Title, "Ann ") })
	if len(shown.Actions) != 1 {
		t.Errorf("what is his already he cannot take: %+v", shown.Actions)
	}
	for _, r := range hears.history() {
		if r.Event == "assignedToMe" {
			t.Errorf("Ann was assigned nothing: %+v", r)
		}
	}

	call[RemoveResult](ann.rig, "Team.Remove", ben.me())
	ben.becomes("removed")
	count := len(benSees.all())
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Daarna", "Nog iets."))
	last := ann.finds("Daarna")
	hears.row("mail after the removal", of(last.ID, "desktop"))
	if steps := bens.tested(); steps["bell"].OK || steps["email"].OK {
		t.Errorf("who was removed is told that all is well: %+v", steps)
	}
	for _, n := range benSees.all()[count:] {
		if n.Slot != testSlot {
			t.Errorf("Ben was shown %+v after he was removed", n)
		}
	}

	ann.bell(annSees).save(func(s *NotificationSettings) { s.Muted = []string{channel} })
	f.noSecrets(ann, ben)
}

// Which private channels somebody mutes stays on their computer, and alerts
// about them go by their own server: the team's Sent folder is everybody's (R31).
func TestAPrivateChannelStaysHere(t *testing.T) {
	f := newFirm(t)
	ann := f.desktopWith("Ann", newScreen())
	mailbox := f.mailbox()
	mailbox.SMTP = Server{Host: f.smtp.Host, Port: f.smtp.Port, Security: "starttls", Username: "team@example.test"}
	call[*nothing](ann.rig, "Team.Create", CreateTeamRequest{Team: "Bakkerij Smit", Name: "Ann", Email: ann.email, Mailbox: mailbox})
	request := f.channel("info@example.test", infoPassword)
	request.Shared = false
	private := call[string](ann.rig, "Channels.ConnectEmail", request)
	bell := &bellRig{rig: ann.rig, l: ann.l}
	bell.save(func(s *NotificationSettings) { s.Email.Mine, s.Muted = true, []string{private} })
	ann.settled()
	until(ann.rig, ann.l, "the choices in the log", func() (bool, bool) {
		return true, readPrefs(ann.app.team.Prefs(ann.app.team.Me())).Email.Mine
	})
	if _, raw := f.records(); strings.Contains(raw, private) {
		t.Error("the private channel's id is in the folder")
	}
	if s := call[NotificationSettings](ann.rig, "Notifications.Get"); len(s.Muted) != 1 || s.Muted[0] != private || !s.Email.Mine {
		t.Errorf("here it is %+v", s)
	}
	post := alertPost{ann.app}
	for channel, address := range map[string]string{private: "info@example.test", "": "team@example.test"} {
		if from, ok := post.From(inbox.ChannelID(channel)); !ok || from.Address != address || from.Name != "Postvak · Bakkerij Smit" {
			t.Errorf("channel %q: %+v, want %s", channel, from, address)
		}
	}
	if from, ok := post.From("gone"); ok {
		t.Errorf("a channel that is not there any more sends as %+v", from)
	}
	// When it becomes the team's, their desktops must know that Ann muted it.
	call[*nothing](ann.rig, "Channels.Update", private, map[string]any{"shared": true})
	until(ann.rig, ann.l, "what she muted in the log", func() (bool, bool) {
		said := readPrefs(ann.app.team.Prefs(ann.app.team.Me()))
		return true, said.Email.Mine && slices.Equal(said.Muted, []inbox.ChannelID{inbox.ChannelID(private)})
	})
	if s := call[NotificationSettings](ann.rig, "Notifications.Get"); !slices.Equal(s.Muted, []string{private}) {
		t.Errorf("here it is %+v", s)
	}
}
