package rest

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"postvak/backend/run"
)

const (
	usualBody = 1 << 20
	// maxAsked is how many requests are remembered: a demo may run for weeks.
	maxAsked = 5000
)

// Config says what a fake's server answers.
type Config struct {
	Name    string    // what it is, for errors: "the demo's CRM"
	Address string    // to listen on; "": some free port of 127.0.0.1
	Clock   run.Clock // nil: the computer's
	MaxBody int64     // bytes of a request; 0: 1 MiB
	// Answer does the work of a request. It is called by several goroutines.
	Answer func(r *http.Request, body []byte) Answer
	// Who says whose request it is, without a secret; nil or "": nobody known.
	Who func(*http.Request) string
	// Secret are parameters of an address that are not remembered.
	Secret []string
	// Refusals word failures as the API does, and its own ones.
	Refusals map[Failure]func() Answer
	// Kept are the members that stay when all others are null (Nulls), or as they
	// are when others change their type.
	Kept []string
	// Observe is told every request with its answer, for checks against a
	// specification. Failures that were switched on are not told.
	Observe func(Exchange)
}

// Exchange is one request and its answer.
type Exchange struct {
	Request *http.Request
	Body    []byte // the request's
	Status  int
	Header  http.Header // the answer's
	Answer  []byte
}

// Request is one that was asked, without its secret.
type Request struct {
	Method, Path string
	Query        url.Values
	Header       http.Header // without Authorization and what else names a secret
	Body         string
	User         string // whose it was; "" for none that is known
	At           time.Time
	Status       int // of the answer; 0 when the connection was cut
}

// Server is a running fake's. Its methods are safe for use by several
// goroutines.
type Server struct {
	cfg     Config
	address string
	door    door
	closed  chan struct{}

	mu     sync.Mutex
	faults []*fault
	holds  []*Held
	asked  []*Request
}

// Start opens the door. The caller ends it with Close.
func Start(cfg Config) (*Server, error) {
	cfg.fill()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", cfg.Address)
	if err != nil {
		return nil, err
	}
	if ip := listener.Addr().(*net.TCPAddr).IP; !ip.IsLoopback() {
		_ = listener.Close()
		return nil, fmt.Errorf("%s listens on loopback only, not on %s", cfg.Name, ip)
	}
	s := &Server{cfg: cfg, address: listener.Addr().String(), closed: make(chan struct{})}
	s.door.open(listener, s)
	return s, nil
}

func (c *Config) fill() {
	if c.Address == "" {
		c.Address = "127.0.0.1:0"
	}
	if c.Clock == nil {
		c.Clock = run.System
	}
	if c.MaxBody == 0 {
		c.MaxBody = usualBody
	}
}

// URL is the base address, without a slash at its end.
func (s *Server) URL() string { return "http://" + s.address }

// Close ends the server and everything that waits in it.
func (s *Server) Close() error {
	s.mu.Lock()
	select {
	case <-s.closed:
		s.mu.Unlock()
		return nil
	default:
		close(s.closed)
	}
	s.mu.Unlock()
	return s.door.shut()
}

// Now is the server's time, in UTC.
func (s *Server) Now() time.Time { return s.cfg.Clock.Now().UTC() }

func (s *Server) who(r *http.Request) string {
	if s.cfg.Who == nil {
		return ""
	}
	return s.cfg.Who(r)
}

// ServeHTTP answers one request: the failures that were asked for first, then
// the work.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.cfg.MaxBody))
	if err != nil {
		Cut()
	}
	asked := s.remember(r, raw)
	if !s.wait(r, false) {
		Cut()
	}
	f := s.takeFault(r)
	if f != nil && !f.afterWork() {
		s.fail(w, r, *f, Answer{}, asked)
		return
	}
	a := s.cfg.Answer(r, raw)
	if !s.wait(r, true) {
		Cut()
	}
	if f != nil {
		s.fail(w, r, *f, a, asked)
		return
	}
	s.write(w, a, asked)
	if s.cfg.Observe != nil {
		s.cfg.Observe(Exchange{Request: r, Body: raw, Status: a.Status, Header: w.Header(), Answer: a.Bytes()})
	}
}

// write dates an answer by the fake's own clock: callers may tell the time from
// it.
func (s *Server) write(w http.ResponseWriter, a Answer, asked *Request) {
	s.mu.Lock()
	asked.Status = a.Status
	s.mu.Unlock()
	w.Header().Set("Date", s.Now().Format(http.TimeFormat))
	maps.Copy(w.Header(), a.Header)
	if kind := a.contentType(); kind != "" && a.Status != http.StatusNoContent {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Bytes())
}

var secretHeaders = []string{"Authorization", "X-Api-Token", "Cookie"}

// remember keeps a request; whoever answers it says with what.
func (s *Server) remember(r *http.Request, raw []byte) *Request {
	asked := &Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone(), Body: string(raw), User: s.who(r), At: s.Now(),
	}
	for _, name := range secretHeaders {
		asked.Header.Del(name)
	}
	for _, name := range s.cfg.Secret {
		asked.Query.Del(name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(slices.Delete(s.asked, 0, max(0, len(s.asked)+1-maxAsked)), asked)
	return asked
}

// Requests are the last 5,000 that were asked, the oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.asked))
	for i, asked := range s.asked {
		all[i] = *asked
	}
	return all
}

// Asked counts the requests of a method whose path begins with path.
func (s *Server) Asked(method, path string) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Method == method && strings.HasPrefix(r.Path, path) {
			n++
		}
	}
	return n
}
