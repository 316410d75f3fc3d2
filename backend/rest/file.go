package rest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxHops is how many addresses a file is looked for at.
const maxHops = 3

// Stores are where the files may be that an API points to.
type Stores struct {
	// Base is the API's own address. When that is on this computer, files come
	// from there alone.
	Base string
	// Hosts are the names of the firm's stores, which are asked by https only;
	// each stands for all names below it, too.
	Hosts []string
}

// Has says whether an address is in one of the stores.
func (s Stores) Has(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	if base, err := url.Parse(s.Base); err == nil && Loopback(base.Hostname()) {
		return u.Scheme == base.Scheme && u.Host == base.Host
	}
	host := strings.ToLower(u.Hostname())
	known := slices.ContainsFunc(s.Hosts, func(one string) bool { return host == one || strings.HasSuffix(host, "."+one) })
	return known && u.Scheme == "https" && (u.Port() == "" || u.Port() == "443")
}

// ErrElsewhere is the cause when a file is not in the stores.
var ErrElsewhere = errors.New("it points to a place from which nothing is fetched")

// Fetch gets a file from where an API says that it is, following redirects
// within the stores. No header of call goes along, so no secret does. Its errors
// are as Do's.
func (c *Client) Fetch(ctx context.Context, call Call, from Stores) (Reply, error) {
	call.Method, call.Header, call.Bytes = http.MethodGet, http.Header{"Accept": {"*/*"}}, true
	for range maxHops {
		if !from.Has(call.URL) {
			break
		}
		reply, err := c.Do(ctx, call)
		to, points := reply.Target(call.URL)
		if err != nil || !points {
			return reply, err
		}
		call.URL = to
	}
	return Reply{}, &NoAnswer{What: call.What, Err: ErrElsewhere}
}

// Target is where an answer points instead of giving what was asked for at from;
// to is "" where that makes no sense.
func (r Reply) Target(from string) (to string, points bool) {
	if r.Status < http.StatusMultipleChoices || r.Status >= http.StatusBadRequest {
		return "", false
	}
	base, err := url.Parse(from)
	location := r.Header.Get("Location")
	if err != nil || location == "" {
		return "", true
	}
	u, err := base.Parse(location)
	if err != nil {
		return "", true
	}
	return u.String(), true
}
