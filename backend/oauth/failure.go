package oauth

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/oauth2"

	"postvak/backend/inbox"
)

// failure is why a token server gave nothing: as much of it as may be repeated.
// A server that is not what it says could put what it was sent into any word of
// its answer.
type failure struct {
	kind  failureKind
	note  string        // for the log: our words, a known code, Microsoft's number
	after time.Duration // how long it wants to be left alone; 0: it did not say
}

type failureKind int

const (
	unreachable failureKind = iota // nothing came back
	busy                           // not now
	odd                            // not the answer of a token server: a hotspot's, perhaps
	denied                         // the person, or whoever looks after the account, said no
	ended                          // what was granted is not valid any more
	badClient                      // the client id, or its secret
	late                           // the code was not used in time
)

// codes are the words of RFC 6749 (4.1.2.1, 5.2), RFC 8628 (3.5) and of the two
// firms that say more than “no”.
var codes = map[string]failureKind{
	"invalid_grant": ended, "interaction_required": ended, "login_required": ended, "consent_required": ended,
	"account_selection_required": ended, "invalid_request": ended, "invalid_scope": ended, "unsupported_grant_type": ended,
	"access_denied": denied, "authorization_declined": denied, "admin_policy_enforced": denied, "org_internal": denied,
	"invalid_client": badClient, "unauthorized_client": badClient, "deleted_client": badClient, "disabled_client": badClient,
	"unsupported_response_type": badClient, "redirect_uri_mismatch": badClient,
	"server_error": busy, "temporarily_unavailable": busy, "slow_down": busy, "rate_limit_exceeded": busy,
	"expired_token": late, "bad_verification_code": late,
}

// failed sorts what the library returned. Nothing of an answer but a known code
// goes on.
func (c *Client) failed(err error) *failure {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return broken(err)
	}
	status := refused.Response.StatusCode
	f := said(refused.ErrorCode, refused.ErrorDescription)
	switch {
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		f.kind = busy
	case status == http.StatusNotFound || status/100 == 3: // no token server lives there
		f.kind = odd
	case f.kind == odd && status == http.StatusUnauthorized:
		f.kind = badClient
	}
	f.note = strings.TrimSpace("status " + strconv.Itoa(status) + " " + f.note)
	f.after = c.patience(refused.Response.Header.Get("Retry-After"))
	return f
}

// number is how Microsoft names what happened; its help explains each.
var number = regexp.MustCompile(`\bAADSTS[0-9]{4,8}\b`)

// said is a refusal by its code. One that nobody knows is for a person to see to;
// without one, it is not a token server that answers.
func said(code, description string) *failure {
	kind, known := codes[code]
	switch {
	case code == "":
		return &failure{kind: odd}
	case !known:
		kind, code = ended, "a code of its own"
	}
	return &failure{kind: kind, note: strings.TrimSpace(code + " " + number.FindString(description))}
}

// broken is a request without a useful answer. The reason is told in our words:
// a transport's error can hold what the server sent.
func broken(err error) *failure {
	var timeout net.Error
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var address *url.Error
	kind, note := unreachable, "the connection was lost"
	switch {
	case errors.Is(err, context.Canceled):
		note = "it was given up"
	case errors.Is(err, errTooLong), errors.Is(err, errNoObject):
		kind, note = odd, "the answer cannot be read"
	case errors.As(err, &dns) && dns.IsNotFound:
		note = "no such host"
	case errors.Is(err, syscall.ECONNREFUSED):
		note = "the connection was refused"
	case errors.As(err, &certificate):
		kind, note = odd, "the certificate is not valid"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		note = "no answer in time"
	case !errors.As(err, &address):
		kind, note = odd, "the answer cannot be read"
	}
	return &failure{kind: kind, note: note}
}

const mostPatience = time.Hour

// patience reads Retry-After (RFC 9110, 10.2.3).
func (c *Client) patience(value string) time.Duration {
	d := time.Duration(0)
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		d = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(c.cfg.Clock.Now())
	}
	return min(max(d, 0), mostPatience)
}

// lasts says that only a person can do something about it.
func (f *failure) lasts() bool {
	return slices.Contains([]failureKind{denied, ended, badClient, late}, f.kind)
}

// told is a failure as a person is told of it.
func (c *Client) told(f *failure) error {
	firm := c.cfg.Provider.title
	var e *inbox.Error
	switch f.kind {
	case busy:
		e = inbox.Errorf(inbox.Unavailable, "The sign-in server of %s is busy. Try again later; what goes by itself is tried again by itself.", firm)
	case odd:
		e = inbox.Errorf(inbox.Unavailable, "Something else answers in place of the sign-in server of %s. Check the network: some want you to sign in to them first.", firm)
	case denied:
		e = inbox.Errorf(inbox.Auth, "%s was told not to let Postvak use the mailbox. Sign in again and allow it; if you may not, ask whoever looks after your company's accounts.", firm)
	case ended:
		e = inbox.Errorf(inbox.Auth, "%s does not accept the sign-in, or not any more. Sign in again.", firm)
	case badClient:
		e = inbox.Errorf(inbox.Auth, "%s does not accept the client id or its secret. Check both on the page on which your company's client was registered, then sign in again.", firm)
	case late:
		e = inbox.Errorf(inbox.Auth, "The code was not used in time. Begin again for a new one.")
	default:
		e = inbox.Errorf(inbox.Unavailable, "The sign-in server of %s cannot be reached. Check your network.", firm)
	}
	e.Detail = f.note
	return e
}
