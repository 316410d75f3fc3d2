package app

import (
	"fmt"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// A password never follows what an admin changes: one's own stays with the host
// that it was given for, and no password goes over an open line.
func TestWhereALoginMayGo(t *testing.T) {
	own := teamMailbox{IMAP: inbox.Server{Host: "mail.firma.example", Port: 993, Security: inbox.TLS, Username: "ben"}, Invited: "team"}
	teams, typed := own, own
	teams.Invited, typed.Invited = "ben", ""
	said := func(host string, port int, security string) string {
		return fmt.Sprintf(`{"host":%q,"port":%d,"security":%q,"username":"x"}`, host, port, security)
	}
	for _, test := range []struct {
		what, setting string
		own, teams    bool
	}{
		{"the same host", said("Mail.firma.example", 587, "starttls"), true, true},
		{"another host", said("smtp.elsewhere.example", 465, "tls"), false, true},
		{"a host within another", said("mail.firma.example.evil.example", 465, "tls"), false, true},
		{"an open line", said("mail.firma.example", 25, "none"), false, false},
		{"no port", said("mail.firma.example", 0, "tls"), false, false},
		{"no host", said("", 465, "tls"), false, false},
		{"a host with a user", said("x@mail.firma.example", 465, "tls"), false, false},
		{"nothing", "", false, false},
		{"no JSON", "smtp.firma.example", false, false},
		{"a list", `[{"host":"mail.firma.example"}]`, false, false},
	} {
		for whose, c := range map[string]struct {
			m    teamMailbox
			want bool
		}{"own": {own, test.own}, "team's": {teams, test.teams}, "typed": {typed, test.own}} {
			server, ok := c.m.trusted(test.setting)
			if ok != c.want || ok && server.Username != "ben" {
				t.Errorf("%s, %s login: %+v, %v", test.what, whose, server, ok)
			}
		}
	}
}

// Who joined by an invitation typed only a password, and sends alerts all the
// same: by the server that the team knows of (R18).
func TestWhoWasInvitedCanSendAlerts(t *testing.T) {
	f := newFirm(t)
	ann := f.desktop("Ann")
	mailbox := f.mailbox()
	mailbox.SMTP = Server{Host: f.smtp.Host, Port: f.smtp.Port, Security: "starttls", Username: "ann-signs-in-as"}
	call[*nothing](ann.rig, "Team.Create", CreateTeamRequest{Team: "Bakkerij Smit", Name: "Ann", Email: ann.email, Mailbox: mailbox})
	until(ann.rig, ann.l, "the server in the log", func() (bool, bool) {
		return true, ann.app.team.Setting(senderSetting) != ""
	})
	ben := f.invited(ann, "Ben")
	until(ben.rig, ben.l, "the server", func() (bool, bool) { return true, ben.app.team.Setting(senderSetting) != "" })
	if m := ben.app.teamBox.Load(); m.SMTP.Host != "" || m.Invited != "team@example.test" {
		t.Errorf("Ben typed nothing, and has %+v", m)
	}
	if from, ok := (alertPost{ben.app}).From(""); !ok || from.Address != "team@example.test" {
		t.Errorf("Ben sends as %+v, %v", from, ok)
	}
	if !ben.app.ourAddress("team@example.test") {
		t.Error("an alert from the team's address would become a conversation")
	}
	if err := ben.app.alerts.Test(t.Context(), inbox.Address{Address: "ben@example.test"}, "en"); err != nil {
		t.Errorf("a real e-mail: %v", err)
	}
	events, raw := f.records()
	said := 0
	for _, e := range events {
		if s, ok := e.(*teamlog.Setting); ok && s.Key == senderSetting {
			said++
		}
	}
	if said != 1 || strings.Contains(raw, "ann-signs-in-as") {
		t.Errorf("said %d times, with the user name: %v", said, strings.Contains(raw, "ann-signs-in-as"))
	}
	f.noSecrets(ann, ben)
}

// Who signs in as themself sends nothing by a server that is only the team's
// word.
func TestAnOwnLoginStaysWhereItWasGiven(t *testing.T) {
	f := newFirm(t)
	ann := f.desktop("Ann")
	f.create(ann)
	ben := f.invited(ann, "Ben")
	value := `{"host":"smtp.elsewhere.example","port":465,"security":"tls"}`
	if _, err := ann.app.decide(t.Context(), &teamlog.Setting{Key: senderSetting, Value: value}); err != nil {
		t.Fatal(err)
	}
	until(ben.rig, ben.l, "the server", func() (bool, bool) { return true, ben.app.team.Setting(senderSetting) == value })
	if m, ok := ben.app.sendingMailbox(); !ok || m.SMTP.Host != "smtp.elsewhere.example" {
		t.Errorf("the team's login goes to %+v, %v", m.SMTP, ok)
	}
	m := *ben.app.teamBox.Load()
	m.IMAP.Username = "ben@example.test"
	ben.app.teamBox.Store(&m)
	if m, ok := ben.app.sendingMailbox(); ok {
		t.Errorf("Ben's own password goes to %+v", m.SMTP)
	}
	// He knows the team's alerts again all the same, and those that a member
	// sends as themself.
	for address, want := range map[string]bool{"ben@example.test": true, inbox.NormalAddress(ann.email): true, "eva@klant.example": false, "": false} {
		if ben.app.ourAddress(address) != want {
			t.Errorf("that %q is ours is %v", address, !want)
		}
	}
	if _, ok := ann.app.sendingMailbox(); ok {
		t.Error("what Ann typed herself goes to a server that she did not type")
	}
}
