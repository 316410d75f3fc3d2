package email

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"postvak/backend/inbox"
)

// smtpScript is an SMTP server that answers as a test wants.
type smtpScript struct {
	net.Listener
	answers map[string]string // by verb; "." is the final dot, "" the greeting
	cutAt   int               // bytes from the client after which it hangs up; 0: never
	hangUp  string            // the verb at which it hangs up without an answer
	pair    *tls.Certificate  // for STARTTLS

	mu        sync.Mutex
	delivered [][]byte // texts that ended with a dot, as sent
	heard     []string // all commands
}

func startScript(t testing.TB, answers map[string]string) *smtpScript {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &smtpScript{Listener: l, answers: answers}
	t.Cleanup(func() { l.Close() })
	return s
}

func (s *smtpScript) serve() *smtpScript {
	go func() {
		for {
			conn, err := s.Accept()
			if err != nil {
				return
			}
			go s.talk(conn)
		}
	}()
	return s
}

// server is how to reach it.
func (s *smtpScript) server() inbox.Server {
	return inbox.Server{Host: "127.0.0.1", Port: s.Addr().(*net.TCPAddr).Port, Security: inbox.NoTLS, Username: "ann"}
}

func (s *smtpScript) mailbox(secret string) *Mailbox {
	c := inbox.Channel{ID: "c", Address: "ann@example.test", Email: inbox.EmailSettings{SMTP: s.server()}}
	return New(Config{Channel: c, Password: func(context.Context) (string, error) { return secret, nil }})
}

var usual = map[string]string{
	"": "220 hello", "EHLO": "250-script\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN", "HELO": "250 script",
	"AUTH": "235 welcome", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 queued", "QUIT": "221 bye", "RSET": "250 ok",
}

func (s *smtpScript) answer(verb string) string {
	if a, ok := s.answers[verb]; ok {
		return a
	}
	if a, ok := usual[verb]; ok {
		return a
	}
	return "502 what?"
}

type limited struct {
	io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	n, err := l.Reader.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

func (s *smtpScript) talk(conn net.Conn) {
	defer conn.Close()
	var r io.Reader = conn
	if s.cutAt > 0 {
		r = &limited{conn, s.cutAt}
	}
	in := bufio.NewReader(r)
	fmt.Fprint(conn, s.answer("")+"\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.TrimSpace(strings.ToUpper(line)), " ")
		s.note(line)
		if verb == s.hangUp && verb != "" {
			return
		}
		answer := s.answer(verb)
		fmt.Fprint(conn, answer+"\r\n")
		switch {
		case verb == "STARTTLS" && s.pair != nil && strings.HasPrefix(answer, "220"):
			protected := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*s.pair}})
			conn, in = protected, bufio.NewReader(protected)
		case verb == "DATA" && strings.HasPrefix(answer, "354"):
			if !s.text(in) || s.hangUp == "." {
				return
			}
			fmt.Fprint(conn, s.answer(".")+"\r\n")
		}
	}
}

// lines is what the client said so far; QUIT may still be on its way.
func (s *smtpScript) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.heard)
}

func (s *smtpScript) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, strings.TrimSpace(line))
}

func (s *smtpScript) text(in *bufio.Reader) bool {
	var text []byte
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return false
		}
		if string(line) == ".\r\n" {
			s.mu.Lock()
			s.delivered = append(s.delivered, text)
			s.mu.Unlock()
			return true
		}
		text = append(text, line...)
	}
}

func (s *smtpScript) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.delivered)
}
