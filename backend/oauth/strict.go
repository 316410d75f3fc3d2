package oauth

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

const (
	answerTime = 30 * time.Second // for one request, its answer included
	mostAnswer = 64 << 10         // bytes of an answer; the largest known have five kilobytes
	// mostUseful is how long an access token is believed to last: a server that
	// says more would keep a withdrawn one in use.
	mostUseful = 24 * time.Hour
	// early is how much sooner than its end an access token is not used any
	// more, so that it does not end on its way. A short one loses a tenth.
	early = time.Minute
)

// useful is for how long an access token is used that lasts so many seconds.
func useful(seconds int64) time.Duration {
	lasts := min(time.Duration(min(seconds, int64(mostUseful/time.Second)))*time.Second, mostUseful)
	return lasts - min(early, lasts/10)
}

var (
	errTooLong  = errors.New("the answer is too long")
	errNoObject = errors.New("the answer is no JSON object")
)

// strictly gives the context by which the library asks: it follows no redirect,
// reads no more than an answer can have, and ends with ctx whatever the library
// does.
func (c *Client) strictly(ctx context.Context) context.Context {
	next := c.cfg.HTTP.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	return context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport:     strict{ctx, next},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
}

// strict reads an answer whole before the library sees it.
type strict struct {
	ctx  context.Context
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (s strict) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(s.ctx, answerTime)
	defer cancel()
	req = req.Clone(ctx)
	req.Header.Set("User-Agent", "Postvak")
	req.Header.Set("Accept", "application/json")
	res, err := s.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer+1))
	_ = res.Body.Close()
	switch {
	case err != nil:
		return nil, err
	case len(raw) > mostAnswer:
		return nil, errTooLong
	case res.StatusCode < http.StatusMultipleChoices && !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")):
		return nil, errNoObject // the library panics on null
	}
	res.Header.Set("Content-Type", "application/json") // nothing else is read, whatever it calls itself
	res.Body = io.NopCloser(bytes.NewReader(raw))
	return res, nil
}
