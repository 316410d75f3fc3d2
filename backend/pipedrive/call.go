package pipedrive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer is how many bytes of an answer are read: a full page of the longest
// notes, however they are written, has no more.
const maxAnswer = 12 << 20

// ask is one request.
type ask struct {
	method, path string
	query        url.Values
	body         any
}

// call makes a request with the member's token, after making sure that it is
// one of the team's company.
func (c *Client) call(ctx context.Context, a ask) (object, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	token, err := c.token()
	if err != nil {
		return nil, err
	}
	if _, err := c.whose(ctx, token); err != nil {
		return nil, err
	}
	return c.send(ctx, token, a)
}

// send makes one attempt. Whatever is wrong comes back as *inbox.Error.
func (c *Client) send(ctx context.Context, token string, a ask) (object, error) {
	if err := c.limits.enter(ctx, c.cfg.Clock); err != nil {
		return nil, err
	}
	req, err := c.request(ctx, token, a)
	if err != nil {
		return nil, unreachable(err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, unreachable(a.failed(err))
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	now := c.cfg.Clock.Now()
	c.limits.learn(res, now)
	if err != nil {
		return nil, unreachable(a.failed(err))
	}
	if len(raw) > maxAnswer {
		return nil, unreadable("the answer has no end")
	}
	said, problem := c.judge(res, raw, now)
	if problem != nil {
		return nil, problem.named(a, token)
	}
	return said, nil
}

func (c *Client) request(ctx context.Context, token string, a ask) (*http.Request, error) {
	var content io.Reader
	if a.body != nil {
		raw, err := json.Marshal(a.body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(raw)
	}
	to := c.base + a.path
	if len(a.query) > 0 {
		to += "?" + a.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, a.method, to, content)
	if err != nil {
		return nil, errors.New("the address cannot be asked")
	}
	req.Header.Set("X-Api-Token", token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Postvak")
	if a.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// failed is why a request got no answer, without its address: that may have a
// customer's words in it.
func (a ask) failed(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return &attempt{a.method + " " + a.path, err}
}

type attempt struct {
	what string
	err  error
}

func (a *attempt) Error() string { return a.what + ": " + a.err.Error() }
func (a *attempt) Unwrap() error { return a.err }

// judge reads an answer, or says what is wrong with it.
func (c *Client) judge(res *http.Response, raw []byte, now time.Time) (object, *problem) {
	said, isJSON := parse(raw)
	p := &problem{status: res.StatusCode, said: said, page: !isJSON, after: pause(res.Header, now)}
	switch {
	case res.StatusCode == http.StatusTooManyRequests, res.StatusCode == http.StatusForbidden && !isJSON:
		p.reason, p.after = c.limits.strike(res, !isJSON, now)
		return nil, p
	case res.StatusCode < 200 || res.StatusCode >= 300 || !isJSON:
		return nil, p
	case said.has("success") && !said.flag("success"):
		return nil, p
	}
	c.limits.calm(now)
	return said, nil
}

// parse takes an answer's object; anything else is none.
func parse(raw []byte) (object, bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var o object
	if dec.Decode(&o) != nil || o == nil {
		return nil, false
	}
	_, err := dec.Token()
	return o, errors.Is(err, io.EOF)
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// without takes a secret out of what a server said.
func without(text, token string) string {
	if token == "" {
		return text
	}
	return strings.ReplaceAll(text, token, "…")
}
