package oauth

import (
	"context"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Store keeps a token where secrets are kept. Load gives NotFound when there is
// none. It is called by one goroutine at a time.
type Store interface {
	Load(ctx context.Context) (Token, error)
	Save(ctx context.Context, t Token) error
}

// Source gives access tokens that are still good. There is one for each stored
// token, shared by everything that uses it: two could replace each other's. It
// is safe for concurrent use and starts no goroutine.
type Source struct {
	client *Client
	store  Store
	turn   chan struct{} // holds a token while somebody loads or refreshes

	mu      sync.Mutex
	now     Token
	refused string // an access token that a server did not take
	rounds  int    // how many attempts ended
	last    error  // how the last one did

	// Only for whoever has the turn.
	unsaved Token     // replaced at the server, and not stored yet
	dead    string    // a refresh token that the server refused for good
	why     error     // why
	quiet   time.Time // until when the server wants to be left alone
}

// NewSource makes a source. Nothing is loaded yet.
func NewSource(c *Client, s Store) *Source {
	return &Source{client: c, store: s, turn: make(chan struct{}, 1)}
}

// Access gives an access token, refreshed if need be. Whoever comes meanwhile
// waits for the same answer. A refresh token that was replaced is stored before
// the access token is given out: losing it would lose the sign-in.
//
// Errors are ctx's, the Store's, and *inbox.Error: Auth when the person has to
// sign in again (the server is not asked again until the Store has another
// token), Unavailable when it is worth trying later.
func (s *Source) Access(ctx context.Context) (string, error) {
	before, access := s.present()
	if access != "" {
		return access, nil
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if access, err, done := s.meanwhile(before); done {
		return access, err
	}
	t, err := s.renew(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() == nil { // else it says nothing to those who wait
		s.rounds, s.last = s.rounds+1, err
	}
	if err == nil {
		s.now = t
	}
	return t.Access, err
}

// Refused says that a server did not take an access token: the next Access
// gives another. Of a token that is not the present one it changes nothing.
func (s *Source) Refused(access string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if access != "" && access == s.now.Access {
		s.refused = access
	}
}

// present gives the access token that is still good, or "".
func (s *Source) present() (rounds int, access string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.good(s.now) {
		return s.rounds, s.now.Access
	}
	return s.rounds, ""
}

func (s *Source) good(t Token) bool {
	return t.Access != "" && t.Access != s.refused && (t.Expires.IsZero() || s.client.cfg.Clock.Now().Before(t.Expires))
}

// meanwhile is what somebody else found out while the caller waited.
func (s *Source) meanwhile(before int) (access string, err error, done bool) {
	rounds, access := s.present()
	s.mu.Lock()
	defer s.mu.Unlock()
	if access != "" {
		return access, nil, true
	}
	return "", s.last, rounds != before && s.last != nil
}

// refreshing bounds one refresh, storing what came included.
const refreshing = answerTime + 10*time.Second

// renew takes what is stored, if it is still good, else refreshes it. It goes on
// for a moment when the program ends: an answer on its way may hold the only
// refresh token that is valid from now on.
func (s *Source) renew(ctx context.Context) (Token, error) {
	if err := ctx.Err(); err != nil {
		return Token{}, err
	}
	going, cancel := run.Behind(ctx, refreshing)
	defer cancel()
	t, err := s.load(going)
	if err != nil {
		return Token{}, err
	}
	return s.fresh(going, t)
}

// fresh is a stored token, refreshed unless it is good or there is no use in it.
func (s *Source) fresh(ctx context.Context, t Token) (Token, error) {
	s.mu.Lock()
	good := s.good(t)
	s.mu.Unlock()
	switch {
	case good:
		return t, nil
	case t.Refresh == s.dead:
		return Token{}, s.why
	case s.client.cfg.Clock.Now().Before(s.quiet):
		return Token{}, s.client.told(&failure{kind: busy, note: "it asked to be left alone"})
	}
	return s.refresh(ctx, t)
}

// load gives the newest token there is: one that could not be stored before is
// stored first.
func (s *Source) load(ctx context.Context) (Token, error) {
	if s.unsaved.Refresh != "" {
		if err := s.store.Save(ctx, s.unsaved); err != nil {
			return Token{}, err
		}
		t := s.unsaved
		s.unsaved = Token{}
		return t, nil
	}
	t, err := s.store.Load(ctx)
	if inbox.CodeOf(err) == inbox.NotFound || err == nil && t.Refresh == "" {
		return Token{}, inbox.Errorf(inbox.Auth, "The sign-in at %s is not on this computer. Sign in again.", s.client.cfg.Provider.title)
	}
	return t, err
}

// refresh asks the server, and stores a refresh token that was replaced.
func (s *Source) refresh(ctx context.Context, old Token) (Token, error) {
	if err := s.client.check(); err != nil {
		return Token{}, err
	}
	t, failed := s.client.refresh(ctx, old)
	if failed != nil {
		return Token{}, s.note(failed, old)
	}
	s.quiet = time.Time{}
	if t.Refresh == old.Refresh {
		return t, nil
	}
	if other, err := s.store.Load(ctx); err == nil && other.Refresh != old.Refresh && other.Refresh != "" {
		return s.fresh(ctx, other) // somebody signed in anew meanwhile
	}
	if err := s.store.Save(ctx, t); err != nil {
		s.unsaved = t
		return Token{}, err
	}
	return t, nil
}

// note remembers what a failure says about the next attempts.
func (s *Source) note(f *failure, old Token) error {
	err := s.client.told(f)
	if f.lasts() {
		s.dead, s.why = old.Refresh, err
	}
	if f.after > 0 {
		s.quiet = s.client.cfg.Clock.Now().Add(f.after)
	}
	return err
}
