package oauthserver

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"postvak/backend/sandbox/rest"
)

// request is an authorization request that was allowed, or is asked about.
type request struct {
	redirect, state, challenge, user string
	offline                          bool
}

func page(status int, format string, args ...any) rest.Answer {
	return rest.Answer{Status: status, Page: fmt.Sprintf("<!doctype html><meta charset=utf-8><title>Sign in</title>"+format, args...)}
}

// authorize is where the browser is sent. What is wrong with the request itself
// is told to the person: sending them on would hand the answer to a stranger.
func (s *Server) authorize(q url.Values) rest.Answer {
	scope := q.Get("scope")
	switch {
	case q.Get("client_id") != s.cfg.ClientID:
		return page(http.StatusBadRequest, "<p>The client is not known.")
	case !s.redirectOK(q.Get("redirect_uri")):
		return page(http.StatusBadRequest, "<p>The redirect is not registered.")
	case q.Get("response_type") != "code", q.Get("state") == "", len(q.Get("code_challenge")) != 43, q.Get("code_challenge_method") != "S256":
		return page(http.StatusBadRequest, "<p>A state or a challenge is missing.")
	case !s.scopeOK(scope):
		return page(http.StatusBadRequest, "<p>The scope is not known.")
	}
	r := &request{
		redirect: q.Get("redirect_uri"), state: q.Get("state"), challenge: q.Get("code_challenge"),
		user: cmp.Or(q.Get("login_hint"), s.cfg.User), offline: s.offline(q),
	}
	if !s.cfg.Ask {
		return s.sendBack(r, true)
	}
	id := rand.Text()
	s.pending[id] = r
	return page(http.StatusOK, `<h1>Postvak wants to read and send mail as %s</h1><p><a id="allow" href="/decide?id=%s&amp;allow=yes">Allow</a> <a id="deny" href="/decide?id=%s">Deny</a>`,
		html.EscapeString(r.user), id, id)
}

// redirectOK knows what each firm lets a program on a desk have.
func (s *Server) redirectOK(redirect string) bool {
	u, err := url.Parse(redirect)
	if err != nil || u.Scheme != "http" || u.Path != "" || u.RawQuery != "" || u.Port() == "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if s.cfg.Firm == Microsoft {
		return u.Hostname() == "localhost"
	}
	return err == nil && ip.IsLoopback()
}

func (s *Server) scopeOK(scope string) bool {
	if s.cfg.Firm == Google {
		return scope == "https://mail.google.com/"
	}
	return strings.Contains(scope, "https://outlook.office.com/IMAP.AccessAsUser.All") && strings.Contains(scope, "https://outlook.office.com/SMTP.Send")
}

func (s *Server) offline(q url.Values) bool {
	if s.cfg.Firm == Google {
		return q.Get("access_type") == "offline" && q.Get("prompt") == "consent"
	}
	return strings.Contains(q.Get("scope"), "offline_access")
}

func (s *Server) decided(q url.Values) rest.Answer {
	r := s.pending[q.Get("id")]
	if r == nil {
		return page(http.StatusNotFound, "<p>This question was answered.")
	}
	delete(s.pending, q.Get("id"))
	return s.sendBack(r, q.Get("allow") == "yes")
}

func (s *Server) sendBack(r *request, allowed bool) rest.Answer {
	back := url.Values{"state": {r.state}}
	if allowed {
		code := rand.Text()
		s.codes[code] = r
		back.Set("code", code)
	} else {
		back.Set("error", "access_denied")
		back.Set("error_description", "AADSTS65004: the user declined to consent")
	}
	return rest.Answer{Status: http.StatusFound, Header: http.Header{"Location": {r.redirect + "/?" + back.Encode()}}}
}

// proven holds a verifier to the challenge (RFC 7636, 4.6).
func (r *request) proven(verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(r.challenge)) == 1
}
