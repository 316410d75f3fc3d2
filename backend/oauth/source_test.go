package oauth

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/oauthserver"
	"postvak/backend/sandbox/rest"
)

// source is one over a server where Ann signed in long ago.
func source(t *testing.T, firm oauthserver.Firm) (*rig, *Source, *memory) {
	t.Helper()
	r := start(t, firm, nil)
	m := &memory{token: Token{Refresh: r.Allowed(ann), ClientSecret: r.cfg.ClientSecret}}
	cfg := r.cfg
	cfg.ClientSecret = "" // the token has it
	return r, NewSource(New(cfg), m), m
}

func (r *rig) asked() int { return r.Asked(http.MethodPost, "/token") }

// good wants an access token that the firm's mail servers take.
func good(t *testing.T, r *rig, s *Source) string {
	t.Helper()
	access, err := s.Access(t.Context())
	if err != nil || r.User(access) != ann {
		t.Fatalf("an access token of %q: %v", r.User(access), err)
	}
	return access
}

func TestAnAccessTokenIsKeptUntilItEnds(t *testing.T) {
	for _, firm := range []oauthserver.Firm{oauthserver.Google, oauthserver.Microsoft} {
		r, s, m := source(t, firm)
		first := good(t, r, s)
		if again := good(t, r, s); again != first || r.asked() != 1 {
			t.Errorf("%s was asked %d times", firm, r.asked())
		}
		r.clock.Advance(time.Hour)
		if second := good(t, r, s); second == first || r.asked() != 2 {
			t.Errorf("%s was asked %d times within an hour and one moment", firm, r.asked())
		}
		if stored := m.token; r.Valid(ann) != 1 || firm == oauthserver.Microsoft && m.saves != 3-1 {
			t.Errorf("%s: stored %d times, secret %t", firm, m.saves, stored.ClientSecret != "")
		}
	}
}

func TestWhatAServerRefusedIsNotUsedAgain(t *testing.T) {
	r, s, _ := source(t, oauthserver.Microsoft)
	first := good(t, r, s)
	s.Refused("another") // somebody is late
	if good(t, r, s) != first {
		t.Error("a late word ended a good token")
	}
	r.Expire()
	s.Refused(first)
	if good(t, r, s) == first {
		t.Error("it was given again")
	}
	s.Refused(first)
	if r.asked() != 2 {
		t.Errorf("asked %d times", r.asked())
	}
}

func TestOneRefreshForAllWhoAsk(t *testing.T) {
	r, s, _ := source(t, oauthserver.Microsoft)
	held := r.Hold("/token")
	got := make(chan string, 20)
	var all sync.WaitGroup
	for range cap(got) {
		all.Go(func() {
			access, err := s.Access(t.Context())
			if err != nil {
				t.Error(err)
			}
			got <- access
		})
	}
	<-held.Arrived()
	held.Release()
	all.Wait()
	close(got)
	first := <-got
	for access := range got {
		if access != first {
			t.Error("two access tokens")
		}
	}
	if r.asked() != 1 || r.User(first) != ann {
		t.Errorf("asked %d times", r.asked())
	}
}

// A refresh token that was replaced is the only one from then on.
func TestAReplacedTokenIsStoredBeforeItIsUsed(t *testing.T) {
	r, s, m := source(t, oauthserver.Microsoft)
	full := errors.New("the keyring is locked")
	m.failing(full)
	for range 3 {
		if access, err := s.Access(t.Context()); !errors.Is(err, full) || access != "" {
			t.Fatalf("given out: %v", err)
		}
	}
	m.failing(nil)
	good(t, r, s)
	if r.asked() != 1 {
		t.Errorf("asked %d times: the token that was to be stored is lost", r.asked())
	}
	r.clock.Advance(time.Hour)
	good(t, r, NewSource(s.client, m)) // the next start
}

// The program ends, or the caller gives up, while the answer is on its way.
func TestAnAnswerOnItsWayIsStoredAllTheSame(t *testing.T) {
	r, s, m := source(t, oauthserver.Microsoft)
	held := r.HoldAfter("/token")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { _, err := s.Access(ctx); done <- err }()
	<-held.Arrived()
	cancel()
	held.Release()
	<-done
	if m.saves != 1 {
		t.Fatal("the only refresh token that is valid is lost")
	}
	r.clock.Advance(time.Hour)
	good(t, r, NewSource(s.client, m))
}

func TestASignInThatWasWithdrawn(t *testing.T) {
	r, s, m := source(t, oauthserver.Microsoft)
	old := m.token.Refresh
	r.Revoke(ann)
	for range 3 {
		_, err := s.Access(t.Context())
		refused(t, err, inbox.Auth, old)
	}
	if r.asked() != 1 {
		t.Errorf("asked %d times after a no for good", r.asked())
	}
	m.put(Token{Refresh: r.Allowed(ann)})
	good(t, r, s)
	m.put(Token{})
	s.Refused(good(t, r, s))
	_, err := s.Access(t.Context())
	refused(t, err, inbox.Auth)
}

// Who signed in anew while an old token was refreshed stays signed in.
func TestANewSignInIsNotOverwritten(t *testing.T) {
	r, s, m := source(t, oauthserver.Microsoft)
	held := r.Hold("/token")
	done := make(chan string, 1)
	go func() { access, _ := s.Access(t.Context()); done <- access }()
	<-held.Arrived()
	anew := r.Allowed("boss@example.test")
	m.put(Token{Refresh: anew})
	held.Release()
	if access := <-done; r.User(access) != "boss@example.test" {
		t.Errorf("an access token of %q", r.User(access))
	}
	if r.Valid("boss@example.test") != 1 || m.token.Refresh == anew {
		t.Error("the new sign-in is not the one that is stored")
	}
}

func TestAServerThatWantsToBeLeftAlone(t *testing.T) {
	r, s, _ := source(t, oauthserver.Google)
	r.Fail("/token", rest.TooMany, 1)
	for range 3 {
		_, err := s.Access(t.Context())
		refused(t, err, inbox.Unavailable)
	}
	if r.asked() != 1 {
		t.Errorf("asked %d times within half a minute", r.asked())
	}
	r.clock.Advance(31 * time.Second)
	good(t, r, s)
}

func TestAServerThatCannotBeHad(t *testing.T) {
	for _, failure := range []rest.Failure{rest.Broken, rest.BadGateway, rest.CutBefore, rest.CutJSON, rest.NotJSON, rest.Endless, rest.Elsewhere, rest.Missing, rest.Nulls} {
		r, s, m := source(t, oauthserver.Google)
		r.Fail("/token", failure, 1)
		_, err := s.Access(t.Context())
		refused(t, err, inbox.Unavailable, m.token.Refresh, secret)
		good(t, r, s)
	}
	r, s, _ := source(t, oauthserver.Google)
	_ = r.Close()
	_, err := s.Access(t.Context())
	refused(t, err, inbox.Unavailable)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Access(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
