package firmtest

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Firm is whose servers they behave as.
type Firm string

// The firms.
const (
	Gmail    Firm = "gmail"
	Exchange Firm = "exchange"
)

// Config says who may come in.
type Config struct {
	Firm Firm
	// User says whose an access token is; "" when it is not valid.
	User func(access string) string
	// Shared are the mailboxes that others than their name's may open.
	Shared map[string][]string
	// Most is how many IMAP connections a mailbox takes; 0: what the firm has.
	Most int
}

// Server is a pair of them. Its methods are safe for concurrent use.
type Server struct {
	cfg  Config
	imap net.Listener
	smtp net.Listener
	work sync.WaitGroup

	mu        sync.Mutex
	boxes     map[string]*mailbox
	conns     map[*conn]bool
	most      int           // connections to one mailbox at a time, since the start
	look      chan struct{} // closed and made anew when connections have to look at something
	throttled bool
	refusing  bool
	refused   int
	sent      int
	ended     bool
}

// Start makes both servers with these mailboxes.
func Start(t testing.TB, cfg Config, boxes ...string) *Server {
	t.Helper()
	if cfg.Most == 0 {
		cfg.Most = map[Firm]int{Gmail: 15, Exchange: 20}[cfg.Firm]
	}
	s := &Server{cfg: cfg, boxes: map[string]*mailbox{}, conns: map[*conn]bool{}, look: make(chan struct{})}
	for _, name := range boxes {
		s.boxes[name] = newMailbox(cfg.Firm)
	}
	s.imap, s.smtp = listen(t), narrow{listen(t)}
	sending := s.submission()
	s.work.Go(s.accept)
	s.work.Go(func() { _ = sending.Serve(s.smtp) })
	t.Cleanup(func() { s.stop(sending) })
	return s
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (s *Server) stop(sending *smtp.Server) {
	_ = s.imap.Close()
	_ = sending.Close()
	s.mu.Lock()
	s.ended = true
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.work.Wait()
}

// IMAP is the address of the one, SMTP of the other.
func (s *Server) IMAP() string { return s.imap.Addr().String() }

// SMTP is the address to send by.
func (s *Server) SMTP() string { return s.smtp.Addr().String() }

// Throttle has the firm say that it is asked too much, until it is switched off.
func (s *Server) Throttle(on bool) { s.set(func() { s.throttled = on }) }

// Refuse has it take no access token, whosever it is.
func (s *Server) Refuse(on bool) { s.set(func() { s.refusing = on }) }

// Ended has every connection look whether its token is still valid.
func (s *Server) Ended() { s.set(func() {}) }

func (s *Server) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	s.wake()
}

// wake has all connections look. The caller holds the lock.
func (s *Server) wake() {
	close(s.look)
	s.look = make(chan struct{})
}

// Refused counts the sign-ins that were refused, and Sent what was taken by SMTP.
func (s *Server) Refused() int { return s.count(&s.refused) }

// Sent counts what was taken by SMTP.
func (s *Server) Sent() int { return s.count(&s.sent) }

// Connections is the most that one mailbox ever had.
func (s *Server) Connections() int { return s.count(&s.most) }

func (s *Server) count(n *int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *n
}

// Deliver puts a mail into a folder as if it came in at a time.
func (s *Server) Deliver(box, folder string, raw []byte, at time.Time) {
	s.set(func() { s.boxes[box].deliver(folder, raw, at, nil) })
}

// Folder gives the mails of a folder.
func (s *Server) Folder(box, folder string) (raws [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.boxes[box].folder(folder).items {
		raws = append(raws, m.raw)
	}
	return raws
}

// SentFolder is what the firm calls the folder of sent mail.
func (s *Server) SentFolder() string { return sentFolder[s.cfg.Firm] }

// mayOpen says whether a token lets somebody into a mailbox.
func (s *Server) mayOpen(access, box string) bool {
	user := s.cfg.User(access)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, there := s.boxes[box]
	ok := there && !s.refusing && user != "" && user == box
	for _, other := range s.cfg.Shared[box] {
		ok = ok || there && !s.refusing && user == other
	}
	if !ok {
		s.refused++
	}
	return ok
}

// valid says whether a session's token still is.
func (s *Server) valid(access string) bool { return s.cfg.User(access) != "" }
