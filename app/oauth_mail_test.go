package app

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/oauth"
	"postvak/backend/sandbox/oauthserver"
)

// What the company's program at the provider is called, and its secret.
const (
	clientID     = "postvak-of-smit.apps.googleusercontent.test"
	clientSecret = "GOCSPX-geheim-van-smit"
)

// tokenFirm is a firm whose mail servers take access tokens alone.
type tokenFirm struct {
	*firm
	signs *oauthserver.Server
	door  *imaptest.TokenDoor
	at    oauthserver.Firm
}

func newTokenFirm(t *testing.T, at oauthserver.Firm) *tokenFirm {
	t.Helper()
	f := newFirm(t)
	config := oauthserver.Config{Firm: at, ClientID: clientID, User: "ann@firma.example"}
	if at == oauthserver.Google {
		config.ClientSecret = clientSecret
	}
	signs, err := oauthserver.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = signs.Close() })
	// Everybody of the firm may open its shared mailboxes.
	may := func(user, mailbox string) bool { return user == mailbox || strings.HasSuffix(user, "@firma.example") }
	return &tokenFirm{f, signs, imaptest.OpenTokenDoor(t, f.server, f.smtp, signs.User, may), at}
}

func (b *tokenFirm) asks(address string) AuthorizeRequest {
	r := AuthorizeRequest{Provider: string(b.at), ClientID: clientID, Address: address, BaseURL: b.signs.URL()}
	if b.at == oauthserver.Google {
		r.ClientSecret = clientSecret
	}
	return r
}

// browse does what a person does in a browser: to the provider, and back.
func browse(t *testing.T, address string) string {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	answer, err := (&http.Client{Jar: jar}).Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s (%v)", address, answer.StatusCode, page, err)
	}
	return string(page)
}

// grant signs somebody in.
func (b *tokenFirm) grant(d *computer, r AuthorizeRequest) string {
	b.t.Helper()
	begun := authorizeRaw(d.rig, r)
	browse(b.t, begun.URL)
	if now := call[AuthorizationState](d.rig, "Channels.Authorized", begun.Grant); now.State != "done" || now.Address != r.Address {
		b.t.Fatalf("signing in: %+v", now)
	}
	return begun.Grant
}

// authorizeRaw makes the call with the secret in it, which its type never
// writes down.
func authorizeRaw(r *rig, a AuthorizeRequest) Authorization {
	r.t.Helper()
	return call[Authorization](r, "Channels.Authorize", raw(a))
}

func raw(a AuthorizeRequest) map[string]any {
	return map[string]any{
		"provider": a.Provider, "clientId": a.ClientID, "clientSecret": a.ClientSecret.reveal(), "tenant": a.Tenant,
		"address": a.Address, "device": a.Device, "baseUrl": a.BaseURL, "channelId": a.ChannelID,
	}
}

func (b *tokenFirm) channelBy(grant string) ConnectEmailRequest {
	r := b.channel("info@example.test", "")
	r.Grant = grant
	r.IMAP.Port, r.IMAP.Security = b.door.IMAPPort, "none"
	r.SMTP.Host, r.SMTP.Port, r.SMTP.Security = b.door.Host, b.door.SMTPPort, "none"
	return r
}

func (d *computer) channelNow() ChannelInfo {
	d.t.Helper()
	list := call[[]ChannelInfo](d.rig, "Channels.List")
	if len(list) != 1 {
		d.t.Fatalf("channels: %+v", list)
	}
	return list[0]
}

// The whole way of a mailbox at Google: signed in to, read and answered by
// tokens that end and are renewed; when the sign-in is taken back the channel
// says so and the outbox waits, until somebody signs in again.
func TestAMailboxAtGoogle(t *testing.T) {
	b := newTokenFirm(t, oauthserver.Google)
	ann := b.desktop("Ann")
	b.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Taart", "Kan die zaterdag?"))

	b.refusedToBegin(ann)
	b.refusedAsSomebodyElse(ann)
	id := call[string](ann.rig, "Channels.ConnectEmail", b.channelBy(b.grant(ann, b.asks("info@example.test"))))
	ann.finds("Taart")
	if now := ann.channelNow(); now.OAuth.Provider != "google" || now.OAuth.ClientID != clientID || now.State == "needs_sign_in" {
		t.Errorf("the channel: %+v", now)
	}

	b.signs.Expire() // an hour later
	ann.writes(id, "Na een uur")
	b.sent(ann, "Na een uur")

	b.signs.Revoke("info@example.test")
	b.signs.Expire()
	ann.writes(id, "Na het einde")
	b.door.Cut() // the connection that stood is gone
	until(ann.rig, ann.l, "the channel asks to sign in again", func() (ChannelInfo, bool) {
		now := ann.channelNow()
		return now, now.State == "needs_sign_in" && strings.Contains(now.Reason, "Sign in again")
	})
	waits := slices.DeleteFunc(call[[]OutboxRow](ann.rig, "Composer.Outbox"), func(r OutboxRow) bool { return r.State == "sent" })
	if len(waits) != 1 || waits[0].State != "queued" {
		t.Errorf("the outbox while nobody is signed in: %+v", waits)
	}

	again := AuthorizeRequest{ChannelID: id, Address: "info@example.test"} // client and secret are known
	call[*nothing](ann.rig, "Channels.SignIn", id, SignInRequest{Grant: b.grant(ann, again)})
	b.sent(ann, "Na het einde")
	until(ann.rig, ann.l, "the channel works again", func() (ChannelInfo, bool) {
		now := ann.channelNow()
		return now, now.State == "ok"
	})
	b.secretsStayOut(ann)
	b.backToAPassword(ann, id)
}

// backToAPassword has the channel signed in to by a password: a sign-in is a
// choice, and can be taken back.
func (b *tokenFirm) backToAPassword(d *computer, id string) {
	b.t.Helper()
	plain := b.channel("info@example.test", infoPassword)
	call[*nothing](d.rig, "Channels.Update", id, ChannelChanges{IMAP: &plain.IMAP, SMTP: &plain.SMTP})
	call[*nothing](d.rig, "Channels.SignIn", id, SignInRequest{Password: infoPassword})
	if now := d.channelNow(); now.OAuth != (OAuth{}) {
		b.t.Errorf("with a password: %+v", now.OAuth)
	}
	if kept, err := d.secrets.Get(b.t.Context(), passwordName(inbox.ChannelID(id))); kept != infoPassword || err != nil {
		b.t.Errorf("the keyring does not hold the password (%v)", err)
	}
	d.writes(id, "Met een wachtwoord")
	b.sent(d, "Met een wachtwoord")
}

// An address tells who signs in, where that is a provider that Postvak knows.
func TestAnAddressLeadsToItsProvider(t *testing.T) {
	r := startRig(t, Options{Sandbox: true})
	for address, provider := range map[string]string{
		"shop@gmail.com": "google", "shop@outlook.com": "microsoft", "shop@hotmail.nl": "microsoft", "shop@ziggo.nl": "",
	} {
		if got := call[Guess](r, "Channels.Guess", address); got.Provider != provider {
			t.Errorf("%s leads to %q", address, got.Provider)
		}
	}
	for host, provider := range map[string]inbox.OAuthProvider{
		"imap.gmail.com.": inbox.ByGoogle, "OUTLOOK.office365.com": inbox.ByMicrosoft, "imap.notgmail.com": "", "gmail.com.evil.example": "",
	} {
		if got := providerAt(host); got != provider {
			t.Errorf("%s is %q's", host, got)
		}
	}
	real := AuthorizeRequest{Provider: "microsoft", ClientID: "12345678-1234-1234-1234-123456789012"}
	r.refused("conflict", "Channels.Authorize", raw(real)) // nothing leaves the demo's machine
}

// refusedToBegin tries what cannot be right.
func (b *tokenFirm) refusedToBegin(d *computer) {
	b.t.Helper()
	good := b.asks("info@example.test")
	for what, change := range map[string]func(*AuthorizeRequest){
		"another provider":           func(r *AuthorizeRequest) { r.Provider = "yahoo" },
		"no client id":               func(r *AuthorizeRequest) { r.ClientID = " " },
		"no secret":                  func(r *AuthorizeRequest) { r.ClientSecret = "" },
		"a token server elsewhere":   func(r *AuthorizeRequest) { r.BaseURL = "http://token.example" },
		"an id that Google has none": func(r *AuthorizeRequest) { r.BaseURL = "" },
		"a code for mail at Google":  func(r *AuthorizeRequest) { r.Device = true },
		"an address that is none":    func(r *AuthorizeRequest) { r.Address = "info" },
	} {
		bad := good
		change(&bad)
		b.t.Log(what)
		d.refused("invalid", "Channels.Authorize", raw(bad))
	}
	d.refused("not_found", "Channels.Authorized", "nobody's")
	d.refused("not_found", "Channels.ConnectEmail", b.channelBy("nobody's"))
	begun := authorizeRaw(d.rig, good)
	d.refused("conflict", "Channels.ConnectEmail", b.channelBy(begun.Grant))
	call[*nothing](d.rig, "Channels.Unauthorize", begun.Grant)
	d.refused("not_found", "Channels.Authorized", begun.Grant)
	if n := len(call[[]ChannelInfo](d.rig, "Channels.List")); n != 0 {
		b.t.Errorf("%d channels after what was refused", n)
	}
}

// sent waits until nothing waits any more, and looks whether Ben has it.
func (b *tokenFirm) sent(d *computer, subject string) {
	b.t.Helper()
	until(d.rig, d.l, d.name+" sent "+subject, func() (bool, bool) {
		rows := call[[]OutboxRow](d.rig, "Composer.Outbox")
		return true, !slices.ContainsFunc(rows, func(r OutboxRow) bool { return r.State != "sent" })
	})
	if !strings.Contains(b.files(filepath.Join(b.server.Dir, "mail", "ben@example.test")), subject) {
		b.t.Errorf("%q did not arrive", subject)
	}
}

// refusedAsSomebodyElse signs in with an account that may not open the mailbox.
func (b *tokenFirm) refusedAsSomebodyElse(d *computer) {
	b.t.Helper()
	said := d.refused("auth", "Channels.ConnectEmail", b.channelBy(b.grant(d, b.asks("ben@example.test"))))
	if strings.Contains(said.Message, "password") {
		b.t.Errorf("of a sign-in it was said: %s", said.Message)
	}
	if n := len(call[[]ChannelInfo](d.rig, "Channels.List")); n != 0 {
		b.t.Errorf("%d channels", n)
	}
}

// writes sends a mail to Ben.
func (d *computer) writes(channel, subject string) {
	d.t.Helper()
	call[Started](d.rig, "Composer.Start", StartRequest{ChannelID: channel, Draft: Draft{To: []string{"ben@example.test"}, Subject: subject, Text: subject}})
}

// secretsStayOut looks for what belongs in the keyring alone.
func (b *tokenFirm) secretsStayOut(d *computer) {
	b.t.Helper()
	text, err := d.secrets.Get(b.t.Context(), passwordName(inbox.ChannelID(d.channelNow().ID)))
	token, ok := oauth.Decode(text)
	if err != nil || !ok || token.Refresh == "" {
		b.t.Fatalf("the keyring holds no token (%v)", err)
	}
	for _, secret := range []string{token.Refresh, token.Access, token.ClientSecret} {
		if secret != "" && strings.Contains(b.files(d.dir), secret) {
			b.t.Error("a part of the token is in the folder")
		}
	}
}
