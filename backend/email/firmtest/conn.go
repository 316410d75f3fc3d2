package firmtest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
)

// conn is one IMAP connection.
type conn struct {
	net.Conn
	s      *Server
	in     *bufio.Reader
	access string
	box    *mailbox // nil before signing in
	folder *folder  // nil: none is selected
	known  int      // messages the client was told of
}

func (s *Server) accept() {
	for {
		nc, err := s.imap.Accept()
		if err != nil {
			return
		}
		c := &conn{Conn: nc, s: s, in: bufio.NewReader(nc)}
		s.mu.Lock()
		s.conns[c] = true
		if s.ended {
			_ = nc.Close()
		}
		s.mu.Unlock()
		s.work.Go(c.serve)
	}
}

func (c *conn) serve() {
	defer c.leave()
	c.say("* OK %s", map[Firm]string{Gmail: "Gimap ready for requests", Exchange: "The Microsoft Exchange IMAP4 service is ready. [QQBNAA==]"}[c.s.cfg.Firm])
	for {
		cmd, err := c.read()
		if err != nil || !c.perform(cmd) {
			return
		}
	}
}

func (c *conn) leave() {
	_ = c.Close()
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	delete(c.s.conns, c)
	if c.box != nil {
		c.box.open--
	}
}

func (c *conn) say(format string, args ...any) { _, _ = fmt.Fprintf(c, format+"\r\n", args...) }

// command is one of the client's, its literal apart.
type command struct {
	tag, verb, args string
	literal         []byte
}

var announced = regexp.MustCompile(`\{(\d+)(\+?)\}$`)

const mostLiteral = 30 << 20

func (c *conn) read() (cmd command, err error) {
	var all string
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return cmd, err
		}
		all += strings.TrimRight(line, "\r\n")
		m := announced.FindStringSubmatch(all)
		if m == nil {
			break
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || n > mostLiteral {
			return cmd, io.ErrShortBuffer
		}
		if m[2] == "" {
			c.say("+ Ready for additional command text.")
		}
		cmd.literal = make([]byte, n)
		if _, err := io.ReadFull(c.in, cmd.literal); err != nil {
			return cmd, err
		}
		all = strings.TrimSuffix(all, m[0])
	}
	tag, rest, _ := strings.Cut(all, " ")
	verb, args, _ := strings.Cut(rest, " ")
	if cmd.tag, cmd.verb, cmd.args = tag, strings.ToUpper(verb), args; cmd.verb == "UID" {
		verb, args, _ = strings.Cut(args, " ")
		cmd.verb, cmd.args = "UID "+strings.ToUpper(verb), args
	}
	return cmd, nil
}

// perform answers one command; false ends the connection.
func (c *conn) perform(cmd command) bool {
	switch cmd.verb {
	case "CAPABILITY":
		c.say("* CAPABILITY %s", c.capabilities())
		c.say("%s OK CAPABILITY completed.", cmd.tag)
		return true
	case "LOGOUT":
		c.say("* BYE LOGOUT Requested")
		c.say("%s OK LOGOUT completed.", cmd.tag)
		return false
	case "NOOP":
		c.news()
		c.say("%s OK NOOP completed.", cmd.tag)
		return c.alive()
	case "LOGIN":
		c.say("%s NO %s", cmd.tag, map[Firm]string{Gmail: "[ALERT] Application-specific password required", Exchange: "LOGIN failed."}[c.s.cfg.Firm])
		return true
	case "AUTHENTICATE":
		return c.authenticate(cmd)
	}
	if c.box == nil {
		c.say("%s BAD Command received in Invalid state.", cmd.tag)
		return true
	}
	return c.alive() && c.heavy(cmd)
}

// capabilities are other ones after signing in.
func (c *conn) capabilities() string {
	if c.box == nil {
		return map[Firm]string{
			Gmail:    "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER",
			Exchange: "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+",
		}[c.s.cfg.Firm]
	}
	return map[Firm]string{
		Gmail:    "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584",
		Exchange: "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+",
	}[c.s.cfg.Firm]
}

// alive ends a session whose token did.
func (c *conn) alive() bool {
	if c.box == nil || c.s.valid(c.access) {
		return true
	}
	c.say("* BYE %s", map[Firm]string{Gmail: "Session expired, please login again.", Exchange: "Session invalidated - AccessTokenExpired"}[c.s.cfg.Firm])
	return false
}

// news tells of what came since the client was told.
func (c *conn) news() {
	c.s.mu.Lock()
	n := c.known
	if c.folder != nil {
		n = len(c.folder.items)
	}
	c.s.mu.Unlock()
	if n > c.known {
		c.known = n
		c.say("* %d EXISTS", n)
	}
}
