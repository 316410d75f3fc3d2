package proof

import (
	"crypto/tls"
	"io"
	"net"
	"net/mail"
	"net/smtp"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/imap/imaptest"
)

const (
	ann = "ann@example.test" // the team's mailbox
	ben = "ben@example.test" // a customer's
)

// passwords are looked for afterwards, where none may be.
var passwords = map[string]string{
	ann: "ann-7Lamp.Kast/29", ben: "ben-4Stoel+Deur_61",
	"ann.home@example.test": "home-3Tafel.Kast/17", "ben.home@example.test": "home-8Stoel+Raam_52", "carol.home@example.test": "home-6Deur~Bank=74",
}

const wrongPassword = "wrong-5Tafel~Raam=83"

func startDovecot(t testing.TB) *imaptest.Dovecot {
	t.Helper()
	return imaptest.StartDovecot(t, imaptest.Options{Users: map[string]string{ann: passwords[ann], ben: passwords[ben]}})
}

// office is the servers that a company has: an IMAP server and an SMTP server
// that can be out of reach for a while.
type office struct {
	*imaptest.Dovecot
	smtp *imaptest.SMTP
	gate *gate
}

func openOffice(t testing.TB) *office {
	t.Helper()
	return openOfficeOf(t, passwords)
}

func openOfficeOf(t testing.TB, users map[string]string) *office {
	t.Helper()
	d := imaptest.StartDovecot(t, imaptest.Options{Users: users})
	s := imaptest.StartSMTP(t, d)
	return &office{d, s, newGate(t, s.Port)}
}

// close takes both servers away.
func (o *office) close() {
	o.Dovecot.Stop()
	o.gate.close()
}

// open gives them back.
func (o *office) open(t testing.TB) {
	t.Helper()
	o.Dovecot.Start(t)
	o.gate.open(t)
}

// renumber gives every message of a mailbox another UID, as a server does that
// was restored from a backup.
func (o *office) renumber(t testing.TB, user string) {
	t.Helper()
	o.Dovecot.Stop()
	gone := 0
	for _, pattern := range []string{"dovecot-uidlist", "dovecot.index*", "dovecot-uidvalidity*"} {
		names, _ := filepath.Glob(filepath.Join(o.Dir, "mail", user, "Maildir", pattern))
		for _, name := range names {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
			gone++
		}
	}
	if gone == 0 {
		t.Fatal("there was nothing to renumber")
	}
	o.Dovecot.Start(t)
}

// write sends a mail as a customer does.
func (o *office) write(t testing.TB, from, to string, raw []byte) {
	t.Helper()
	c, err := smtp.Dial(net.JoinHostPort("127.0.0.1", strconv.Itoa(o.smtp.Port)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, step := range []func() error{
		func() error { return c.StartTLS(&tls.Config{ServerName: "127.0.0.1", RootCAs: o.Roots}) },
		func() error { return c.Auth(smtp.PlainAuth("", from, passwords[from], "127.0.0.1")) },
		func() error { return c.Mail(from) },
		func() error { return c.Rcpt(to) },
		func() error {
			w, err := c.Data()
			if err != nil {
				return err
			}
			if _, err := w.Write(raw); err != nil {
				return err
			}
			return w.Close()
		},
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
}

// received waits until somebody's INBOX has mail with a subject, and gives all
// of it that is there then.
func (o *office) received(t testing.TB, user, subject string) []*mail.Message {
	t.Helper()
	conn, err := dial(t.Context(), o.Dovecot, user)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Select(t.Context(), "INBOX", true); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		var found []*mail.Message
		for _, m := range letterbox(t, o.Dovecot, user, "INBOX") {
			if m.Header.Get("Subject") == subject {
				found = append(found, m)
			}
		}
		if len(found) > 0 {
			return found
		}
		if _, err := conn.Wait(t.Context(), time.Second); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("%s never received %q", user, subject)
	return nil
}

// bare is a Message-ID without its brackets.
func bare(id string) string { return strings.Trim(id, "<> ") }

// gate is a way to a server that can be closed.
type gate struct {
	host     string
	port, to int

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
	running  sync.WaitGroup
}

func newGate(t testing.TB, to int) *gate {
	t.Helper()
	return newGateAt(t, "127.0.0.1", 0, to)
}

// newGateAt makes a gate at an address of this computer, at any port when 0.
func newGateAt(t testing.TB, host string, port, to int) *gate {
	t.Helper()
	g := &gate{host: host, port: port, to: to, conns: map[net.Conn]bool{}}
	g.open(t)
	t.Cleanup(g.close)
	return g
}

// open lets connections through, always at the same port.
func (g *gate) open(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(g.host, strconv.Itoa(g.port)))
	if err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.listener, g.port = l, l.Addr().(*net.TCPAddr).Port
	g.running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			g.running.Go(func() { g.pass(conn) })
		}
	})
}

// close refuses connections, and cuts those that there are.
func (g *gate) close() {
	g.mu.Lock()
	g.listener.Close()
	for conn := range g.conns {
		conn.Close()
	}
	g.mu.Unlock()
	g.running.Wait()
}

func (g *gate) pass(conn net.Conn) {
	defer conn.Close()
	server, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(g.to)))
	if err != nil {
		return
	}
	defer server.Close()
	g.mu.Lock()
	g.conns[conn], g.conns[server] = true, true
	g.mu.Unlock()
	var back sync.WaitGroup
	back.Go(func() { _, _ = io.Copy(conn, server); conn.Close() })
	_, _ = io.Copy(server, conn)
	server.Close()
	back.Wait()
	g.mu.Lock()
	delete(g.conns, conn)
	delete(g.conns, server)
	g.mu.Unlock()
}
