package imaptest

import (
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var serial atomic.Int64

// Deliver puts messages into a user's INBOX the way mail arrives, by LMTP, and
// returns when they are there.
func (d *Dovecot) Deliver(t testing.TB, user string, messages ...[]byte) {
	t.Helper()
	must(t, lmtp(d.LMTPPort, "sender@elsewhere.test", []string{user}, messages...))
}

// Message is a small mail with a Message-ID that no other has.
func Message(from, to, subject, text string) []byte {
	id := fmt.Sprintf("<%d.%s@imaptest.invalid>", time.Now().UnixNano(), strconv.Itoa(int(serial.Add(1))))
	return MessageWithID(id, from, to, subject, text)
}

// MessageWithID is a small mail. Lines of text end in \n or \r\n.
func MessageWithID(id, from, to, subject, text string) []byte {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	return []byte("From: " + from + "\r\nTo: " + to + "\r\nSubject: " + subject + "\r\nMessage-ID: " + id +
		"\r\nDate: " + time.Now().UTC().Format(time.RFC1123Z) + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n")
}

// lmtp hands messages to an LMTP server on loopback.
func lmtp(port int, from string, to []string, messages ...[]byte) error {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Minute))
	c := textproto.NewConn(conn)
	if _, _, err := c.ReadResponse(220); err != nil {
		return err
	}
	if err := say(c, 250, "LHLO localhost"); err != nil {
		return err
	}
	for _, m := range messages {
		if err := lmtpOne(c, from, to, m); err != nil {
			return err
		}
	}
	return say(c, 221, "QUIT")
}

func lmtpOne(c *textproto.Conn, from string, to []string, message []byte) error {
	if err := say(c, 250, "MAIL FROM:<"+from+">"); err != nil {
		return err
	}
	for _, rcpt := range to {
		if err := say(c, 250, "RCPT TO:<"+rcpt+">"); err != nil {
			return err
		}
	}
	if err := say(c, 354, "DATA"); err != nil {
		return err
	}
	w := c.DotWriter()
	if _, err := w.Write(message); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	for range to { // LMTP answers for each recipient
		if _, _, err := c.ReadResponse(250); err != nil {
			return err
		}
	}
	return nil
}

func say(c *textproto.Conn, expect int, line string) error {
	if err := c.PrintfLine("%s", line); err != nil {
		return err
	}
	_, _, err := c.ReadResponse(expect)
	return err
}
