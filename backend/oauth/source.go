package oauth

import (
	"context"

	"postvak/backend/inbox"
)

// Store keeps a token where secrets are kept. Load gives NotFound when there is
// none.
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
}

// NewSource makes a source. Nothing is loaded yet.
func NewSource(c *Client, s Store) *Source { return &Source{client: c, store: s} }

// Access gives an access token, refreshed if need be. Whoever comes meanwhile
// waits for the same answer. A refresh token that was replaced is stored before
// the access token is given out: losing it would lose the sign-in.
//
// Errors are *inbox.Error: Auth when the person has to sign in again (the server
// is not asked again until the Store has another token), Unavailable when it is
// worth trying later, and the Store's own.
func (s *Source) Access(ctx context.Context) (string, error) {
	return "", inbox.Errorf(inbox.Unavailable, "Refreshing is not built yet.")
}

// Refused says that a server did not take an access token: the next Access
// gives another. Of a token that is not the present one it changes nothing.
func (s *Source) Refused(access string) {}
