package app

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/keyring"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// A shared folder in which each member has a login of their own that may read
// and insert, and nothing else.
func TestLoginsOfTheirOwn(t *testing.T) {
	f := newFirmOn(t, imaptest.Options{ACL: true, Shared: "Team/", Users: map[string]string{
		"ann@example.test": teamPassword, "ben@example.test": ownPassword, "info@example.test": infoPassword,
	}})
	f.server.ShareFolder(t, "Team/Postvak", map[string]string{"ann@example.test": "lrwstipekxa", "ben@example.test": "lri"})
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Taart", "Kan die zaterdag?"))
	ann := f.desktop("Ann")
	request := CreateTeamRequest{Team: "Bakkerij Smit", Name: "Ann", Email: ann.email, Mailbox: f.mailbox()}
	request.Mailbox.Username, request.Mailbox.Folder = "ann@example.test", "Team/Postvak"
	call[*nothing](ann.rig, "Team.Create", request)
	ann.settled()
	call[string](ann.rig, "Channels.ConnectEmail", f.channel("info@example.test", infoPassword))
	cake := ann.finds("Taart")

	invitation := call[InviteResult](ann.rig, "Team.Invite").Invitation
	ben := f.desktop("Ben")
	join := JoinTeamRequest{Invitation: invitation, Name: "Ben", Email: ben.email, Mailbox: MailboxRequest{Username: "ben@example.test", Password: ownPassword}}
	call[JoinResult](ben.rig, "Team.Join", join)
	ben.becomes("member")
	if m := ben.status().Mailbox; m.Username != "ben@example.test" || m.Folder != "Team/Postvak" {
		t.Errorf("Ben's team mailbox: %+v", m)
	}
	ben.finds("Taart")
	call[Undo](ben.rig, "Inbox.Assign", cake.ID, ann.me())
	ann.sees("it is mine", cake.ID, func(c Conversation) bool { return c.Section == "mine" })
	ben.settled()
	if alarms := ben.status().Log.Alarms; len(alarms) > 0 {
		t.Errorf("Ben is alarmed: %q", alarms)
	}
}

// silent is a server that takes connections and says nothing.
func silent(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// What cannot be done leaves nothing behind, and does not take longer than its
// caller waits.
func TestAMailboxThatDoesNotAnswer(t *testing.T) {
	dir, secrets := t.TempDir(), keyring.NewMemory()
	r := startRig(t, Options{Dir: dir, Secrets: secrets})
	box := MailboxRequest{Host: "127.0.0.1", Port: silent(t), Security: "none", Username: "team@example.test", Password: teamPassword}
	nothingKept := func(what string, err error) {
		t.Helper()
		if code := r.app.failureOf(r.app.told("x", err)).Code; code != "unavailable" {
			t.Errorf("%s: %s, %v", what, code, err)
		}
		if now := call[TeamStatus](r, "Team.Status"); now.State != "solo" || now.Mailbox.Host != "" || now.Team != "" {
			t.Errorf("%s: %+v", what, now)
		}
		if _, err := secrets.Get(t.Context(), teamPasswordName); inbox.CodeOf(err) != inbox.NotFound {
			t.Errorf("%s: the password was kept (%v)", what, err)
		}
	}
	soon := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(t.Context(), 300*time.Millisecond)
	}
	ctx, cancel := soon()
	defer cancel()
	nothingKept("making a team", r.app.createTeam(ctx, CreateTeamRequest{Team: "x", Name: "Ann", Email: "a@b.example", Mailbox: box}))
	ctx, cancel = soon()
	defer cancel()
	_, err := r.app.joinOther(ctx, JoinTeamRequest{Name: "Ann", Email: "a@b.example", Mailbox: box})
	nothingKept("joining", err)

	m, err := box.domain()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel = soon()
	defer cancel()
	nothingKept("moving, when the server fell silent after it was asked", r.app.moveTo(ctx, m, teamPassword))
	ctx, cancel = soon()
	defer cancel()
	_, err = r.app.ask(ctx, m, teamPassword, teamsync.Joining{Name: "Ann", Email: "a@b.example"})
	nothingKept("asking, when the server fell silent after it was found", err)
	call[*nothing](r, "Availability.Set", false)
}

// What a person may type wrongly is refused before anything is asked of a
// server.
func TestATeamsFormsAreChecked(t *testing.T) {
	r := startRig(t, Options{})
	box := MailboxRequest{Host: "imap.example.com", Port: 993, Security: "tls", Username: "x", Password: "y-y-y-y"}
	good := CreateTeamRequest{Team: "Smit", Name: "Ann", Email: "ann@b.example", Mailbox: box}
	for what, spoil := range map[string]func(*CreateTeamRequest){
		"no team name":  func(r *CreateTeamRequest) { r.Team = "  " },
		"a long name":   func(r *CreateTeamRequest) { r.Name = strings.Repeat("x", maxPerson+1) },
		"no name":       func(r *CreateTeamRequest) { r.Name = "" },
		"no address":    func(r *CreateTeamRequest) { r.Email = "ann" },
		"no password":   func(r *CreateTeamRequest) { r.Mailbox.Password = "" },
		"unprotected":   func(r *CreateTeamRequest) { r.Mailbox.Security = "none" },
		"a wrong port":  func(r *CreateTeamRequest) { r.Mailbox.Port = 0 },
		"a wrong smtp":  func(r *CreateTeamRequest) { r.Mailbox.SMTP = Server{Host: "smtp.example.com"} },
		"no user name":  func(r *CreateTeamRequest) { r.Mailbox.Username = "" },
		"a broken host": func(r *CreateTeamRequest) { r.Mailbox.Host = "a b" },
	} {
		bad := good
		spoil(&bad)
		if failure := r.refused("invalid", "Team.Create", bad); strings.Contains(fmt.Sprint(failure), box.Password) {
			t.Errorf("%s: %+v", what, failure)
		}
	}
	for _, invitation := range []string{"", "hello", "postvak1:", "postvak1:e30", "postvak1:" + strings.Repeat("A", 10_000)} {
		r.refused("invalid", "Team.ReadInvitation", invitation)
		if invitation != "" {
			r.refused("invalid", "Team.Join", JoinTeamRequest{Invitation: invitation, Name: "Ann", Email: "a@b.example", Mailbox: box})
		}
	}
	r.refused("conflict", "Team.Invite")
	r.refused("conflict", "Team.Leave")
	r.refused("conflict", "Team.SignIn", SignInRequest{Password: "x"})
	r.refused("invalid", "Team.SetRole", "nobody", "boss")
	r.refused("invalid", "Team.Remove", call[TeamStatus](r, "Team.Status").Me)
	if answer := r.post("Team.Approve", `["x"]`); answer.Error.Code != "not_found" {
		t.Errorf("Team.Approve with one argument: %+v", answer.Error)
	}
	if answer := r.post("Team.Approve", `[]`); answer.Error.Code != "invalid" {
		t.Errorf("Team.Approve without any: %+v", answer.Error)
	}
}

// A private channel of the time when a team of one had a single book is not
// carried into a mailbox unasked (R31).
func TestAnOldPrivateChannelIsNotShownToATeam(t *testing.T) {
	f := newFirm(t)
	ann := f.desktop("Ann")
	old := &teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Address: "prive@example.test"}
	if _, err := ann.app.team.DecideAs(t.Context(), ann.app.team.Self(), time.Now(), old); err != nil {
		t.Fatal(err)
	}
	request := CreateTeamRequest{Team: "Smit", Name: "Ann", Email: ann.email, Mailbox: f.mailbox()}
	if failure := ann.refused("conflict", "Team.Create", request); !strings.Contains(failure.Message, "prive@example.test") {
		t.Errorf("refused: %+v", failure)
	}
	call[*nothing](ann.rig, "Channels.Update", "c1", map[string]any{"shared": true})
	f.create(ann)
	ann.settled()
}

// A demo team can neither be moved nor left.
func TestTheDemoTeamStays(t *testing.T) {
	r := startDemo(t)
	box := MailboxRequest{Host: "127.0.0.1", Port: 1, Security: "none", Username: "x", Password: "y-y-y-y"}
	r.refused("conflict", "Team.Create", CreateTeamRequest{Team: "Smit", Name: "Ann", Email: "ann@b.example", Mailbox: box})
	r.refused("conflict", "Team.Join", JoinTeamRequest{Name: "Ann", Email: "ann@b.example", Mailbox: box})
	r.refused("conflict", "Team.Invite")
}

// Who waits can stop waiting, and has a team of one again that can join.
func TestToStopWaiting(t *testing.T) {
	f := newFirm(t)
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	carol := f.desktop("Carol")
	request := JoinTeamRequest{Name: "Carol", Email: carol.email, Mailbox: f.mailbox()}
	call[JoinResult](carol.rig, "Team.Join", request)
	carol.becomes("pending")
	call[*nothing](carol.rig, "Team.Leave")
	if now := carol.status(); now.State != "solo" || now.Mailbox.Host != "" || len(now.Words) != 0 || now.Log.Phase != "ok" {
		t.Errorf("after stopping: %+v", now)
	}
	if _, err := carol.secrets.Get(t.Context(), teamPasswordName); inbox.CodeOf(err) != inbox.NotFound {
		t.Errorf("the password was kept (%v)", err)
	}
	call[*nothing](carol.rig, "Availability.Set", false)
	f.again(carol)
	if now := carol.status(); now.State != "solo" {
		t.Errorf("after a restart: %+v", now)
	}
	call[JoinResult](carol.rig, "Team.Join", request)
	carol.becomes("pending")
}

// Ended in the middle of becoming a team, it goes on at the next start; ended
// in the middle of joining one, it is a team of one as before, and nothing of
// it is in the other team's folder.
func TestCutOffInTheMiddle(t *testing.T) {
	f := newFirm(t)
	ann := f.desktop("Ann")
	for i := range 10 {
		call[*nothing](ann.rig, "Availability.Set", i%2 == 1)
	}
	box, err := f.mailbox().domain()
	if err != nil {
		t.Fatal(err)
	}
	box.LogID = ann.app.team.LogID()
	if box.Folder, err = ann.app.placeFor(t.Context(), box, teamPassword); err != nil {
		t.Fatal(err)
	}
	if err := ann.app.keepMailbox(t.Context(), box, teamPassword); err != nil {
		t.Fatal(err)
	}
	ann.app.Close()
	f.again(ann)
	until(ann.rig, ann.l, "the log is in the mailbox", func() (bool, bool) {
		log := ann.status().Log
		return true, log.Phase == "ok" && !strings.HasPrefix(log.Position, "local/")
	})
	if now := ann.status(); now.State != "member" || now.Role != "admin" {
		t.Errorf("Ann after the restart: %+v", now)
	}
	events, _ := f.records()
	if len(events) < 11 {
		t.Errorf("the folder has %d events", len(events))
	}

	ben := f.desktop("Ben")
	if err := ben.app.keepMailbox(t.Context(), box, teamPassword); err != nil {
		t.Fatal(err)
	}
	ben.app.Close()
	f.again(ben)
	if now := ben.status(); now.State != "solo" || now.Mailbox.Host != "" {
		t.Errorf("Ben after the restart: %+v", now)
	}
	call[JoinResult](ben.rig, "Team.Join", JoinTeamRequest{Name: "Ben", Email: ben.email, Mailbox: f.mailbox()})
	ben.becomes("pending")
	ben.settled()
	if after, _ := f.records(); len(after) != len(events)+1 {
		t.Errorf("the folder has %d events, and had %d: more than Ben's request came", len(after), len(events))
	}
}

// An admin retires a computer that was lost: it is out at once.
func TestALostComputer(t *testing.T) {
	f := newFirm(t)
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	ben := f.invited(ann, "Ben")
	devices := call[[]Device](ann.rig, "Team.Devices")
	at := slices.IndexFunc(devices, func(d Device) bool { return d.MemberID == ben.me() })
	if len(devices) != 2 || at < 0 || devices[at].Current || devices[at].Revoked || devices[at].Added == "" {
		t.Fatalf("devices %+v", devices)
	}
	ben.refused("forbidden", "Team.RevokeDevice", devices[1-at].ID)
	call[*nothing](ann.rig, "Team.RevokeDevice", devices[at].ID)
	ben.becomes("removed")
	ben.refused("forbidden", "Availability.Set", false)
	if m := ann.member("Ben"); m.State != "active" {
		t.Errorf("Ben is %+v: only his computer is out", m)
	}
}

// The mail server goes away: everything here works on and waits; it comes back
// with another password: the status asks for it, and what waited goes out.
func TestAwayAndBackWithAnotherPassword(t *testing.T) {
	f := newFirm(t)
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Taart", "Kan die zaterdag?"))
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	call[string](ann.rig, "Channels.ConnectEmail", f.channel("info@example.test", infoPassword))
	cake := ann.finds("Taart")
	ann.settled()
	f.server.Kill()
	f.again(ann)
	call[Undo](ann.rig, "Inbox.Assign", cake.ID, ann.me())
	if c := ann.open(cake.ID); c.Section != "mine" || !c.Pending {
		t.Errorf("offline: %+v", c.Row)
	}
	until(ann.rig, ann.l, "the status says so", func() (bool, bool) {
		s := call[Status](ann.rig, "Settings.Status")
		return true, s.Team.Phase == "offline" && !s.Online && s.Team.Pending == 1
	})

	f.server.AddUser(t, "team@example.test", teamPassword+"-nieuw")
	f.server.Start(t)
	ann.app.networkBack()
	until(ann.rig, ann.l, "the status asks for the password", func() (bool, bool) {
		s := call[Status](ann.rig, "Settings.Status")
		return true, s.Team.Phase == "needs_sign_in" && s.Team.Reason != ""
	})
	ann.refused("auth", "Team.SignIn", SignInRequest{Password: "nog-steeds-verkeerd"})
	call[*nothing](ann.rig, "Team.SignIn", SignInRequest{Password: teamPassword + "-nieuw"})
	ann.settled()
	if c := ann.open(cake.ID); c.Section != "mine" || c.Pending {
		t.Errorf("back: %+v", c.Row)
	}
	for _, step := range call[[]Step](ann.rig, "Team.Check", MailboxRequest{}) {
		if !step.OK || step.Message == "" {
			t.Errorf("the check: %+v", step)
		}
	}
}

// A long history on its way into the mailbox is told as it goes (R35).
func TestMovingIsTold(t *testing.T) {
	f := newFirm(t)
	ann := f.desktop("Ann")
	for i := range 150 {
		call[*nothing](ann.rig, "Availability.Set", i%2 == 1)
	}
	var told sync.Map
	defer ann.app.hub.subscribe(func(e event) {
		if s, ok := e.payload.(Status); ok && s.Team.Total > 150 {
			told.Store(s.Team.Phase+": "+strings.TrimRight(s.Text, "0123456789 ofv"), true)
		}
	})()
	f.create(ann)
	ann.settled()
	if _, moving := told.Load("moving: moving the team log"); !moving {
		t.Error("nobody was told that it moves")
	}
	if events, _ := f.records(); len(events) < 151 {
		t.Errorf("the folder has %d events", len(events))
	}
}

// A stranger's request is shown as what it is: one line without marks that turn
// or hide text.
func TestAStrangersNameIsOneLine(t *testing.T) {
	m := memberOf(teamlog.Member{Name: "Ann\u202e\n\x00 (admin)" + strings.Repeat("x", 10_000), Email: "a@b.example\r\nBcc: x"})
	if strings.ContainsAny(m.Name+m.Email, "\u202e\n\r\x00") || len(m.Name) > 2*maxAddress {
		t.Errorf("shown as %q, %q", m.Name, m.Email)
	}
}

func TestTeamText(t *testing.T) {
	for want, c := range map[string]struct {
		state teamsync.Membership
		log   LogStatus
	}{
		"moving the team log 1,204 of 8,310":     {teamsync.Active, LogStatus{Phase: "moving", Done: 1204, Total: 8310}},
		"reading the team log":                   {teamsync.Active, LogStatus{Phase: "behind", Done: 7}},
		"waiting to be let into the team":        {teamsync.Newcomer, LogStatus{Phase: "ok"}},
		"no longer in the team":                  {teamsync.Removed, LogStatus{Phase: "read_only"}},
		"team mailbox offline (x)":               {teamsync.Active, LogStatus{Phase: "offline", Reason: "x"}},
		"team mailbox needs sign-in: wrong word": {teamsync.Active, LogStatus{Phase: "needs_sign_in", Reason: "wrong word"}},
		"team log waits to be repaired: gone":    {teamsync.Active, LogStatus{Phase: "waiting", Reason: "gone", Done: 3, Total: 4}},
		"old decisions wait for Team.Resume":     {teamsync.Active, LogStatus{Phase: "paused"}},
		"team log cannot be written":             {teamsync.Active, LogStatus{Phase: "read_only"}},
		"":                                       {teamsync.Solo, LogStatus{Phase: "ok"}},
	} {
		if got := teamText(string(c.state), c.log); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
