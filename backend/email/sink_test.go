package email

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
)

// shelf is a sink in memory that behaves as the cache does.
type shelf struct {
	mu       sync.Mutex
	changed  chan struct{}
	states   map[inbox.FolderRole]inbox.FolderState
	messages map[inbox.Key]inbox.Fetched
	places   map[place]inbox.Key
	live     map[inbox.Key]bool
	seen     map[inbox.Key]bool
	gone     map[inbox.Key]bool
	order    []uint32 // of the inbox, as stored
	batches  int
	fetched  int
	status   inbox.ChannelStatus
	failAt   int // the so-many-th batch is not stored
}

type place struct {
	role inbox.FolderRole
	uid  uint32
}

func newShelf() *shelf {
	return &shelf{changed: make(chan struct{}), states: map[inbox.FolderRole]inbox.FolderState{}, messages: map[inbox.Key]inbox.Fetched{},
		places: map[place]inbox.Key{}, live: map[inbox.Key]bool{}, seen: map[inbox.Key]bool{}, gone: map[inbox.Key]bool{}}
}

func (s *shelf) States(context.Context) ([]inbox.FolderState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.states)), nil
}

func (s *shelf) Batch(_ context.Context, b inbox.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches++
	if s.batches == s.failAt {
		return fmt.Errorf("the disk is full")
	}
	if old, ok := s.states[b.Folder.Role]; ok && old.UIDValidity != b.Folder.UIDValidity {
		maps.DeleteFunc(s.places, func(p place, _ inbox.Key) bool { return p.role == b.Folder.Role })
	}
	s.states[b.Folder.Role] = b.Folder
	s.fetched += len(b.Messages)
	for _, f := range b.Messages {
		key := f.Message.Key
		if key == "" {
			key = inbox.Key(fmt.Sprintf("aside/%s/%d", b.Folder.Role, f.UID))
		}
		if _, known := s.messages[key]; !known {
			s.messages[key], s.live[key] = f, b.Live
		}
		s.places[place{b.Folder.Role, f.UID}] = key
		s.seen[key] = f.Seen
		if b.Folder.Role == inbox.FolderInbox {
			s.order = append(s.order, f.UID)
		}
	}
	s.tell()
	return nil
}

func (s *shelf) Known(_ context.Context, keys []inbox.Key) (map[inbox.Key]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[inbox.Key]bool{}
	for _, key := range s.places {
		known[key] = slices.Contains(keys, key)
	}
	return known, nil
}

func (s *shelf) Listing(_ context.Context, l inbox.FolderListing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, key := range s.places {
		if p.role != l.Role || p.uid < l.From || p.uid > l.To {
			continue
		}
		seen, there := l.Seen[p.uid]
		s.seen[key], s.gone[key] = seen, !there
	}
	s.tell()
	return nil
}

func (s *shelf) Status(status inbox.ChannelStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
	s.tell()
}

func (s *shelf) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// until waits for something to become true.
func (s *shelf) until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	limit := time.After(3 * time.Minute) // for a busy machine: only failures take it
	for {
		s.mu.Lock()
		done, changed := ok(), s.changed
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("it never came about: %s; status %+v, states %+v", what, s.status, s.states)
		}
	}
}

func (s *shelf) find(subject string) *inbox.Fetched {
	for _, f := range s.messages {
		if f.Message.Subject == subject {
			return &f
		}
	}
	return nil
}

// channelOn is a channel on a test's Dovecot and SMTP server.
func channelOn(d *imaptest.Dovecot, s *imaptest.SMTP, user string) Config {
	server := inbox.Server{Host: d.Host, Port: d.TLSPort, Security: inbox.TLS, Username: user}
	c := inbox.Channel{ID: inbox.ChannelID("ch-" + user), Kind: inbox.Email, Address: user, Email: inbox.EmailSettings{IMAP: server}}
	if s != nil {
		c.Email.SMTP = inbox.Server{Host: s.Host, Port: s.Port, Security: inbox.STARTTLS, Username: user}
	}
	return Config{Channel: c, Roots: d.Roots, Password: func(context.Context) (string, error) { return imaptest.Password, nil }}
}

// syncing runs Sync until the test ends or stop is called.
func startSync(t testing.TB, m *Mailbox, s *shelf) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- m.Sync(ctx, s) }()
	var err error
	stop = sync.OnceValue(func() error { cancel(); err = <-ended; return err })
	t.Cleanup(func() { stop() })
	return stop
}

// connect opens an IMAP connection beside the one under test.
func connect(t testing.TB, d *imaptest.Dovecot, user string) *imap.Conn {
	t.Helper()
	c, err := imap.Dial(context.Background(), imap.Config{Host: d.Host, Port: d.TLSPort, Username: user, Password: imaptest.Password, RootCAs: d.Roots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// cutter is a TCP proxy that ends the connection after so many bytes from the
// server, and lets no other through until set is called again: the network is
// gone. limit < 0 lets all through.
type cutter struct {
	net.Listener
	target string
	mu     sync.Mutex
	limit  int64
}

func newCutter(t testing.TB, target string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: l, target: target, limit: -1}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.pass(conn)
		}
	}()
	return c
}

func (c *cutter) set(limit int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.limit = limit
}

func (c *cutter) port() int { return c.Addr().(*net.TCPAddr).Port }

func (c *cutter) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.target)
	if err != nil {
		return
	}
	defer server.Close()
	c.mu.Lock()
	limit := c.limit
	if limit >= 0 {
		c.limit = 0
	}
	c.mu.Unlock()
	go io.Copy(server, client)
	if limit < 0 {
		io.Copy(client, server)
	} else {
		io.CopyN(client, server, limit)
	}
}
