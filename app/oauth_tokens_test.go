package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/keyring"
	"postvak/backend/oauth"
)

// A refresh that was on its way when somebody signed in anew must not put the
// old sign-in back.
func TestANewSignInIsNotReplacedByAnOldOne(t *testing.T) {
	ctx, store, known := t.Context(), keyring.NewMemory(), newRedactor()
	desk := newTokenDesk(store, known)
	secrets := watchedSecrets{store, known, desk}
	settings := inbox.OAuthSettings{Provider: inbox.ByGoogle, ClientID: "a"}
	client := func() *oauth.Client { return oauth.New(oauth.Config{Provider: oauth.Google(), ClientID: "a"}) }
	load := func(ctx context.Context) (string, error) { return secrets.Get(ctx, "x") }
	if err := secrets.Set(ctx, "x", oauth.Token{Refresh: "refresh-1"}.Encode()); err != nil {
		t.Fatal(err)
	}
	old := desk.source("x", settings, client, load)
	if desk.source("x", settings, client, load) != old {
		t.Error("one sign-in has two sources")
	}
	fresh := oauth.Token{Refresh: "refresh-new"}.Encode()
	if err := secrets.Set(ctx, "x", fresh); err != nil {
		t.Fatal(err)
	}
	if err := old.Save(ctx, oauth.Token{Refresh: "refresh-1b"}); err != nil {
		t.Error(err)
	}
	if kept, _ := store.Get(ctx, "x"); kept != fresh {
		t.Error("an old sign-in replaced the new one")
	}
	now := desk.source("x", settings, client, load)
	if now == old {
		t.Fatal("the old source goes on")
	}
	if err := now.Save(ctx, oauth.Token{Refresh: "refresh-newer"}); err != nil {
		t.Error(err)
	}
	if kept, _ := store.Get(ctx, "x"); !strings.Contains(kept, "refresh-newer") {
		t.Error("what a refresh replaced was not kept")
	}
}

// What of a sign-in goes to the team is what lasts.
func TestAnAccessTokenStaysHere(t *testing.T) {
	whole := oauth.Token{Refresh: "refresh-1", Access: "access-1", Expires: time.Now().Add(time.Hour), ClientSecret: "client-secret"}
	if token, ok := oauth.Decode(shareable(Secret(whole.Encode())).reveal()); !ok || token.Refresh != whole.Refresh || token.ClientSecret != whole.ClientSecret || token.Access != "" {
		t.Error("not what lasts, alone, is shared")
	}
	if shareable("a password").reveal() != "a password" {
		t.Error("a password was changed")
	}
}

// Tokens change every hour: the log hides those in use, and does not keep all
// that ever were.
func TestTheLogForgetsTokensThatAreOver(t *testing.T) {
	known := newRedactor()
	var last [2]string
	for _, token := range []string{"token-number-one", "token-number-two", "token-number-two", "token-number-three"} {
		known.renew(&last, token)
	}
	if said := known.hide("token-number-one token-number-two token-number-three"); said != "token-number-one "+redacted+" "+redacted {
		t.Errorf("hidden: %s", said)
	}
}
