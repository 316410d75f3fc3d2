package proof

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
)

// counter is an SMTP server that counts what it took. It behaves as servers do
// at their worst: it takes its time after the last byte, puts some messages
// into the Sent folder by itself, and hangs up on some without an answer.
type counter struct {
	port int
	d    *imaptest.Dovecot

	mu       sync.Mutex
	random   *rand.Rand
	subjects map[string]int
	ids      map[string]int
	hungUp   int
}

func startCounter(t *testing.T, d *imaptest.Dovecot, seed uint64) *counter {
	t.Helper()
	c := &counter{d: d, random: rand.New(rand.NewPCG(seed, 1)), subjects: map[string]int{}, ids: map[string]int{}}
	server := smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &counting{c: c, conn: conn}, nil
	}))
	server.Domain, server.AllowInsecureAuth = "localhost", true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.port = l.Addr().(*net.TCPAddr).Port
	var served sync.WaitGroup
	served.Go(func() {
		if err := server.Serve(l); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	t.Cleanup(func() { server.Close(); served.Wait() })
	return c
}

// take counts a message, and says how to behave about it.
func (c *counter) take(raw []byte) (pause time.Duration, file, hangUp bool, err error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return 0, false, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.subjects[m.Header.Get("Subject")]++
	c.ids[m.Header.Get("Message-ID")]++
	if hangUp = c.random.IntN(10) == 0; hangUp {
		c.hungUp++
	}
	return time.Duration(c.random.IntN(40)) * time.Millisecond, c.random.IntN(3) == 0, hangUp, nil
}

// taken is how often messages of a subject were taken.
func (c *counter) taken(subject string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.subjects[subject]
}

// repeated is the Message-ID that was taken most often.
func (c *counter) repeated() (id string, times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for candidate, n := range c.ids {
		if n > times {
			id, times = candidate, n
		}
	}
	return id, times
}

func (c *counter) all() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.ids)
}

func (c *counter) silent() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hungUp
}

// counting is one connection to the counter.
type counting struct {
	c    *counter
	conn *smtp.Conn
}

func (*counting) AuthMechanisms() []string { return []string{sasl.Plain} }

func (*counting) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		if password != passwords[ann] {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (*counting) Mail(string, *smtp.MailOptions) error { return nil }
func (*counting) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*counting) Reset()                               {}
func (*counting) Logout() error                        { return nil }

func (s *counting) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // cut off before its end: not taken
	}
	pause, file, hangUp, err := s.c.take(raw)
	if err != nil {
		return err
	}
	if file {
		if err := s.c.file(raw); err != nil {
			return err
		}
	}
	time.Sleep(pause) // the moment that a kill should hit
	if hangUp {
		s.conn.Conn().Close()
	}
	return nil
}

// file puts a copy into the Sent folder, as some providers do.
func (c *counter) file(raw []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := dial(ctx, c.d, ann)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Append(ctx, "Sent", imap.Flags{imap.Seen}, time.Now(), raw)
	return err
}

func dial(ctx context.Context, d *imaptest.Dovecot, user string) (*imap.Conn, error) {
	return imap.Dial(ctx, imap.Config{Host: d.Host, Port: d.TLSPort, Username: user, Password: passwords[user], RootCAs: d.Roots})
}

// subjects counts the messages of a folder by their subject.
func subjects(t testing.TB, d *imaptest.Dovecot, user, folder string) map[string]int {
	t.Helper()
	all := map[string]int{}
	for _, m := range letterbox(t, d, user, folder) {
		all[m.Header.Get("Subject")]++
	}
	return all
}

// letterbox is what a folder holds, oldest first, with its bodies unread.
func letterbox(t testing.TB, d *imaptest.Dovecot, user, folder string) []*mail.Message {
	t.Helper()
	conn, err := dial(t.Context(), d, user)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Select(t.Context(), folder, true); err != nil {
		t.Fatal(err)
	}
	uids, err := conn.UIDs(t.Context(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []*mail.Message
	err = conn.Fetch(t.Context(), uids, imap.WantBody, func(item imap.Item) error {
		if item.Err != nil {
			return item.Err
		}
		m, err := mail.ReadMessage(bytes.NewReader(item.Raw))
		all = append(all, m)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
