package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
)

// TestCheckNamesEachFault: over real servers, each mistake has its own sentence
// at its own step.
func TestCheckNamesEachFault(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	smtp := imaptest.StartSMTP(t, d)
	nobody := imaptest.FreePort(t)
	for _, c := range []struct {
		name    string
		change  func(*Config)
		step    string
		code    inbox.Code
		message string
	}{
		{"right", func(*Config) {}, "", "", ""},
		{"wrong password", password("wrong"), "imap.sign_in", inbox.Auth, "does not accept the user name or the password"},
		{"nobody listens", func(c *Config) { c.Channel.Email.IMAP.Port = nobody }, "imap.connect", inbox.Unavailable, "Nothing answers"},
		{"unknown certificate", func(c *Config) { c.Roots = imaptest.NewAuthority(t).Roots }, "imap.secure", inbox.Invalid, "issued by somebody this computer does not know"},
		{"no encryption elsewhere", func(c *Config) {
			c.Channel.Email.IMAP.Host, c.Channel.Email.IMAP.Security = "mail.example", inbox.NoTLS
		}, "imap.settings", inbox.Invalid, "on this computer only"},
		{"no host", func(c *Config) { c.Channel.Email.IMAP.Host = "" }, "imap.settings", inbox.Invalid, "Enter the name"},
		{"TLS on a plain port", func(c *Config) { c.Channel.Email.IMAP.Port = d.Port }, "imap.secure", inbox.Invalid, "perhaps it wants STARTTLS"},
		{"SMTP: nobody listens", func(c *Config) { c.Channel.Email.SMTP.Port = nobody }, "smtp.connect", inbox.Unavailable, "Nothing answers"},
		{"SMTP: not one's own address", func(c *Config) { c.Channel.Address = "nobody@example.test" }, "smtp.sender", inbox.Invalid, "does not let you send as nobody@example.test"},
	} {
		cfg := channelOn(d, smtp, ann)
		c.change(&cfg)
		steps, err := New(cfg).Check(context.Background())
		if c.step == "" {
			if err != nil || len(steps) != 8 {
				t.Errorf("%s: %v, %+v", c.name, err, steps)
			}
			continue
		}
		failed := ""
		for _, s := range steps {
			if !s.OK && failed == "" {
				failed = s.Step
			}
			if s.Message == "" || strings.Contains(s.Message, "wrong.") {
				t.Errorf("%s: step %+v", c.name, s)
			}
		}
		if failed != c.step || c.code != "" && inbox.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s: failed at %q with %v", c.name, failed, err)
		}
	}
}

func password(p string) func(*Config) {
	return func(c *Config) { c.Password = func(context.Context) (string, error) { return p, nil } }
}

// TestCheckOfSMTPAnswers: what a scripted server says gets its sentence.
func TestCheckOfSMTPAnswers(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	for _, c := range []struct {
		answers map[string]string
		step    string
		code    inbox.Code
		message string
	}{
		{map[string]string{"AUTH": "535 5.7.8 no"}, "smtp.sign_in", inbox.Auth, "app password"},
		{map[string]string{"AUTH": "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant"}, "smtp.sign_in", inbox.Auth, "Switch SMTP on"},
		{map[string]string{"AUTH": "454 4.7.0 too many logins"}, "smtp.connect", inbox.Unavailable, "busy"},
		{map[string]string{"MAIL": "553 5.7.1 not owned by you"}, "smtp.sender", inbox.Invalid, "not owned by you"},
		{map[string]string{"RCPT": "554 5.7.1 relay access denied"}, "smtp.sender", inbox.Invalid, "relay access denied"},
		{map[string]string{"RCPT": "450 greylisted"}, "", "", ""},
	} {
		s := startScript(t, c.answers).serve()
		cfg := channelOn(d, nil, ann)
		cfg.Channel.Email.SMTP = s.server()
		steps, err := New(cfg).Check(context.Background())
		last := steps[len(steps)-1]
		if c.step == "" {
			if err != nil {
				t.Errorf("%v: %v", c.answers, err)
			}
		} else if last.Step != c.step || inbox.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%v: %+v, %v", c.answers, last, err)
		}
		if s.has("DATA") {
			t.Error("a check sent something")
		}
	}
}

// TestSentences: each kind of fault says what is wrong and what to do.
func TestSentences(t *testing.T) {
	s := inbox.Server{Host: "imap.example", Port: 993, Security: inbox.TLS}
	expired := x509.CertificateInvalidError{Reason: x509.Expired}
	otherName := x509.HostnameError{Host: "imap.example", Certificate: &x509.Certificate{DNSNames: []string{"mail.hoster.example"}}}
	for _, c := range []struct {
		err  error
		code inbox.Code
		says string
	}{
		{dialFault(&net.DNSError{IsNotFound: true}), inbox.Unavailable, "no server named imap.example"},
		{dialFault(syscall.ECONNREFUSED), inbox.Unavailable, "Nothing answers"},
		{dialFault(errors.New("network is unreachable")), inbox.Unavailable, "Check your network"},
		{dialFault(os.ErrDeadlineExceeded), inbox.Unavailable, "in time"},
		{handshakeFault(&tls.CertificateVerificationError{Err: expired}), inbox.Invalid, "expired"},
		{handshakeFault(&tls.CertificateVerificationError{Err: otherName}), inbox.Invalid, "made for mail.hoster.example"},
		{handshakeFault(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), inbox.Invalid, "does not know"},
		{handshakeFault(io.EOF), inbox.Unavailable, "was lost"},
		{handshakeFault(errors.New("first record does not look like a TLS handshake")), inbox.Invalid, "STARTTLS"},
		{&imap.Error{Kind: imap.KindDisabled, Server: "IMAP is disabled"}, inbox.Auth, "Switch IMAP on"},
		{&imap.Error{Kind: imap.KindQuota}, inbox.Unavailable, "full"},
		{&imap.Error{Kind: imap.KindBusy, Server: "too many connections"}, inbox.Unavailable, "too many connections"},
		{&imap.Error{Kind: imap.KindClosed}, inbox.Unavailable, "was lost"},
	} {
		err := fault("IMAP", s, c.err)
		if inbox.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %s %v", c.err, inbox.CodeOf(err), err)
		}
	}
	if e := asError("IMAP", s, dialFault(&net.DNSError{IsNotFound: true})); e.Code != inbox.Invalid {
		t.Errorf("a typed name that nobody knows is %s", e.Code)
	}
}

func TestLoopback(t *testing.T) {
	if loopback(&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}) || !loopback(&net.TCPAddr{IP: net.IPv6loopback}) {
		t.Error("loopback is something else")
	}
}
