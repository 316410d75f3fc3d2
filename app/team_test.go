package app

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// A team of one becomes a team: everything decided before is there after, here
// and on a new colleague's computer, who is working without typing any
// password but the team mailbox's (R32).
func TestATeamOfOneMovesIntoAMailbox(t *testing.T) {
	f := newFirm(t)
	f.server.Deliver(t, "info@example.test",
		imaptest.Message("eva@klant.example", "info@example.test", "Taart", "Kan die zaterdag?"),
		imaptest.Message("jan@klant.example", "info@example.test", "Brood", "Welk meel?"))
	ann := f.desktop("Ann")
	call[string](ann.rig, "Channels.ConnectEmail", f.channel("info@example.test", infoPassword))
	cake, bread := ann.finds("Taart"), ann.finds("Brood")
	call[Undo](ann.rig, "Inbox.Assign", cake.ID, ann.me())
	call[string](ann.rig, "Inbox.AddNote", cake.ID, "zaterdag is vol")
	call[Undo](ann.rig, "Inbox.Close", bread.ID)
	before := []string{decided(ann.open(cake.ID)), decided(ann.open(bread.ID))}

	wrong := CreateTeamRequest{Team: "Bakkerij Smit", Name: "Ann", Email: "ann@firma.example", Mailbox: f.mailbox()}
	wrong.Mailbox.Password = "een-verkeerd-wachtwoord"
	ann.refused("auth", "Team.Create", wrong)
	if now := ann.status(); now.State != "solo" || now.Mailbox.Host != "" || now.Team != "" {
		t.Errorf("after a wrong password: %+v", now)
	}
	f.create(ann)
	ann.settled()
	if now := ann.status(); now.State != "member" || now.Role != "admin" || now.Team != "Bakkerij Smit" || now.Mailbox.Username != "team@example.test" {
		t.Errorf("the team: %+v", now)
	}
	ann.refused("conflict", "Team.Create", wrong)

	ben := f.invited(ann, "Ben")
	until(ben.rig, ben.l, "Ben is online", func() (bool, bool) {
		s := call[Status](ben.rig, "Settings.Status")
		return true, s.Online && len(s.Channels) == 1
	})
	for i, id := range []string{cake.ID, bread.ID} {
		if after := decided(ann.open(id)); after != before[i] {
			t.Errorf("Ann's changed:\n%s\n%s", before[i], after)
		}
		ben.sees("the history", id, func(c Conversation) bool { return decided(c) == before[i] })
	}
	if now := ben.open(cake.ID); now.Section != "others" || now.AssigneeID != ann.me() {
		t.Errorf("Ben sees %+v (R4)", now.Row)
	}
	if me := ben.status(); me.Role != "member" || me.ReadOnly == "" || me.Team != "Bakkerij Smit" {
		t.Errorf("Ben's team: %+v", me)
	}

	call[Undo](ann.rig, "Inbox.Assign", cake.ID, ben.me())
	ben.sees("it is mine", cake.ID, func(c Conversation) bool { return c.Section == "mine" })
	call[Undo](ben.rig, "Inbox.Unassign", cake.ID)
	ann.sees("it is nobody's", cake.ID, func(c Conversation) bool { return c.Section == "unassigned" && !c.Pending })
	f.restart(ann, ben, cake.ID)
	f.noSecrets(ann, ben)
}

// restart ends both computers and starts them again: they go on.
func (f *firm) restart(ann, ben *computer, id string) {
	f.t.Helper()
	ann.app.Close()
	ben.app.Close()
	f.again(ann)
	f.again(ben)
	call[Undo](ann.rig, "Inbox.Assign", id, ben.me())
	ben.sees("it is mine again", id, func(c Conversation) bool { return c.Section == "mine" })
}

// Without an invitation nothing is shown until an admin, who compared the four
// words, approves.
func TestApprovedByWords(t *testing.T) {
	f := newFirm(t)
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Taart", "Kan die zaterdag?"))
	ann := f.desktop("Ann")
	call[string](ann.rig, "Channels.ConnectEmail", f.channel("info@example.test", infoPassword))
	ann.finds("Taart")
	f.create(ann)
	ann.settled()

	carol := f.desktop("Carol")
	wrong := JoinTeamRequest{Name: "Carol", Email: carol.email, Mailbox: f.mailbox()}
	wrong.Mailbox.Username = "ben@example.test"
	wrong.Mailbox.Password = ownPassword
	carol.refused("not_found", "Team.Join", wrong)
	if now := carol.status(); now.State != "solo" || now.Mailbox.Host != "" {
		t.Errorf("after looking in the wrong mailbox: %+v", now)
	}
	joined := call[JoinResult](carol.rig, "Team.Join", JoinTeamRequest{Name: "Carol", Email: carol.email, Mailbox: f.mailbox()})
	carol.becomes("pending")
	shown := until(ann.rig, ann.l, "Carol's request", func() (Member, bool) {
		all := call[[]Member](ann.rig, "Team.Members")
		at := slices.IndexFunc(all, func(m Member) bool { return m.State == "pending" })
		if at < 0 {
			return Member{}, false
		}
		return all[at], true
	})
	if !slices.Equal(shown.Words, joined.Words) || len(shown.Words) != 4 || shown.Name != "Carol" || shown.SamePerson != "" {
		t.Errorf("Ann sees %+v, Carol the words %q", shown, joined.Words)
	}
	if wish := string(carol.rig.app.team.Me()); shown.ID == wish {
		t.Error("a request goes by the member's id it wishes: whoever wishes Ann's and is refused removes Ann")
	}
	if now := carol.status(); !slices.Equal(now.Words, joined.Words) || now.Team != "" {
		t.Errorf("Carol's status: %+v", now)
	}
	if n := len(call[[]Member](carol.rig, "Team.Members")) + len(call[[]ChannelInfo](carol.rig, "Channels.List")); n != 0 {
		t.Errorf("Carol is shown %d things while she waits", n)
	}
	// What the program says to the team by itself may come just after she asked.
	if _, err := carol.rig.app.decide(t.Context(), &teamlog.Avail{On: false}); err == nil || followingLevel(err) != slog.LevelInfo {
		t.Errorf("that Carol waits is logged as an error: %v", err)
	}
	carol.refused("forbidden", "Availability.Set", false)
	carol.refused("forbidden", "Channels.ConnectEmail", f.channel("ben@example.test", ownPassword))

	call[*nothing](ann.rig, "Team.Approve", shown.ID)
	carol.becomes("member")
	carol.finds("Taart")
	carol.refused("forbidden", "Team.Invite")
	carol.refused("forbidden", "Channels.Disconnect", call[[]ChannelInfo](carol.rig, "Channels.List")[0].ID)
	call[*nothing](ann.rig, "Team.SetRole", carol.me(), "admin")
	until(carol.rig, carol.l, "Carol is an admin", func() (bool, bool) { return true, carol.status().Role == "admin" })
	call[InviteResult](carol.rig, "Team.Invite")
}

func TestWhoWaitsToBeLetInIsNoError(t *testing.T) {
	for err, level := range map[error]slog.Level{
		teamsync.ErrNotLetIn: slog.LevelInfo, fmt.Errorf("handing out: %w", teamsync.ErrNotLetIn): slog.LevelInfo,
		errors.New("the disk is full"): slog.LevelError,
	} {
		if got := followingLevel(err); got != level {
			t.Errorf("%v: %v", err, got)
		}
	}
}

// A new computer of the same person takes the old one's place once an admin
// approved it.
func TestTheSamePersonOnANewComputer(t *testing.T) {
	f := newFirm(t)
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	ben := f.invited(ann, "Ben")
	was := ben.me()

	fresh := f.desktop("Ben")
	call[JoinResult](fresh.rig, "Team.Join", JoinTeamRequest{Name: "Ben", Email: "Ben@firma.example", Mailbox: f.mailbox()})
	request := until(ann.rig, ann.l, "the new computer's request", func() (Member, bool) {
		all := call[[]Member](ann.rig, "Team.Members")
		at := slices.IndexFunc(all, func(m Member) bool { return m.State == "pending" })
		if at < 0 {
			return Member{}, false
		}
		return all[at], true
	})
	if request.SamePerson != was {
		t.Errorf("the request %+v, Ben is %s", request, was)
	}
	call[*nothing](ann.rig, "Team.Approve", request.ID, "")
	fresh.becomes("member")
	if fresh.me() != was {
		t.Errorf("the new computer speaks for %s, not %s", fresh.me(), was)
	}
	ben.becomes("removed")
	ben.refused("forbidden", "Availability.Set", false)
	call[*nothing](fresh.rig, "Availability.Set", false)
	until(ann.rig, ann.l, "Ben is away", func() (bool, bool) { return true, !ann.member("Ben").Available })
	states := map[bool]int{}
	for _, d := range call[[]Device](fresh.rig, "Team.Devices") {
		if d.MemberID == was {
			states[d.Revoked]++
			if d.Current == d.Revoked {
				t.Errorf("device %+v", d)
			}
		}
	}
	if states[true] != 1 || states[false] != 1 {
		t.Errorf("Ben's devices: %v", states)
	}
	f.again(fresh)
	if fresh.me() != was {
		t.Errorf("after a restart it speaks for %s", fresh.me())
	}
}

// A removed member's computer stops, forgets the passwords and shows what it
// has; the admin is told what else to do. The last admin cannot go.
func TestRemovedMember(t *testing.T) {
	f := newFirm(t)
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Taart", "Kan die zaterdag?"))
	ann := f.desktop("Ann")
	channel := call[string](ann.rig, "Channels.ConnectEmail", f.channel("info@example.test", infoPassword))
	cake := ann.finds("Taart")
	f.create(ann)
	ann.settled()
	ben := f.invited(ann, "Ben")
	ben.finds("Taart")
	if _, err := ben.secrets.Get(t.Context(), passwordName(inbox.ChannelID(channel))); err != nil {
		t.Errorf("Ben's computer has no password: %v", err)
	}
	ann.refused("conflict", "Team.Leave")
	ann.refused("conflict", "Team.SetRole", ann.me(), "member")
	call[Undo](ann.rig, "Inbox.Assign", cake.ID, ben.me())
	ben.sees("it is mine", cake.ID, func(c Conversation) bool { return c.Section == "mine" })

	left := call[RemoveResult](ann.rig, "Team.Remove", ben.me())
	kinds := map[string]int{}
	for _, todo := range left.Tasks {
		kinds[todo.Kind]++
	}
	if kinds["mailbox_password"] != 1 || kinds["channel_password"] != 1 || len(ann.status().Tasks) != 2 {
		t.Errorf("left to do: %+v; kept: %+v", left.Tasks, ann.status().Tasks)
	}
	ben.becomes("removed")
	until(ben.rig, ben.l, "the passwords are gone", func() (bool, bool) {
		_, channelErr := ben.secrets.Get(t.Context(), passwordName(inbox.ChannelID(channel)))
		_, teamErr := ben.secrets.Get(t.Context(), teamPasswordName)
		return true, inbox.CodeOf(channelErr) == inbox.NotFound && inbox.CodeOf(teamErr) == inbox.NotFound
	})
	if c := ben.open(cake.ID); len(c.Messages) != 1 || c.Messages[0].Text == "" || c.Composer.Mode != "blocked" || c.Composer.Reason != notInMore {
		t.Errorf("Ben can read %+v and write %+v", c.Messages, c.Composer)
	}
	for name, arguments := range map[string][]any{
		"Inbox.Close": {cake.ID}, "Inbox.AddNote": {cake.ID, "x"}, "Composer.Send": {cake.ID, SendRequest{Draft: Draft{Text: "x"}}},
		"Availability.Set": {false}, "Channels.SignIn": {channel, SignInRequest{Password: infoPassword}},
	} {
		if failure := ben.refused("forbidden", name, arguments...); failure.Message != notInMore {
			t.Errorf("%s: %q", name, failure.Message)
		}
	}
	ann.sees("his assignment ended", cake.ID, func(c Conversation) bool { return c.Section == "unassigned" })
	f.again(ben)
	if s := call[Status](ben.rig, "Settings.Status"); s.State != "removed" || s.Online {
		t.Errorf("after a restart: %+v", s)
	}
	if c := ben.open(cake.ID); len(c.Messages) != 1 {
		t.Errorf("after a restart Ben can read %+v", c)
	}
	if found := call[SearchPage](ben.rig, "Inbox.Search", SearchQuery{Text: "zaterdag"}); len(found.Rows) != 1 {
		t.Errorf("after a restart Ben finds %+v", found)
	}

	f.server.AddUser(t, "info@example.test", infoPassword+"-nieuw")
	call[*nothing](ann.rig, "Channels.SignIn", channel, SignInRequest{Password: infoPassword + "-nieuw"})
	if todo := ann.status().Tasks; len(todo) != 1 || todo[0].Kind != "mailbox_password" {
		t.Errorf("after changing the password: %+v", todo)
	}
	call[*nothing](ann.rig, "Team.Tick", ann.status().Tasks[0].ID)
	if todo := ann.status().Tasks; len(todo) != 0 {
		t.Errorf("after ticking it off: %+v", todo)
	}
}

// A member leaves; an admin chooses who takes over the channel that they had
// connected (R11).
func TestAnInstallerLeaves(t *testing.T) {
	f := newFirm(t)
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Taart", "Kan die zaterdag?"))
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	ben := f.invited(ann, "Ben")
	call[*nothing](ann.rig, "Team.SetRole", ben.me(), "admin")
	until(ben.rig, ben.l, "Ben is an admin", func() (bool, bool) { return true, ben.status().Role == "admin" })
	channel := call[string](ben.rig, "Channels.ConnectEmail", f.channel("info@example.test", infoPassword))
	cake := ann.finds("Taart")
	ann.refused("forbidden", "Inbox.Delete", cake.ID)
	ann.refused("conflict", "Channels.SetInstaller", channel, ann.me())
	ben.settled()
	call[*nothing](ben.rig, "Team.Leave")
	ben.becomes("removed")
	until(ann.rig, ann.l, "the channel needs an installer", func() (bool, bool) {
		return true, call[[]ChannelInfo](ann.rig, "Channels.List")[0].NeedsInstaller
	})
	until(ann.rig, ann.l, "Ann is told what to do after Ben left", func() (bool, bool) { return true, len(ann.status().Tasks) == 3 })
	call[*nothing](ann.rig, "Channels.SetInstaller", channel, ann.me())
	until(ann.rig, ann.l, "Ann is the installer", func() (bool, bool) {
		return true, call[[]ChannelInfo](ann.rig, "Channels.List")[0].Installer == ann.me()
	})
	until(ann.rig, ann.l, "choosing an installer is off the list", func() (bool, bool) { return true, len(ann.status().Tasks) == 2 })
	call[*nothing](ann.rig, "Inbox.Delete", cake.ID)
}

// With own sign-in each member gives their own name and password, which no
// other computer learns.
func TestOwnSignIn(t *testing.T) {
	f := newFirm(t)
	f.server.Deliver(t, "ben@example.test", imaptest.Message("eva@klant.example", "ben@example.test", "Taart", "Kan die zaterdag?"))
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	request := f.channel("info@example.test", infoPassword)
	request.SignIn = "own"
	channel := call[string](ann.rig, "Channels.ConnectEmail", request)
	ben := f.invited(ann, "Ben")
	until(ben.rig, ben.l, "Ben is asked to sign in", func() (bool, bool) {
		all := call[[]ChannelInfo](ben.rig, "Channels.List")
		return true, len(all) == 1 && all[0].State == "needs_sign_in" && all[0].SignIn == "own"
	})
	ben.refused("auth", "Channels.SignIn", channel, SignInRequest{Username: "ben@example.test", Password: "verkeerd-verkeerd"})
	call[*nothing](ben.rig, "Channels.SignIn", channel, SignInRequest{Username: "ben@example.test", Password: ownPassword})
	ben.finds("Taart")
	if shown := call[[]ChannelInfo](ben.rig, "Channels.List")[0]; shown.IMAP.Username != "ben@example.test" {
		t.Errorf("Ben signs in as %q", shown.IMAP.Username)
	}
	if shown := call[[]ChannelInfo](ann.rig, "Channels.List")[0]; shown.IMAP.Username != "info@example.test" {
		t.Errorf("Ann signs in as %q", shown.IMAP.Username)
	}
	events, _ := f.records()
	for _, e := range events {
		if add, ok := e.(*teamlog.ChannelAdd); ok && add.Email.IMAP.Username+add.Email.SMTP.Username != "" {
			t.Errorf("Ann's own login stands in the team's log: %+v", add.Email)
		}
	}
	f.noSecrets(ann, ben)
}

// Nothing of a private channel is in the team's folder, nor anywhere at a
// teammate's, until its installer shares it (R31).
func TestAPrivateChannel(t *testing.T) {
	f := newFirm(t)
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Heel geheim", "Niet voor anderen."))
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	ben := f.invited(ann, "Ben")
	request := f.channel("info@example.test", infoPassword)
	request.Shared, request.Name = false, "Priveetje"
	channel := call[string](ann.rig, "Channels.ConnectEmail", request)
	secret := ann.finds("Heel geheim")
	call[Undo](ann.rig, "Inbox.Assign", secret.ID, ann.me())
	call[string](ann.rig, "Inbox.AddNote", secret.ID, "fluisteren")
	call[*nothing](ann.rig, "Team.Rename", "Smit en dochter") // what Ben will see, after all of it
	ann.settled()
	until(ben.rig, ben.l, "the new name", func() (bool, bool) { return true, ben.status().Team == "Smit en dochter" })
	_, raw := f.records()
	for _, trace := range []string{channel, "Priveetje", "info@example.test", "Heel geheim", "fluisteren"} {
		if strings.Contains(raw, trace) {
			t.Errorf("the folder has %q in it", trace)
		}
	}
	if n := len(call[[]ChannelInfo](ben.rig, "Channels.List")); n != 0 {
		t.Errorf("Ben has %d channels", n)
	}

	lost := func(c *computer) [2]bool {
		told := call[Removal](c.rig, "Settings.Removal")
		return [2]bool{told.Alone, told.Private}
	}
	if mine, his := lost(ann), lost(ben); mine != [2]bool{false, true} || his != [2]bool{} {
		t.Errorf("removing everything tells Ann %v and Ben %v, want what is private of her alone", mine, his)
	}
	call[*nothing](ann.rig, "Channels.Update", channel, map[string]any{"shared": true})
	shared := ben.sees("what was shared", secret.ID, func(c Conversation) bool { return len(c.Notes) == 1 && c.AssigneeID == ann.me() })
	if shared.Section != "others" || shared.Notes[0].Text != "fluisteren" {
		t.Errorf("Ben sees %+v with %+v", shared.Row, shared.Notes)
	}
	ann.refused("invalid", "Channels.Update", channel, map[string]any{"shared": false})
	ann.settled()
	if mine := lost(ann); mine != [2]bool{} {
		t.Errorf("removing everything tells Ann %v of what the team has", mine)
	}
}
