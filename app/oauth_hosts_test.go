package app

import (
	"strings"
	"testing"
	"time"

	"postvak/backend/imap"
	"postvak/backend/inbox"
	"postvak/backend/oauth"
	"postvak/backend/teamlog"
)

// An invitation, a form or an admin may name any server: a real provider's access
// token is given to none but its own.
func TestAnAccessTokenGoesToItsProviderAlone(t *testing.T) {
	r := startRig(t, Options{Sandbox: true})
	a := r.app
	token := oauth.Token{Refresh: "refresh-1", Access: "access-1", Expires: time.Now().Add(time.Hour)}
	settings := inbox.OAuthSettings{Provider: inbox.ByMicrosoft, ClientID: "12345678-1234-1234-1234-123456789012"}
	for _, name := range []string{teamPasswordName, passwordName("c9")} {
		if err := a.secrets.Set(t.Context(), name, token.Encode()); err != nil {
			t.Fatal(err)
		}
	}
	g := &grant{asks: signInAsked{settings: settings}, token: token, known: a.known}
	g.source = oauth.NewSource(a.oauthClient(settings, ""), g)
	evil := inbox.Server{Host: "imap.evil.example", Port: 993, Security: inbox.TLS}
	good := inbox.Server{Host: "outlook.office365.com", Port: 993, Security: inbox.TLS}
	for _, servers := range [][2]inbox.Server{{good, evil}, {evil, good}, {good, good}} {
		c := inbox.Channel{ID: "c9", Kind: inbox.Email, Address: "info@firma.example", SignIn: inbox.SignInOwn,
			Email: inbox.EmailSettings{IMAP: servers[0], SMTP: servers[1], OAuth: settings}}
		for what, bearer := range map[string]imap.Bearer{
			"a sign-in that is tried": g.bearer(servers[:]...),
			"a channel's":             a.bearerOf(c),
			"the team mailbox's":      a.teamBearer(settings, servers[:]...),
		} {
			got, err := bearer.Access(t.Context())
			if fine := servers == [2]inbox.Server{good, good}; fine != (got == "access-1" && err == nil) {
				t.Errorf("%s at %s and %s: %q, %v", what, servers[0].Host, servers[1].Host, got, err)
			}
			if err != nil && inbox.CodeOf(err) != inbox.Auth {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

// Which servers are whose.
func TestTokensStay(t *testing.T) {
	google, local := inbox.OAuthSettings{Provider: inbox.ByGoogle}, inbox.OAuthSettings{Provider: inbox.ByGoogle, BaseURL: "http://127.0.0.1:9"}
	for _, c := range []struct {
		s    inbox.OAuthSettings
		to   inbox.Server
		fine bool
	}{
		{google, inbox.Server{Host: "imap.gmail.com", Security: inbox.TLS}, true},
		{google, inbox.Server{}, true},
		{google, inbox.Server{Host: "imap.gmail.com", Security: inbox.NoTLS}, false},
		{google, inbox.Server{Host: "outlook.office365.com", Security: inbox.TLS}, false},
		{google, inbox.Server{Host: "imap.gmail.com.evil.example", Security: inbox.TLS}, false},
		{google, inbox.Server{Host: "127.0.0.1", Security: inbox.NoTLS}, false},
		{local, inbox.Server{Host: "127.0.0.1", Security: inbox.NoTLS}, true},
		{local, inbox.Server{Host: "imap.gmail.com", Security: inbox.TLS}, false},
	} {
		if err := tokensStay(c.s, c.to); (err == nil) != c.fine {
			t.Errorf("%+v to %+v: %v", c.s, c.to, err)
		}
	}
}

// Nobody is sent to a provider's page for an invitation that would lead their
// sign-in elsewhere.
func TestAnInvitationMayNotLeadASignInElsewhere(t *testing.T) {
	r := startRig(t, Options{Sandbox: true})
	i := teamlog.Invitation{Log: "log-1", Secret: make([]byte, 32), Expires: r.app.clock.Now().Add(time.Hour)}
	i.Host, i.Port, i.Security, i.OAuth = "imap.evil.example", 993, "tls", inbox.OAuthSettings{Provider: inbox.ByGoogle, ClientID: "x.apps.googleusercontent.com"}
	if said := r.refused("auth", "Team.ReadInvitation", i.String()); !strings.Contains(said.Message, "imap.evil.example") {
		t.Errorf("it said: %s", said.Message)
	}
	i.Host = "imap.gmail.com"
	call[InvitationInfo](r, "Team.ReadInvitation", i.String())
}

// A member's own sign-in is renewed nowhere but where they signed in: an admin
// may have changed the provider, the tenant or its address since.
func TestAnOwnSignInIsBoundToWhereItIsRenewed(t *testing.T) {
	a := startRig(t, Options{Sandbox: true}).app
	c := inbox.Channel{ID: "c9", SignIn: inbox.SignInOwn, Email: inbox.EmailSettings{OAuth: inbox.OAuthSettings{Provider: inbox.ByMicrosoft, ClientID: "a"}}}
	if err := a.bindLogin(t.Context(), c.ID, c.Email); err != nil {
		t.Fatal(err)
	}
	if err := a.stillBound(t.Context(), c); err != nil {
		t.Error(err)
	}
	c.Email.OAuth.BaseURL = "http://127.0.0.1:9"
	if err := a.stillBound(t.Context(), c); inbox.CodeOf(err) != inbox.Auth {
		t.Errorf("the address of the provider changed: %v", err)
	}
}
