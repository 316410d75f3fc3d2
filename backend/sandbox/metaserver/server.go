package metaserver

import (
	"cmp"
	"net/http"
	"strings"
	"sync"
	"time"

	"postvak/backend/run"
	"postvak/backend/sandbox/rest"
)

// Version is of the Graph API, as it stands in front of every path.
const Version = "v26.0"

// Config says what kind of page the server has. The zero value is a small shop's
// on a free port.
type Config struct {
	Address  string    // to listen on; "": some free port of 127.0.0.1
	Clock    run.Clock // nil: the computer's
	PageID   string    // "": 104210000000001
	PageName string    // "": Acme
	Token    string    // "": page-token-of-acme
	// HumanAgent says that the page may answer for seven days.
	HumanAgent bool
	// Burst is how many reading calls are let through in a second; 0: any.
	Burst int
	// Lag is how long a message is there before a list shows it.
	Lag time.Duration
	// Observe is told every request with its answer, for checks against a
	// specification. Failures that were switched on are not told.
	Observe func(rest.Exchange)
	// Sent is told every message that the page sent. It must not call the server.
	Sent func(Sent)
}

// Sent is a message that the page sent, as its reader got it.
type Sent struct {
	ID        string
	To, Name  string // whom: the page-scoped id, and the name
	Text      string
	Files     []File
	Kind, Tag string // messaging_type and tag
	At        time.Time
}

// File is one that somebody sent.
type File struct {
	Name, Type string
	Data       []byte
}

// Server is a running page. Its methods are safe for use by several goroutines.
type Server struct {
	*rest.Server
	cfg    Config
	routes rest.Routes[endpoint]

	mu      sync.Mutex
	threads map[string]*thread // by the page-scoped id
	byID    map[string]*message
	made    int    // messages, for their ids
	token   string // "" when it was revoked
	usage   usage
	calls   []time.Time // reading ones of the last second
	files   files
	sent    []Sent
	odd     oddities
}

// oddities are what lists do wrong.
type oddities struct{ shuffled, repeated, previews bool }

// usage is what the headers say of the budget.
type usage struct {
	percent, regain int // of a call count; minutes
}

// Start opens the page's door. The caller ends it with Close.
func Start(cfg Config) (*Server, error) {
	cfg.fill()
	s := &Server{cfg: cfg, routes: rest.RoutesOf(endpoints), token: cfg.Token, threads: map[string]*thread{}, byID: map[string]*message{}}
	s.files.byID = map[string]File{}
	s.mu.Lock() // nobody is answered before all is there
	defer s.mu.Unlock()
	door, err := rest.Start(rest.Config{
		Name: "the demo's Messenger", Address: cfg.Address, Clock: cfg.Clock, MaxBody: 40 << 20, Answer: s.answer, Observe: cfg.Observe,
		Secret: []string{"access_token"}, Refusals: refusals(), Kept: []string{"data", "messages", "id", "paging", "cursors", "attachments"},
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
	c.PageID = cmp.Or(c.PageID, "104210000000001")
	c.PageName = cmp.Or(c.PageName, "Acme")
	c.Token = cmp.Or(c.Token, "page-token-of-acme")
}

func (s *Server) now() time.Time { return s.cfg.Clock.Now().UTC() }

// PageID is the page's.
func (s *Server) PageID() string { return s.cfg.PageID }

// Token is the page's token, as its administrator sees it.
func (s *Server) Token() string { return s.cfg.Token }

// Revoke takes the token away: whoever has it is refused from now on.
func (s *Server) Revoke() { s.setToken("") }

// Renew gives the page another token.
func (s *Server) Renew(token string) { s.setToken(token) }

func (s *Server) setToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

// SetUsage makes the headers say how much of the budget is used, in percent, and
// in how many minutes there is some again.
func (s *Server) SetUsage(percent, regain int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.usage = usage{percent, regain}
}

// SetLag changes how far lists are behind, for what is written from now on.
func (s *Server) SetLag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.Lag = d
}

// SetOdd makes lists of messages come out of order, and repeat some.
func (s *Server) SetOdd(shuffled, repeated bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.odd.shuffled, s.odd.repeated = shuffled, repeated
}

// SetPreviews makes lists show the preview of a link in the page's own messages
// as an attachment that is none.
func (s *Server) SetPreviews(shown bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.odd.previews = shown
}

// Sent are the messages that the page sent, the oldest first.
func (s *Server) Sent() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Sent{}, s.sent...)
}

// signedIn says whether a request carries the token where it may be: in the
// header.
func (s *Server) signedIn(r *http.Request) bool {
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return found && s.token != "" && token == s.token && !r.URL.Query().Has("access_token")
}
