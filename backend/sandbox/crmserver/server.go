package crmserver

import (
	"sync"
	"time"

	"postvak/backend/run"
	"postvak/backend/sandbox/rest"
)

// Config says what kind of account the server has. The zero value is a small
// company on a free port with one user.
type Config struct {
	Address   string    // to listen on; "": some free port of 127.0.0.1
	Clock     run.Clock // nil: the computer's
	Company   string    // "": Acme
	CompanyID int       // 0: 123
	Domain    string    // of the company's address in a browser; "": acme
	Currency  string    // the account's own; "": EUR
	Users     []User    // none: Ann, with the token "token-of-ann"
	// SearchLag is how long a record that was written cannot be found by
	// searching; lists and its own address show it at once.
	SearchLag time.Duration
	// LiteralPhones makes the search look for phone numbers as they are
	// written, character by character, instead of by their digits.
	LiteralPhones bool
	Burst         int // requests in 2 seconds, for a token; 0: no limit
	DailyTokens   int // 0: 30,000
	// Observe is told every request with its answer, for checks against a
	// specification. Failures that were switched on are not told.
	Observe func(Exchange)
}

// Server is a running account. Its methods are safe for use by several
// goroutines.
type Server struct {
	*rest.Server
	cfg    Config
	routes rest.Routes[endpoint]

	mu     sync.Mutex
	data   account
	limits limits
}

// Start opens the account's door. The caller ends it with Close.
func Start(cfg Config) (*Server, error) {
	cfg.fill()
	s := &Server{cfg: cfg, routes: rest.RoutesOf(endpoints)}
	s.data.begin(cfg)
	door, err := rest.Start(rest.Config{
		Name: "the demo's CRM", Address: cfg.Address, Clock: cfg.Clock, Answer: s.answer, Who: s.whose,
		Refusals: refusals, Kept: kept, Observe: cfg.Observe,
	})
	if err != nil {
		return nil, err
	}
	s.Server = door
	return s, nil
}

func (c *Config) fill() {
	if c.Clock == nil {
		c.Clock = run.System
	}
	if c.Company == "" {
		c.Company = "Acme"
	}
	if c.CompanyID == 0 {
		c.CompanyID = 123
	}
	if c.Domain == "" {
		c.Domain = "acme"
	}
	if c.Currency == "" {
		c.Currency = "EUR"
	}
	if c.DailyTokens == 0 {
		c.DailyTokens = 30_000
	}
	if len(c.Users) == 0 {
		c.Users = []User{{Name: "Ann Bakker", Email: "ann@acme.example", Token: "token-of-ann", Admin: true}}
	}
}

// SetSearchLag changes how far the search is behind, for what is written from
// now on.
func (s *Server) SetSearchLag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.SearchLag = d
}

func (s *Server) now() time.Time { return s.cfg.Clock.Now().UTC() }
