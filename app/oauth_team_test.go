package app

import (
	"net/url"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/oauth"
	"postvak/backend/sandbox/oauthserver"
)

func (b *tokenFirm) teamBy(grant string) MailboxRequest {
	return MailboxRequest{
		Host: b.door.Host, Port: b.door.IMAPPort, Security: "none", Username: "team@example.test", Grant: grant,
		SMTP: Server{Host: b.door.Host, Port: b.door.SMTPPort, Security: "none", Username: "team@example.test"},
	}
}

// A team whose mailbox is at Google: made by a sign-in and joined by another's,
// whose form the invitation fills in. A shared channel's sign-in reaches the
// second computer sealed, and alerts go by the team mailbox's tokens.
func TestATeamAtGoogle(t *testing.T) {
	b := newTokenFirm(t, oauthserver.Google)
	ann := b.desktop("Ann")
	grant := b.grant(ann, b.asks("team@example.test"))
	if steps := call[[]Step](ann.rig, "Team.Check", b.teamBy(grant)); len(steps) == 0 || !steps[len(steps)-1].OK {
		t.Errorf("the check: %+v", steps)
	}
	call[*nothing](ann.rig, "Team.Create", CreateTeamRequest{Team: "Bakkerij Smit", Name: "Ann", Email: ann.email, Mailbox: b.teamBy(grant)})
	ann.settled()
	id := call[string](ann.rig, "Channels.ConnectEmail", b.channelBy(b.grant(ann, b.asks("info@example.test"))))
	ann.settled()

	invitation := call[InviteResult](ann.rig, "Team.Invite").Invitation
	ben := b.desktop("Ben")
	info := call[InvitationInfo](ben.rig, "Team.ReadInvitation", invitation)
	if info.Mailbox.OAuth.Provider != "google" || info.Mailbox.OAuth.ClientID != clientID || strings.Contains(invitation, clientSecret) {
		t.Errorf("the invitation says %+v", info.Mailbox)
	}
	join := JoinTeamRequest{Invitation: invitation, Name: "Ben", Email: ben.email, Mailbox: MailboxRequest{Grant: b.grant(ben, b.asks("team@example.test"))}}
	call[JoinResult](ben.rig, "Team.Join", join)
	ben.becomes("member")

	until(ben.rig, ben.l, "Ben's channel works by Ann's sign-in", func() (ChannelInfo, bool) {
		list := call[[]ChannelInfo](ben.rig, "Channels.List")
		return ChannelInfo{}, len(list) == 1 && list[0].State == "ok"
	})
	ben.writes(id, "Van Ben")
	b.sent(ben, "Van Ben")

	way, ok := alertPost{ben.app}.way("")
	if !ok || way.from != "team@example.test" {
		t.Fatalf("alerts go by %+v", way)
	}
	result := way.mailbox.Send(t.Context(), inbox.Rendered{
		MessageID: "alert@firma.example", From: way.from, Recipients: []string{"ben@example.test"}, Wire: []byte("Subject: Alarm\r\n\r\nEr is iets.\r\n"),
	}, inbox.Permit{}, func() error { return nil })
	if result.Outcome != inbox.Accepted {
		t.Errorf("an alert: %+v", result)
	}
	b.teamSignsInAgain(ann)
	b.tokensStayOut(ann, ben)
}

// teamSignsInAgain takes the team mailbox's sign-in back and gives another.
func (b *tokenFirm) teamSignsInAgain(d *computer) {
	b.t.Helper()
	b.signs.Revoke("team@example.test")
	b.signs.Expire()
	b.door.Cut()
	until(d.rig, d.l, "the team mailbox asks to sign in again", func() (TeamStatus, bool) {
		now := d.status()
		return now, now.Log.Phase == "needs_sign_in" && strings.Contains(now.Log.Reason, "Sign in again")
	})
	call[*nothing](d.rig, "Availability.Set", false) // waits
	again := AuthorizeRequest{ChannelID: theTeams, Address: "team@example.test"}
	call[*nothing](d.rig, "Team.SignIn", SignInRequest{Grant: b.grant(d, again)})
	d.settled()
}

// tokensStayOut looks for tokens in everything that is not a keyring (R32).
func (b *tokenFirm) tokensStayOut(desks ...*computer) {
	b.t.Helper()
	for _, d := range desks {
		for _, name := range []string{teamPasswordName, passwordName(inbox.ChannelID(d.channelNow().ID))} {
			text, err := d.secrets.Get(b.t.Context(), name)
			token, ok := oauth.Decode(text)
			if err != nil || !ok {
				b.t.Fatalf("%s: no token under %s (%v)", d.name, name, err)
			}
			b.keys = append(b.keys, token.Refresh)
		}
	}
	b.keys = append(b.keys, clientSecret)
	b.noSecrets(desks...)
}

// Microsoft's shared mailboxes: each member signs in as themself, with a code on
// whatever device, and nobody's token reaches another computer.
func TestASharedMailboxAtMicrosoft(t *testing.T) {
	b := newTokenFirm(t, oauthserver.Microsoft)
	ann := b.desktop("Ann")
	b.create(ann)
	ann.settled()
	request := b.channelBy(b.grant(ann, b.asks(ann.email)))
	request.SignIn = "own"
	id := call[string](ann.rig, "Channels.ConnectEmail", request)
	ann.settled()
	if now := ann.channelNow(); now.IMAP.Username != "info@example.test" || now.SignIn != "own" {
		t.Errorf("the channel: %+v", now)
	}

	ben := b.invited(ann, "Ben")
	until(ben.rig, ben.l, "Ben is asked to sign in", func() (ChannelInfo, bool) {
		list := call[[]ChannelInfo](ben.rig, "Channels.List")
		return ChannelInfo{}, len(list) == 1 && list[0].State == "needs_sign_in"
	})
	code := authorizeRaw(ben.rig, AuthorizeRequest{ChannelID: id, Device: true, Address: ben.email})
	if code.Code == "" || code.URL != "" {
		t.Fatalf("a code: %+v", code)
	}
	browse(t, code.Page+"?allow=yes&code="+url.QueryEscape(code.Code))
	if now := call[AuthorizationState](ben.rig, "Channels.Authorized", code.Grant); now.State != "done" {
		t.Fatalf("the code was typed: %+v", now)
	}
	call[*nothing](ben.rig, "Channels.SignIn", id, SignInRequest{Grant: code.Grant})
	ben.writes(id, "Van Ben zelf")
	b.sent(ben, "Van Ben zelf")

	annToken, _ := ann.secrets.Get(t.Context(), passwordName(inbox.ChannelID(id)))
	benToken, _ := ben.secrets.Get(t.Context(), passwordName(inbox.ChannelID(id)))
	if annToken == "" || benToken == "" || annToken == benToken {
		t.Error("they sign in with one token")
	}
	// An admin moves the servers: nobody's own token follows before they say so.
	moved := request.IMAP
	moved.Host = "localhost"
	call[*nothing](ann.rig, "Channels.Update", id, ChannelChanges{IMAP: &moved})
	ann.settled()
	until(ben.rig, ben.l, "Ben is asked again", func() (ChannelInfo, bool) {
		now := ben.channelNow()
		return now, now.State == "needs_sign_in" && strings.Contains(now.Reason, "An admin changed the servers")
	})
}
