package sandbox

import (
	"crypto/subtle"
	"io"
	"net"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Addresses whose local part is one of these behave badly, so that a person or
// a test can see what the program makes of it.
const (
	refusedUser = "refused" // there is no such mailbox: 550 at once
	busyUser    = "busy"    // not now: 450 each time
	bounceUser  = "bounces" // taken, and reported as undeliverable later
)

// serveSMTP is the server by which the demo company sends. take gets each mail
// that was accepted.
func serveSMTP(user, password string, take func(recipients []string, raw []byte)) func(net.Listener) error {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &smtpSession{user: user, password: password, take: take}, nil
	}))
	server.Domain = "localhost"
	server.AllowInsecureAuth = true // on loopback, with a throw-away password
	server.MaxMessageBytes = maxMail
	server.MaxRecipients = 100
	server.EnableSMTPUTF8 = true
	server.ErrorLog = silent{}
	return server.Serve
}

type smtpSession struct {
	user, password string
	take           func(recipients []string, raw []byte)
	signedIn       bool
	recipients     []string
}

var _ smtp.AuthSession = (*smtpSession)(nil)

func (s *smtpSession) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

func (s *smtpSession) Auth(mechanism string) (sasl.Server, error) {
	check := func(user, password string) error {
		same := subtle.ConstantTimeCompare([]byte(password), []byte(s.password)) == 1
		if !strings.EqualFold(user, s.user) || !same {
			return smtp.ErrAuthFailed
		}
		s.signedIn = true
		return nil
	}
	if mechanism == sasl.Login {
		return &loginServer{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// loginServer is AUTH LOGIN, which many clients prefer and the library has for
// clients only.
type loginServer struct {
	check func(user, password string) error
	user  *string
	asked bool
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil && !l.asked:
		l.asked = true
		return []byte("Username:"), false, nil
	case l.user == nil:
		user := string(response)
		l.user, l.asked = &user, true
		return []byte("Password:"), false, nil
	default:
		return nil, true, l.check(*l.user, string(response))
	}
}

func (s *smtpSession) Mail(string, *smtp.MailOptions) error {
	if !s.signedIn {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch local, _, _ := strings.Cut(strings.ToLower(to), "@"); local {
	case refusedUser:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	case busyUser:
		return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "Mailbox busy, please try again later"}
	}
	s.recipients = append(s.recipients, to)
	return nil
}

func (s *smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.take(s.recipients, raw)
	return nil
}

func (s *smtpSession) Reset() { s.recipients = nil }

func (s *smtpSession) Logout() error { return nil }
