package firmtest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// What a line may have in AUTH's exchange, and the command itself (RFC 4954, 4):
// Microsoft's tokens do not fit into that.
const (
	mostAuth    = 12288
	mostCommand = 512
)

// narrow hangs up on whoever sends a longer command.
type narrow struct{ net.Listener }

// Accept implements net.Listener.
func (n narrow) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	return narrowConn{c}, err
}

type narrowConn struct{ net.Conn }

// Read implements net.Conn. Clients send a command at once.
func (c narrowConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if bytes.HasPrefix(p[:n], []byte("AUTH ")) && n > mostCommand {
		return 0, errors.New("a command that is too long")
	}
	return n, err
}

func (s *Server) submission() *smtp.Server {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sending{s: s}, nil }))
	server.Domain = map[Firm]string{Gmail: "smtp.gmail.com", Exchange: "AM0PR02CA0001.outlook.office365.com"}[s.cfg.Firm]
	server.AllowInsecureAuth, server.MaxLineLength, server.MaxMessageBytes = true, mostAuth, mostLiteral
	server.EnableSMTPUTF8 = true
	server.ErrorLog = silent{}
	return server
}

// sending is one SMTP session.
type sending struct {
	s    *Server
	user string
	to   []string
}

func said(code int, a, b, c int, words string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: words}
}

// AuthMechanisms implements smtp.AuthSession.
func (x *sending) AuthMechanisms() []string {
	return map[Firm][]string{Gmail: {"LOGIN", "PLAIN", "XOAUTH2", "PLAIN-CLIENTTOKEN", "OAUTHBEARER"}, Exchange: {"LOGIN", "XOAUTH2"}}[x.s.cfg.Firm]
}

// Auth implements smtp.AuthSession.
func (x *sending) Auth(mechanism string) (sasl.Server, error) {
	if mechanism != "XOAUTH2" {
		return nil, said(535, 5, 7, 139, "Authentication unsuccessful, basic authentication is disabled.")
	}
	return &taking{x: x}, nil
}

// taking is the server's side of XOAUTH2.
type taking struct {
	x       *sending
	refused bool
}

// Next implements sasl.Server.
func (t *taking) Next(response []byte) (challenge []byte, done bool, err error) {
	firm := t.x.s.cfg.Firm
	switch {
	case t.refused && len(response) > 0:
		return nil, false, said(501, 5, 5, 2, "Cannot decode response")
	case t.refused && firm == Gmail:
		return nil, false, said(535, 5, 7, 8, "Username and Password not accepted. For more information, go to https://support.google.com/mail/?p=BadCredentials")
	case t.refused:
		return nil, false, said(535, 5, 7, 3, "Authentication unsuccessful [AM0PR02CA0001.eurprd02.prod.outlook.com]")
	case response == nil:
		return nil, false, nil
	}
	rest, found := strings.CutPrefix(string(response), "user=")
	user, rest, more := strings.Cut(rest, "\x01auth=Bearer ")
	access, end := strings.CutSuffix(rest, "\x01\x01")
	if !found || !more || !end {
		return nil, false, said(501, 5, 5, 2, "Cannot decode response")
	}
	if !t.x.s.mayOpen(access, user) {
		t.refused = true
		return []byte(why[Gmail]), false, nil
	}
	t.x.user = user
	return nil, true, nil
}

// Mail implements smtp.Session.
func (x *sending) Mail(from string, _ *smtp.MailOptions) error {
	x.s.mu.Lock()
	throttled := x.s.throttled
	x.s.mu.Unlock()
	firm := x.s.cfg.Firm
	switch {
	case x.user == "":
		return said(530, 5, 7, 57, "Client not authenticated to send mail.")
	case throttled && firm == Gmail:
		return said(550, 5, 4, 5, "Daily user sending limit exceeded.")
	case throttled:
		return said(432, 4, 3, 2, "Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.")
	case firm == Exchange && !strings.EqualFold(from, x.user):
		return said(550, 5, 7, 60, "SMTP; Client does not have permissions to send as this sender")
	}
	return nil
}

// Rcpt implements smtp.Session.
func (x *sending) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if x.s.boxes[to] == nil {
		return said(550, 5, 1, 1, "The email account that you tried to reach does not exist.")
	}
	x.to = append(x.to, to)
	return nil
}

// Data implements smtp.Session. Gmail files what it sends by itself, in its own
// form.
func (x *sending) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return errors.New("the text broke off")
	}
	x.s.set(func() {
		x.s.sent++
		if x.s.cfg.Firm == Gmail {
			own := append([]byte("Return-Path: <"+x.user+">\r\n"), raw...)
			x.s.boxes[x.user].deliver(sentFolder[Gmail], own, time.Now(), []string{`\Seen`})
		}
		for _, to := range x.to {
			x.s.boxes[to].deliver("INBOX", raw, time.Now(), nil)
		}
	})
	return nil
}

// Reset implements smtp.Session.
func (x *sending) Reset() { x.to = nil }

// Logout implements smtp.Session.
func (x *sending) Logout() error { return nil }

// silent takes what go-smtp logs.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}
