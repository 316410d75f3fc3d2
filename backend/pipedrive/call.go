package pipedrive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"postvak/backend/rest"
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
	request, err := c.request(token, a)
	if err != nil {
		return nil, unreachable(err)
	}
	reply, err := c.api.Do(ctx, request)
	if err != nil {
		return nil, unreachable(err)
	}
	now := c.cfg.Clock.Now()
	c.limits.learn(reply.Header, now)
	said, problem := c.judge(reply, now)
	if problem != nil {
		return nil, problem.named(a, token)
	}
	return said, nil
}

func (c *Client) request(token string, a ask) (rest.Call, error) {
	call := rest.Call{Method: a.method, URL: c.base + a.path, Header: http.Header{}, Max: maxAnswer, What: a.method + " " + a.path, Time: maxTime}
	if len(a.query) > 0 {
		call.URL += "?" + a.query.Encode()
	}
	call.Header.Set("X-Api-Token", token)
	if a.body == nil {
		return call, nil
	}
	call.Header.Set("Content-Type", "application/json")
	var err error
	call.Body, err = json.Marshal(a.body)
	return call, err
}

// judge reads an answer, or says what is wrong with it.
func (c *Client) judge(r rest.Reply, now time.Time) (object, *problem) {
	p := &problem{status: r.Status, said: r.Body, page: !r.JSON, after: pause(r, now)}
	switch {
	case r.Status == http.StatusTooManyRequests, r.Status == http.StatusForbidden && !r.JSON:
		p.reason, p.after = c.limits.strike(r, now)
		return nil, p
	case !r.OK(), denied(r.Body, "success"):
		return nil, p
	}
	c.limits.calm(now)
	return r.Body, nil
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
