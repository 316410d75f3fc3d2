package twilioserver

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"postvak/backend/run"
	"postvak/backend/sandbox/rest"
)

// maxUpload is the largest request: a file of the largest kind and a little.
const maxUpload = 20 << 20

// Config says what kind of account it is. The zero value has one sender, on a
// free port.
type Config struct {
	Address    string    // to listen on; "": some free port of 127.0.0.1
	Clock      run.Clock // nil: the computer's
	AccountSID string    // "": AC and 32 digits
	Name       string    // of the account; "": Acme
	APIKey     string    // "": SK and 32 digits
	APISecret  string    // "": "secret-of-acme"
	Senders    []Sender  // none: +31201234567
	Templates  []Template
	// MaxPage is the largest page that lists give, whatever is asked; 0: 1,000.
	MaxPage int
	// MediaLag is how long the files of a message that came in are not there yet.
	MediaLag time.Duration
	// Sent, Delivered and Read are how long after its creation a message gets
	// into that state; zero: 1 s, 3 s and 20 s. Below zero: never.
	Sent, Delivered, Read time.Duration
	// NoUploads makes it refuse what an upload's temporary address points to, as
	// nobody has seen the two work together.
	NoUploads bool
	// Took is told every message that was taken to be sent, in their order; it must
	// not call the server.
	Took func(Message)
	// Observe is told every request that Twilio's specification describes, with
	// its answer. Failures that were switched on are not told.
	Observe func(rest.Exchange)
}

// Sender is a number that customers write to.
type Sender struct {
	Number  string // E.164
	Name    string
	Webhook string // the address that is told of messages; "": none
	Offline bool
}

// Server is a running account. Its methods are safe for use by several
// goroutines.
type Server struct {
	*rest.Server
	cfg    Config
	routes rest.Routes[handler]

	mu       sync.Mutex
	revoked  bool
	messages []*message // in the order of their making
	uploads  map[string]*upload
	pages    map[string]bool // addresses of next pages that were given
	refused  map[string]int  // by number: the code with which it refuses messages
	ids      int
}

// Start opens the account's door. The caller ends it with Close.
func Start(cfg Config) (*Server, error) {
	cfg.fill()
	s := &Server{cfg: cfg, routes: rest.RoutesOf(handlers), uploads: map[string]*upload{}, pages: map[string]bool{}, refused: map[string]int{}}
	s.mu.Lock() // nobody is answered before all is there
	defer s.mu.Unlock()
	door, err := rest.Start(rest.Config{
		Name: "the demo's Twilio", Address: cfg.Address, Clock: cfg.Clock, MaxBody: maxUpload, Answer: s.answer,
		Who: s.who, Secret: []string{"X-Amz-Signature", "Signature"}, Refusals: refusals, Kept: kept, Observe: s.observe,
	})
	if err != nil {
		return nil, err
	}
	s.Server = door
	return s, nil
}

const digits32 = "0123456789abcdef0123456789abcdef"

func (c *Config) fill() {
	if c.Clock == nil {
		c.Clock = run.System
	}
	c.AccountSID = cmp.Or(c.AccountSID, "AC"+digits32)
	c.Name = cmp.Or(c.Name, "Acme")
	c.APIKey = cmp.Or(c.APIKey, "SK"+digits32)
	c.APISecret = cmp.Or(c.APISecret, "secret-of-acme")
	c.MaxPage = cmp.Or(c.MaxPage, 1000)
	c.Sent = cmp.Or(c.Sent, time.Second)
	c.Delivered = cmp.Or(c.Delivered, 3*time.Second)
	c.Read = cmp.Or(c.Read, 20*time.Second)
	if len(c.Senders) == 0 {
		c.Senders = []Sender{{Number: "+31201234567", Name: "Acme"}}
	}
}

// Account gives what a desktop signs in with.
func (s *Server) Account() (sid, key, secret string) {
	return s.cfg.AccountSID, s.cfg.APIKey, s.cfg.APISecret
}

// Revoke takes the key away, or gives it back.
func (s *Server) Revoke(gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = gone
}

// Refuse lets messages to a number fail with a code after they were accepted; 0
// ends it.
func (s *Server) Refuse(number string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused[number] = code
}

// sid makes an id as Twilio's are: two letters and 32 digits.
func (s *Server) sid(kind string) string {
	s.ids++
	return fmt.Sprintf("%s%08x%024x", kind, uint32(s.ids)*2654435761, s.ids)
}

func (s *Server) sender(number string) *Sender {
	for i := range s.cfg.Senders {
		if s.cfg.Senders[i].Number == number {
			return &s.cfg.Senders[i]
		}
	}
	return nil
}

func (s *Server) now() time.Time { return s.cfg.Clock.Now().UTC() }
