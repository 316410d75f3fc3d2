package oauthserver

import (
	"net/http"
	"sync"
	"time"

	"postvak/backend/run"
	"postvak/backend/sandbox/rest"
)

// Firm is whose server it stands in for.
type Firm string

// The firms.
const (
	// Google never replaces a refresh token, gives one only to whom asks for
	// offline access and consent, wants the client's secret, and has no device
	// codes for mail.
	Google Firm = "google"
	// Microsoft replaces the refresh token each time, says AADSTS numbers, has
	// device codes, access tokens of fifteen hundred letters, and no secret.
	Microsoft Firm = "microsoft"
)

// Config says which client may sign whom in.
type Config struct {
	Firm         Firm
	Address      string // to listen on; "": some free port of 127.0.0.1
	Clock        run.Clock
	ClientID     string
	ClientSecret string        // "": none is wanted
	User         string        // who is signed in to the browser; a login_hint overrules it
	Lasts        time.Duration // of an access token; 0: an hour
	// Ask has the page ask; else the person allows it at once.
	Ask bool
}

// Server is a running one. Its methods are safe for concurrent use.
type Server struct {
	*rest.Server
	cfg Config

	mu      sync.Mutex
	pending map[string]*request // by the id that the page's links have
	codes   map[string]*request
	devices map[string]*device // by device code
	grants  map[string]*grant  // by refresh token, replaced ones too
	access  map[string]*pass
}

// grant is what a person allowed: all its tokens end together.
type grant struct {
	user    string
	newest  string // the refresh token that is valid
	revoked bool
}

// pass is an access token.
type pass struct {
	grant *grant
	until time.Time
}

// Start opens the door. The caller ends it with Close.
func Start(cfg Config) (*Server, error) {
	if cfg.Clock == nil {
		cfg.Clock = run.System
	}
	if cfg.Lasts == 0 {
		cfg.Lasts = time.Hour
	}
	s := &Server{
		cfg: cfg, pending: map[string]*request{}, codes: map[string]*request{},
		devices: map[string]*device{}, grants: map[string]*grant{}, access: map[string]*pass{},
	}
	var err error
	s.Server, err = rest.Start(rest.Config{
		Name: "the demo's sign-in server", Address: cfg.Address, Clock: cfg.Clock, Answer: s.answer,
		Secret: []string{"state", "code_challenge"},
		Refusals: map[rest.Failure]func() rest.Answer{
			rest.TooMany: func() rest.Answer {
				a := refusal(http.StatusTooManyRequests, "temporarily_unavailable", "")
				a.Header = http.Header{"Retry-After": {"30"}}
				return a
			},
		},
	})
	return s, err
}

func (s *Server) answer(r *http.Request, body []byte) rest.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Method + " " + r.URL.Path {
	case "GET /authorize":
		return s.authorize(r.URL.Query())
	case "GET /decide":
		return s.decided(r.URL.Query())
	case "POST /token":
		return s.token(r, body)
	case "POST /devicecode":
		return s.deviceCode(body)
	case "GET /device":
		return s.devicePage(r.URL.Query())
	}
	return rest.Answer{Status: http.StatusNotFound, Page: "<p>There is nothing here."}
}

// refusal is an error as RFC 6749 words it, 5.2.
func refusal(status int, code, description string) rest.Answer {
	body := map[string]any{"error": code}
	if description != "" {
		body["error_description"] = description
	}
	return rest.Answer{Status: status, Body: body}
}

// User says whose an access token is; "" when it is not valid.
func (s *Server) User(access string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.access[access]
	if p == nil || p.grant.revoked || !s.cfg.Clock.Now().Before(p.until) {
		return ""
	}
	return p.grant.user
}

// Expire ends all access tokens now; refresh tokens stay.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
}

// Revoke takes back what somebody allowed: their next refresh is invalid_grant.
func (s *Server) Revoke(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		g.revoked = g.revoked || g.user == user
	}
}

// Valid says how many refresh tokens of somebody are good.
func (s *Server) Valid(user string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, g := range s.grants {
		if g.user == user && !g.revoked && g.newest == token {
			n++
		}
	}
	return n
}

// Allowed gives a refresh token that somebody allowed before, for worlds that
// begin signed in.
func (s *Server) Allowed(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.allow(user)
}
