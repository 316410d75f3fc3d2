package imaptest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

func TestDovecotDeliversAndComesBack(t *testing.T) {
	for _, format := range []string{"maildir", "sdbox", "mdbox"} {
		t.Run(format, func(t *testing.T) {
			begin := time.Now()
			d := StartDovecot(t, Options{Format: format})
			t.Logf("started in %v", time.Since(begin).Round(time.Millisecond))
			d.Deliver(t, "ann@example.test", Message("x@elsewhere.test", "ann@example.test", "Hello", "Text"))
			if got := exists(t, d, "ann@example.test"); got != "* 1 EXISTS" {
				t.Fatalf("after delivery: %s", got)
			}
			d.Stop()
			if _, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", d.Port)); err == nil {
				t.Fatal("somebody still listens after Stop")
			}
			d.Start(t)
			if got := exists(t, d, "ann@example.test"); got != "* 1 EXISTS" {
				t.Fatalf("after a restart: %s", got)
			}
		})
	}
}

// exists signs in over TLS and says how many messages INBOX has.
func exists(t *testing.T, d *Dovecot, user string) string {
	t.Helper()
	conn, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", d.TLSPort), &tls.Config{RootCAs: d.Roots})
	must(t, err)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "a LOGIN %s %s\r\nb EXAMINE INBOX\r\nc LOGOUT\r\n", user, Password)
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if strings.HasSuffix(lines.Text(), " EXISTS") {
			return lines.Text()
		}
	}
	return "nothing"
}
