package imaptest

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// TokenDoor is a way to the servers of a Dovecot and an SMTP server that takes
// access tokens (XOAUTH2) and no passwords, on loopback without TLS.
type TokenDoor struct {
	Host               string
	IMAPPort, SMTPPort int

	whose func(access string) string
	may   func(user, mailbox string) bool
	users map[string]string

	mu   sync.Mutex
	open map[net.Conn]bool
}

// OpenTokenDoor opens the door. whose says whose an access token is, "" when it
// is nobody's; may says whether they may open a mailbox of another name, nil
// that they may not.
func OpenTokenDoor(t testing.TB, d *Dovecot, s *SMTP, whose func(access string) string, may func(user, mailbox string) bool) *TokenDoor {
	t.Helper()
	if may == nil {
		may = func(user, mailbox string) bool { return user == mailbox }
	}
	door := &TokenDoor{Host: "127.0.0.1", whose: whose, may: may, users: d.opts.Users, open: map[net.Conn]bool{}}
	door.IMAPPort = door.serve(t, d.Port, door.imap)
	door.SMTPPort = door.serve(t, s.Port, door.smtp)
	return door
}

// Cut ends all connections; new ones are let in.
func (d *TokenDoor) Cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.open {
		c.Close()
		delete(d.open, c)
	}
}

// serve relays to a port of this computer until the test ends.
func (d *TokenDoor) serve(t testing.TB, port int, speak func(r relay) bool) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	var open sync.WaitGroup
	open.Go(func() {
		for {
			outside, err := l.Accept()
			if err != nil {
				return
			}
			inside, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				outside.Close()
				continue
			}
			d.mu.Lock()
			d.open[outside], d.open[inside] = true, true
			d.mu.Unlock()
			open.Go(func() {
				defer outside.Close()
				defer inside.Close()
				r := relay{outside, inside, bufio.NewReader(outside), bufio.NewReader(inside)}
				if !speak(r) {
					return
				}
				open.Go(func() {
					_, _ = io.Copy(outside, r.in)
					outside.Close()
				})
				_, _ = io.Copy(inside, r.out)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		d.Cut()
		open.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port
}

// relay is one connection from outside and its counterpart inside.
type relay struct {
	outside, inside net.Conn
	out, in         *bufio.Reader
}

func (r relay) heard() (string, bool) { return line(r.out) }

func (r relay) answered() (string, bool) { return line(r.in) }

func line(from *bufio.Reader) (string, bool) {
	text, err := from.ReadString('\n')
	return strings.TrimRight(text, "\r\n"), err == nil
}

func (r relay) say(text string) { _, _ = io.WriteString(r.outside, text+"\r\n") }

func (r relay) ask(text string) { _, _ = io.WriteString(r.inside, text+"\r\n") }

// enter says as whom somebody with this response may come in.
func (d *TokenDoor) enter(response string) (mailbox string, ok bool) {
	raw, _ := base64.StdEncoding.DecodeString(response)
	user, rest, _ := strings.Cut(strings.TrimPrefix(string(raw), "user="), "\x01")
	access := strings.TrimSuffix(strings.TrimPrefix(rest, "auth=Bearer "), "\x01\x01")
	who := d.whose(access)
	if who == "" || !d.may(who, user) {
		return "", false
	}
	return user, true
}

// why is what the providers say of a token that they do not take, before the
// client ends the exchange with an empty line.
var why = base64.StdEncoding.EncodeToString([]byte(`{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`))

// imap lets one client sign in; false: it went.
func (d *TokenDoor) imap(r relay) bool {
	greeting, ok := r.answered()
	if !ok {
		return false
	}
	r.say(tokensOnly(greeting))
	for {
		command, ok := r.heard()
		words := strings.Fields(command)
		switch {
		case !ok:
			return false
		case len(words) > 2 && strings.EqualFold(words[1], "AUTHENTICATE") && strings.EqualFold(words[2], "XOAUTH2"):
			response := strings.Join(words[3:], "")
			if response == "" {
				r.say("+ ")
				response, _ = r.heard()
			}
			if mailbox, in := d.enter(response); in {
				r.ask(fmt.Sprintf("%s LOGIN %q %q", words[0], mailbox, d.users[mailbox]))
				return true
			}
			r.say("+ " + why)
			_, _ = r.heard()
			r.say(words[0] + " NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)")
		case len(words) > 1 && (strings.EqualFold(words[1], "LOGIN") || strings.EqualFold(words[1], "AUTHENTICATE")):
			r.say(words[0] + " NO [ALERT] Application-specific password required")
		default:
			r.ask(command)
			for done := false; !done; {
				text, ok := r.answered()
				if !ok {
					return false
				}
				r.say(tokensOnly(text))
				done = len(words) > 0 && strings.HasPrefix(text, words[0]+" ")
			}
		}
	}
}

// tokensOnly has a capability line offer access tokens alone.
func tokensOnly(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "AUTH=PLAIN", "AUTH=XOAUTH2"), " STARTTLS", "")
}

// smtp lets one client sign in; false: it went.
func (d *TokenDoor) smtp(r relay) bool {
	if !r.pass("") {
		return false
	}
	for {
		command, ok := r.heard()
		words := strings.Fields(command)
		switch {
		case !ok:
			return false
		case len(words) > 1 && strings.EqualFold(words[0], "AUTH"):
			if !strings.EqualFold(words[1], "XOAUTH2") {
				r.say("504 5.7.4 Unrecognized authentication type")
				continue
			}
			response := strings.Join(words[2:], "")
			if response == "" {
				r.say("334 ")
				response, _ = r.heard()
			}
			if mailbox, in := d.enter(response); in {
				r.ask("AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00"+mailbox+"\x00"+d.users[mailbox])))
				return true
			}
			r.say("334 " + why)
			_, _ = r.heard()
			r.say("535 5.7.8 Username and Password not accepted")
		default:
			if !r.pass(command) {
				return false
			}
		}
	}
}

// pass asks inside, unless there is nothing to ask, and hands the answer out.
func (r relay) pass(command string) bool {
	if command != "" {
		r.ask(command)
	}
	for {
		text, ok := r.answered()
		if !ok || len(text) < 4 {
			return false
		}
		if strings.HasPrefix(text[4:], "AUTH ") {
			text = text[:4] + "AUTH XOAUTH2"
		}
		if text[4:] != "STARTTLS" || text[3] == ' ' {
			r.say(text)
		}
		if text[3] == ' ' {
			return true
		}
	}
}
