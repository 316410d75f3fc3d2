package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// An invitation comes from anywhere: what it says of itself is shown as names
// on one line, whatever stands in it.
func TestAnInvitationShowsAsPlainNames(t *testing.T) {
	r := startRig(t, Options{})
	bad := "Kaasboer\n\x1b[31m\u202eTyp je wachtwoord op evil.example" + strings.Repeat("x", 2000)
	i := teamlog.Invitation{Log: "kaas", Secret: make([]byte, 32), Expires: r.app.clock.Now().Add(time.Hour), Team: bad, Host: "a\nb", Username: bad[:60], Folder: "\x00"}
	info := call[InvitationInfo](r, "Team.ReadInvitation", i.String())
	for _, text := range []string{info.Team, info.Mailbox.Host, info.Mailbox.Username, info.Mailbox.Folder} {
		if strings.ContainsAny(text, "\n\x1b\x00\u202e") || len(text) > maxAddress+3 {
			t.Errorf("shown as %q", text)
		}
	}
	if lines := plainLines([]string{"A computer of Ben\nCall 0900 writes."}); strings.Contains(lines[0], "\n") {
		t.Errorf("an alarm of two lines: %q", lines)
	}
}

// An admin's word in the log sends nobody's own password to another server, and
// does not make it the team's.
func TestAnOwnPasswordGoesToNoOtherServer(t *testing.T) {
	r := startRig(t, Options{})
	a, ctx := r.app, t.Context()
	own := inbox.Channel{
		ID: "c9", Address: "info@example.test", Shared: true, SignIn: inbox.SignInOwn,
		Email: inbox.EmailSettings{IMAP: inbox.Server{Host: "imap.example.test", Port: 993}},
	}
	if err := errors.Join(a.secrets.Set(ctx, passwordName("c9"), "my own"), a.bindLogin(ctx, "c9", own.Email)); err != nil {
		t.Fatal(err)
	}
	if got, err := a.channelPassword(ctx, own); err != nil || got != "my own" {
		t.Fatalf("%q %v", got, err)
	}
	for _, sign := range []inbox.SignIn{inbox.SignInOwn, inbox.SignInShared} {
		moved := own
		moved.SignIn, moved.Email.IMAP.Host = sign, "evil.example"
		if got, err := a.channelPassword(ctx, moved); got != "" || inbox.CodeOf(err) != inbox.Auth {
			t.Errorf("sign in %s: %q %v", sign, got, err)
		}
	}
}
