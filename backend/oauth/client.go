package oauth

import (
	"context"
	"net/http"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Config says as which program and where to sign in. Provider and ClientID are
// required.
type Config struct {
	Provider     Provider
	ClientID     string
	ClientSecret string       // "" for a public client
	HTTP         *http.Client // nil: one of its own; its Transport and Timeout are used, never its redirects
	Clock        run.Clock    // nil: run.System
	// Say puts the sentences of the page that the browser ends on into the
	// person's language. Nil leaves them in English.
	Say func(english string) string
}

// Client signs people in. It is safe for concurrent use; each sign-in has its
// own listener and ends with its call.
type Client struct{ cfg Config }

// New makes a client. Nothing is asked yet.
func New(cfg Config) *Client {
	if cfg.Clock == nil {
		cfg.Clock = run.System
	}
	if cfg.Say == nil {
		cfg.Say = func(english string) string { return english }
	}
	return &Client{cfg: cfg}
}

// SignIn lets the person sign in with a browser on this computer: open is given
// the address to show, and the answer comes back to a listener on 127.0.0.1 that
// ends with this call. Login is the address whose account it is, as a proposal.
//
// It waits until ctx ends. Errors are *inbox.Error: Auth when the person or the
// provider said no, Invalid when the client id or the address cannot be right,
// Unavailable when the provider cannot be reached.
func (c *Client) SignIn(ctx context.Context, login string, open func(url string) error) (Token, error) {
	return Token{}, inbox.Errorf(inbox.Unavailable, "Signing in with a browser is not built yet.")
}

// Device is what a person needs to sign in on another device.
type Device struct {
	URL     string    // the page to open there
	Code    string    // to type on it
	Expires time.Time // of both
}

// Device lets the person sign in on any device: show is given the page and the
// code once, and the provider is asked every few seconds whether it was done.
// Errors are SignIn's; Invalid also where the provider has no such thing.
func (c *Client) Device(ctx context.Context, show func(Device)) (Token, error) {
	return Token{}, inbox.Errorf(inbox.Unavailable, "Signing in on another device is not built yet.")
}
