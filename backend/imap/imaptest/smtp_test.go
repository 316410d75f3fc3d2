package imaptest

import (
	"crypto/tls"
	"fmt"
	"net/smtp"
	"strings"
	"testing"
	"time"
)

func TestSMTPDeliversBetweenTwoMailboxes(t *testing.T) {
	for _, start := range []func(testing.TB, *Dovecot) *SMTP{StartSMTP, StartGoSMTP} {
		d := StartDovecot(t, Options{})
		begin := time.Now()
		s := start(t, d)
		t.Logf("%s started in %v", s.Kind, time.Since(begin).Round(time.Millisecond))
		t.Run(s.Kind, func(t *testing.T) {
			must(t, send(s, "ben@example.test", Password, "ann@example.test"))
			for exists(t, d, "ann@example.test") != "* 1 EXISTS" {
				time.Sleep(10 * time.Millisecond) // a queue takes its time
			}
			if err := send(s, "ben@example.test", "wrong", "ann@example.test"); err == nil || !strings.Contains(err.Error(), "535") {
				t.Errorf("wrong password: %v", err)
			}
			for _, to := range []string{"nobody@example.test", "somebody@elsewhere.test"} {
				if err := send(s, "ben@example.test", Password, to); err == nil || !strings.Contains(err.Error(), "55") {
					t.Errorf("mail to %s: %v", to, err)
				}
			}
			conn, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.TLSPort), &tls.Config{RootCAs: s.Roots})
			must(t, err)
			conn.Close()
			s.Stop()
			if err := greeting(s.Port, "220"); err == nil {
				t.Error("it answers after Stop")
			}
		})
	}
}

func send(s *SMTP, from, password, to string) error {
	c, err := smtp.Dial(fmt.Sprintf("127.0.0.1:%d", s.Port))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.StartTLS(&tls.Config{ServerName: "127.0.0.1", RootCAs: s.Roots}); err != nil {
		return err
	}
	if err := c.Auth(smtp.PlainAuth("", from, password, "127.0.0.1")); err != nil {
		return err
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	w.Write(Message(from, to, "Hello", "Text"))
	return w.Close()
}
