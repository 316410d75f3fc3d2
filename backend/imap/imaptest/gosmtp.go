package imaptest

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

func startGoSMTP(t testing.TB, d *Dovecot) *SMTP {
	t.Helper()
	log := &lockedBuffer{}
	pair := d.authority.Issue(t)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &smtpSession{d: d}, nil
	}))
	server.Domain = "localhost.test"
	server.AllowInsecureAuth = true
	server.EnableSMTPUTF8 = true
	server.MaxMessageBytes = 50_000_000
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.ErrorLog = log
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	protected, err := tls.Listen("tcp", "127.0.0.1:0", server.TLSConfig)
	must(t, err)
	var running sync.WaitGroup
	for _, l := range []net.Listener{plain, protected} {
		running.Go(func() { server.Serve(l) })
	}
	s := &SMTP{
		Host: "127.0.0.1", Port: plain.Addr().(*net.TCPAddr).Port, TLSPort: protected.Addr().(*net.TCPAddr).Port,
		Roots: d.Roots, Kind: "go-smtp", Log: log.String,
	}
	s.Stop = func() { server.Close(); running.Wait() }
	t.Cleanup(s.Stop)
	return s
}

type smtpSession struct {
	d    *Dovecot
	from string
	to   []string
}

func (s *smtpSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *smtpSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if want, ok := s.d.opts.Users[name]; !ok || want != password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Error: authentication failed"}
		}
		return nil
	}), nil
}

func (s *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if _, ok := s.d.opts.Users[strings.ToLower(to)]; !ok {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + ">: Recipient address rejected: User unknown"}
	}
	s.to = append(s.to, strings.ToLower(to))
	return nil
}

func (s *smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return lmtp(s.d.LMTPPort, s.from, s.to, raw)
}

func (s *smtpSession) Reset()        { s.from, s.to = "", nil }
func (s *smtpSession) Logout() error { return nil }

// lockedBuffer is a log that a server writes and a test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b.WriteString(s)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Printf and Println are what go-smtp asks of a log.

func (l *lockedBuffer) Printf(format string, v ...any) { l.add(fmt.Sprintf(format, v...) + "\n") }
func (l *lockedBuffer) Println(v ...any)               { l.add(fmt.Sprintln(v...)) }
