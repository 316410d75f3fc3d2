package oauth

import (
	"context"
	"errors"
	"net/url"

	"golang.org/x/oauth2"

	"postvak/backend/inbox"
)

// SignIn lets the person sign in with a browser on this computer: open is given
// the address to show, and the answer comes back to a listener on 127.0.0.1 that
// ends with this call. Login is the address whose account it is, as a proposal;
// it may be empty.
//
// It waits until ctx ends. Errors are ctx's, open's where that is an
// *inbox.Error, and else *inbox.Error: Auth when the person or the provider said
// no, Invalid when the client id or the address cannot be right, Unavailable
// when the provider cannot be reached.
func (c *Client) SignIn(ctx context.Context, login string, open func(url string) error) (Token, error) {
	if err := c.check(); err != nil {
		return Token{}, err
	}
	l, err := c.listen(ctx)
	if err != nil {
		return Token{}, err
	}
	token, err := c.browse(ctx, l, login, open)
	l.end(err == nil)
	return token, err
}

// browse goes from the address to show to the token.
func (c *Client) browse(ctx context.Context, l *listener, login string, open func(string) error) (Token, error) {
	verifier, config := oauth2.GenerateVerifier(), c.config(c.cfg.ClientSecret, l.redirect)
	if err := open(config.AuthCodeURL(l.state, c.options(login, verifier)...)); err != nil {
		return Token{}, notOpened(err)
	}
	select {
	case answer := <-l.answers:
		return c.exchange(ctx, config, answer, verifier)
	case <-ctx.Done():
		return Token{}, ctx.Err()
	}
}

// options are what the authorization request has beside the usual.
func (c *Client) options(login, verifier string) []oauth2.AuthCodeOption {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	for name, value := range c.cfg.Provider.params {
		options = append(options, oauth2.SetAuthURLParam(name, value))
	}
	if login != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", login))
	}
	return options
}

func notOpened(err error) error {
	if known, ok := errors.AsType[*inbox.Error](err); ok {
		return known
	}
	return inbox.Errorf(inbox.Unavailable, "The browser could not be opened.")
}

// exchange gives the token for what came back through the browser.
func (c *Client) exchange(ctx context.Context, config *oauth2.Config, answer url.Values, verifier string) (Token, error) {
	if answer.Has("error") {
		return Token{}, c.told(said(answer.Get("error"), answer.Get("error_description")))
	}
	token, err := config.Exchange(c.strictly(ctx), answer.Get("code"), oauth2.VerifierOption(verifier))
	if ctx.Err() != nil {
		return Token{}, ctx.Err()
	}
	if err != nil {
		return Token{}, c.told(c.failed(err))
	}
	return c.lasting(token)
}
