package oauth

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"postvak/backend/inbox"
)

// Device is what a person needs to sign in on another device.
type Device struct {
	URL     string    // the page to open there
	Code    string    // to type on it
	Expires time.Time // of both
}

const (
	codeLasts  = 15 * time.Minute // where the server does not say
	mostLasts  = 30 * time.Minute // whatever it says
	mostPause  = 60               // seconds between two questions, whatever it says
	mostCode   = 40               // characters that a person types
	mostDevice = 8 << 10          // bytes of the code that only the server reads
	pollAgain  = 10 * time.Second // after a question without an answer
)

// Device lets the person sign in on any device (RFC 8628): show is given the
// page and the code once, and the provider is asked every few seconds whether it
// was done. A line that breaks meanwhile does no harm.
//
// Errors are SignIn's; Invalid also where the provider has no such thing.
func (c *Client) Device(ctx context.Context, show func(Device)) (Token, error) {
	if err := c.check(); err != nil {
		return Token{}, err
	}
	if c.cfg.Provider.endpoint.DeviceAuthURL == "" {
		return Token{}, inbox.Errorf(inbox.Invalid, "%s has no sign-in on another device for mail. Use the browser on this computer.", c.cfg.Provider.title)
	}
	config := c.config(c.cfg.ClientSecret, "")
	answer, err := config.DeviceAuth(c.strictly(ctx))
	if ctx.Err() != nil {
		return Token{}, ctx.Err()
	}
	if err != nil {
		return Token{}, c.told(c.failed(err))
	}
	lasts, ok := sensible(answer)
	if !ok {
		return Token{}, c.told(&failure{kind: odd, note: "the answer has no code"})
	}
	show(Device{URL: answer.VerificationURI, Code: answer.UserCode, Expires: c.cfg.Clock.Now().Add(lasts)})
	return c.poll(ctx, config, answer, lasts)
}

// sensible says whether an answer can be shown, and for how long it holds.
func sensible(answer *oauth2.DeviceAuthResponse) (time.Duration, bool) {
	lasts := codeLasts
	if !answer.Expiry.IsZero() {
		lasts = min(time.Until(answer.Expiry), mostLasts)
	}
	answer.Interval = min(max(answer.Interval, 0), mostPause)
	strange := func(r rune) bool { return r < ' ' || r >= 0x7f }
	return lasts, lasts > 0 && protected(answer.VerificationURI) &&
		answer.UserCode != "" && len(answer.UserCode) <= mostCode && !strings.ContainsFunc(answer.UserCode, strange) &&
		answer.DeviceCode != "" && len(answer.DeviceCode) <= mostDevice
}

// poll asks until there is an answer, or the code has ended. The library keeps
// the pauses between questions.
func (c *Client) poll(ctx context.Context, config *oauth2.Config, answer *oauth2.DeviceAuthResponse, lasts time.Duration) (Token, error) {
	asking, cancel := context.WithTimeout(ctx, lasts)
	defer cancel()
	answer.Expiry = time.Time{} // it is in the context
	for {
		token, err := config.DeviceAccessToken(c.strictly(asking), answer)
		switch {
		case ctx.Err() != nil:
			return Token{}, ctx.Err()
		case err == nil:
			return c.lasting(token)
		case errors.Is(asking.Err(), context.DeadlineExceeded):
			return Token{}, c.told(&failure{kind: late})
		}
		if f := c.failed(err); f.lasts() {
			return Token{}, c.told(f)
		}
		select {
		case <-c.cfg.Clock.After(pollAgain):
		case <-asking.Done():
		}
	}
}
