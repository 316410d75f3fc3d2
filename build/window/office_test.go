//go:build packages

package window

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"postvak/app"
	"postvak/backend/imap/imaptest"
)

const (
	mailbox  = "info@example.test" // the team's
	customer = "clara@example.test"
	password = "lamp-7Kast.Stoel/29"
)

// office is a company's mail servers and the network between them and everybody.
type office struct {
	dovecot    *imaptest.Dovecot
	imap, smtp *toxiproxy.Proxy
	mails      int
}

func openOffice(t *testing.T) *office {
	t.Helper()
	o := &office{dovecot: imaptest.StartDovecot(t, imaptest.Options{Users: map[string]string{mailbox: password, customer: password}})}
	post := imaptest.StartSMTP(t, o.dovecot)
	network := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	wire := func(name string, to int) *toxiproxy.Proxy {
		at := net.JoinHostPort("127.0.0.1", strconv.Itoa(imaptest.FreePort(t)))
		return toxiproxy.NewProxy(network, name, at, net.JoinHostPort("127.0.0.1", strconv.Itoa(to)))
	}
	o.imap, o.smtp = wire("imap", o.dovecot.TLSPort), wire("smtp", post.Port)
	o.connects(t)
	t.Cleanup(o.disconnects)
	return o
}

func (o *office) connects(t *testing.T) {
	t.Helper()
	for _, wire := range []*toxiproxy.Proxy{o.imap, o.smtp} {
		if err := wire.Start(); err != nil {
			t.Fatal(err)
		}
	}
}

// disconnects takes the network away, in the middle of whatever goes on.
func (o *office) disconnects() {
	o.imap.Stop()
	o.smtp.Stop()
}

// trusted has a program take the servers' certificates, and no others.
func (o *office) trusted() []string {
	return []string{"SSL_CERT_FILE=" + filepath.Join(o.dovecot.Dir, "cert.pem"), "SSL_CERT_DIR=/nowhere"}
}

func port(wire *toxiproxy.Proxy) int {
	_, number, _ := net.SplitHostPort(wire.Listen)
	n, _ := strconv.Atoi(number)
	return n
}

// server is what a person types of one.
func server(wire *toxiproxy.Proxy, security string) app.Server {
	return app.Server{Host: "127.0.0.1", Port: port(wire), Security: security, Username: mailbox}
}

// teamMailbox is what a person types to share the mailbox.
func (o *office) teamMailbox() app.MailboxRequest {
	imap := server(o.imap, "tls")
	return app.MailboxRequest{
		Host: imap.Host, Port: imap.Port, Security: imap.Security, Username: mailbox, Password: password,
		SMTP: server(o.smtp, "starttls"),
	}
}

// writes lets the customer write; the first mail with a subject begins a
// thread, the others go on with it.
func (o *office) writes(t *testing.T, subject, text string) {
	t.Helper()
	o.mails++
	first := "<" + strings.ReplaceAll(subject, " ", "-") + "@example.test>"
	mail := func(id, subject string) []byte {
		return imaptest.MessageWithID(id, "Clara Winter <"+customer+">", mailbox, subject, text)
	}
	if o.had(t, mailbox, "Subject: "+subject) == 0 {
		o.dovecot.Deliver(t, mailbox, mail(first, subject))
		return
	}
	id := "<more" + strconv.Itoa(o.mails) + "@example.test>"
	o.dovecot.Deliver(t, mailbox, append([]byte("References: "+first+"\r\n"), mail(id, "Re: "+subject)...))
}

// had counts the mails in somebody's INBOX that contain a text.
func (o *office) had(t *testing.T, user, text string) (n int) {
	t.Helper()
	for _, folder := range []string{"new", "cur"} {
		paths, err := filepath.Glob(filepath.Join(o.dovecot.Dir, "mail", user, "Maildir", folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if os.IsNotExist(err) {
				return o.had(t, user, text) // it was renamed meanwhile
			}
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(content), text) {
				n++
			}
		}
	}
	return n
}

// got waits until the customer has a mail with a text, and looks that they have
// it once.
func (o *office) got(t *testing.T, text string) {
	t.Helper()
	eventually(t, "the customer has: "+text, func() bool { return o.had(t, customer, text) > 0 })
	if n := o.had(t, customer, text); n != 1 {
		t.Errorf("the customer got %q %d times", text, n)
	}
}
