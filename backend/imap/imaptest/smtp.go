package imaptest

import (
	"crypto/x509"
	"os"
	"testing"
)

// SMTP is a running SMTP server. People sign in with their mailbox's name and
// password; mail for Dovecot's users is delivered there by LMTP, mail for
// unknown users of the same domains is refused at RCPT, mail for anybody else
// too: nothing leaves the machine.
type SMTP struct {
	Host    string // 127.0.0.1
	Port    int    // plain, with STARTTLS; signing in works on both
	TLSPort int
	Roots   *x509.CertPool
	Kind    string // "postfix" or "go-smtp"
	// Log is what it wrote down.
	Log func() string
	// Stop takes it away. Nil-safe to leave to the test's end.
	Stop func()
}

// StartSMTP starts Postfix where it is installed and we are root, else go-smtp
// in this process, and says which.
func StartSMTP(t testing.TB, d *Dovecot) *SMTP {
	t.Helper()
	if os.Getuid() == 0 && isFile("/usr/sbin/postfix") {
		return startPostfix(t, d)
	}
	t.Log("SMTP is go-smtp in this process: Postfix needs root and `apt-get install postfix`")
	return startGoSMTP(t, d)
}

// StartGoSMTP starts go-smtp also where Postfix could run.
func StartGoSMTP(t testing.TB, d *Dovecot) *SMTP {
	t.Helper()
	return startGoSMTP(t, d)
}
