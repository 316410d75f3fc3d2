package email

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postvak/backend/channel"
	"postvak/backend/channel/channeltest"
	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/mime"
)

// TestPort holds e-mail to the suite of all channels, on a real IMAP server and
// an SMTP server behind a line that can break.
func TestPort(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Dovecot")
	}
	users := map[string]string{}
	for n := range mostWorlds {
		users[we(n+1)], users[they(n+1)] = imaptest.Password, imaptest.Password
	}
	d := imaptest.StartDovecot(t, imaptest.Options{Users: users})
	smtp := imaptest.StartGoSMTP(t, d)
	worlds := 0
	channeltest.Run(t, func(t testing.TB) channeltest.World {
		worlds++
		return newPost(t, d, smtp, worlds).world()
	})
}

// mostWorlds is how many worlds there are mailboxes for.
const mostWorlds = 60

func we(n int) string   { return fmt.Sprintf("we%d@example.test", n) }
func they(n int) string { return fmt.Sprintf("they%d@example.test", n) }

// post is two mailboxes, ours and a customer's, and the lines to their servers.
type post struct {
	d         *imaptest.Dovecot
	we, they  string
	imap      *cutter
	smtp      *breaker
	fault     atomic.Value // channeltest.Fault
	delivered []byte
	serial    int
}

func newPost(t testing.TB, d *imaptest.Dovecot, s *imaptest.SMTP, n int) *post {
	p := &post{d: d, we: we(n), they: they(n)}
	p.imap = newCutter(t, fmt.Sprintf("%s:%d", d.Host, d.Port))
	p.fault.Store(channeltest.None)
	p.smtp = newBreaker(t, fmt.Sprintf("%s:%d", s.Host, s.Port), func() channeltest.Fault { return p.fault.Load().(channeltest.Fault) })
	return p
}

func (p *post) world() channeltest.World {
	return channeltest.World{
		Channel: "mail", Secret: imaptest.Password,
		Open:    func(testing.TB) channel.Account { return New(p.config()) },
		Parse:   func(_ inbox.Key, raw []byte) inbox.Message { return mime.Parse(raw) },
		Deliver: p.deliver,
		Again:   func(t testing.TB) { p.put(t, 0) },
		Render:  func(t testing.TB, text string) inbox.Rendered { return p.render(t, p.we, p.they, text) },
		Got:     p.got,
		KeyOf: func(r inbox.Rendered, _ string) inbox.Key {
			return inbox.MailKey("mail", mime.Digest(r.Filed))
		},
		Fault: func(_ testing.TB, f channeltest.Fault) {
			p.fault.Store(f)
			if p.imap.set(-1); f == channeltest.Gone {
				p.imap.set(0)
			}
		},
		Cut: func(_ testing.TB, n int) {
			if p.imap.set(-1); n > 0 {
				p.imap.set(int64(n * 700)) // bytes, which fall anywhere
			}
		},
	}
}

func (p *post) config() Config {
	server := func(port int) inbox.Server {
		return inbox.Server{Host: "127.0.0.1", Port: port, Security: inbox.NoTLS, Username: p.we}
	}
	return Config{
		Channel: inbox.Channel{ID: "mail", Kind: inbox.Email, Address: p.we, Email: inbox.EmailSettings{
			IMAP: server(p.imap.port()), SMTP: server(p.smtp.Addr().(*net.TCPAddr).Port),
		}},
		Password: func(context.Context) (string, error) {
			if p.fault.Load() == channeltest.SignIn {
				return "changed", nil
			}
			return imaptest.Password, nil
		},
	}
}

func (p *post) render(t testing.TB, from, to, text string) inbox.Rendered {
	p.serial++
	return render(t, mime.Letter{
		From: inbox.Address{Address: from}, To: []inbox.Address{{Address: to}}, Subject: fmt.Sprintf("number %d", p.serial),
		Text: text, Date: time.Now(),
	})
}

// deliver is a mail that came in at some time, as a server says by its own date.
func (p *post) deliver(t testing.TB, text string, ago time.Duration) {
	p.delivered = p.render(t, p.they, p.we, text).Wire
	p.put(t, ago)
}

func (p *post) put(t testing.TB, ago time.Duration) {
	t.Helper()
	c := p.connect(t, p.we)
	defer c.Close()
	if _, err := c.Append(context.Background(), "INBOX", nil, time.Now().Add(-ago), p.delivered); err != nil {
		t.Fatal(err)
	}
}

func (p *post) got(t testing.TB) (texts []string) {
	t.Helper()
	ctx, c := context.Background(), p.connect(t, p.they)
	defer c.Close()
	if _, err := c.Select(ctx, "INBOX", true); err != nil {
		t.Fatal(err)
	}
	uids, err := c.UIDs(ctx, 1, 0)
	if err == nil {
		err = c.Fetch(ctx, uids, imap.WantBody, func(i imap.Item) error {
			texts = append(texts, mime.Parse(i.Raw).Text)
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func (p *post) connect(t testing.TB, user string) *imap.Conn {
	t.Helper()
	c, err := imap.Dial(context.Background(), imap.Config{Host: p.d.Host, Port: p.d.TLSPort, Username: user, Password: imaptest.Password, RootCAs: p.d.Roots})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// breaker is a line to an SMTP server that breaks, or answers itself.
type breaker struct {
	net.Listener
	target string
	fault  func() channeltest.Fault
	lines  sync.WaitGroup
}

func newBreaker(t testing.TB, target string, fault func() channeltest.Fault) *breaker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &breaker{Listener: l, target: target, fault: fault}
	t.Cleanup(func() { l.Close(); b.lines.Wait() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			b.lines.Go(func() { b.talk(conn) })
		}
	}()
	return b
}

// talk carries line by line: each command, and the whole answer to it. SMTP of
// ours never pipelines.
func (b *breaker) talk(client net.Conn) {
	defer client.Close()
	if b.fault() == channeltest.Gone {
		return
	}
	server, err := net.Dial("tcp", b.target)
	if err != nil {
		return
	}
	defer server.Close()
	from, to := bufio.NewReader(client), bufio.NewReader(server)
	if !b.answer(client, to) {
		return
	}
	for inText := false; ; {
		line, err := from.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(line)
		switch fault := b.fault(); {
		case inText && line != ".\r\n":
			_, err = server.Write([]byte(line))
			if err != nil {
				return
			}
			continue
		case inText:
			inText = false
			if !b.dot(fault, client, server, from, to) {
				return
			}
			continue
		case fault == channeltest.Refused && strings.HasPrefix(verb, "RCPT"):
			fmt.Fprint(client, "550 5.1.1 never\r\n")
			continue
		case fault == channeltest.Later && strings.HasPrefix(verb, "MAIL"):
			fmt.Fprint(client, "451 4.7.1 not now\r\n")
			continue
		}
		if _, err := server.Write([]byte(line)); err != nil || !b.answer(client, to) {
			return
		}
		inText = strings.HasPrefix(verb, "DATA")
	}
}

// dot is the moment that decides; it reports whether the line holds.
func (b *breaker) dot(fault channeltest.Fault, client, server net.Conn, from, to *bufio.Reader) bool {
	switch fault {
	case channeltest.CutBefore:
		return false
	case channeltest.Silent:
		_, _ = from.ReadByte() // until the client gives up
		return false
	}
	if _, err := server.Write([]byte(".\r\n")); err != nil {
		return false
	}
	switch fault {
	case channeltest.CutAfter, channeltest.Nonsense:
		if _, err := to.ReadString('\n'); err == nil && fault == channeltest.Nonsense {
			fmt.Fprint(client, "<html>\r\n")
		}
		return false
	}
	return b.answer(client, to)
}

func (b *breaker) answer(client net.Conn, server *bufio.Reader) bool {
	for {
		line, err := server.ReadString('\n')
		if err != nil {
			return false
		}
		if _, err := client.Write([]byte(line)); err != nil {
			return false
		}
		if len(line) < 4 || line[3] != '-' {
			return true
		}
	}
}
