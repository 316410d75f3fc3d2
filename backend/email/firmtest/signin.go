package firmtest

import (
	"encoding/base64"
	"strings"
)

// why is the challenge by which a token is refused.
var why = map[Firm]string{
	Gmail:    `{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`,
	Exchange: "",
}

// authenticate takes access tokens only, by XOAUTH2.
func (c *conn) authenticate(cmd command) bool {
	mechanism, response, given := strings.Cut(cmd.args, " ")
	if !strings.EqualFold(mechanism, "XOAUTH2") {
		c.say("%s NO Unsupported authentication mechanism.", cmd.tag)
		return true
	}
	if !given {
		c.say("+ ")
		line, err := c.in.ReadString('\n')
		if err != nil {
			return false
		}
		response = strings.TrimRight(line, "\r\n")
	}
	user, access, ok := xoauth2(response)
	if !ok {
		c.say("%s BAD Command Argument Error. 12", cmd.tag)
		return true
	}
	if !c.s.mayOpen(access, user) {
		return c.refuse(cmd)
	}
	return c.admit(cmd, user, access)
}

// xoauth2 takes a response apart.
func xoauth2(response string) (user, access string, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(response)
	rest, found := strings.CutPrefix(string(raw), "user=")
	user, rest, more := strings.Cut(rest, "\x01auth=Bearer ")
	access, end := strings.CutSuffix(rest, "\x01\x01")
	return user, access, err == nil && found && more && end
}

// refuse is told in a challenge by Gmail, which waits for an empty line, and at
// once by Exchange.
func (c *conn) refuse(cmd command) bool {
	if c.s.cfg.Firm == Exchange {
		c.say("%s NO AUTHENTICATE failed.", cmd.tag)
		return true
	}
	c.say("+ %s", base64.StdEncoding.EncodeToString([]byte(why[Gmail])))
	line, err := c.in.ReadString('\n')
	if err != nil {
		return false
	}
	if strings.TrimRight(line, "\r\n") != "" {
		c.say("%s BAD Invalid SASL argument.", cmd.tag)
		return true
	}
	c.say("%s NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", cmd.tag)
	return true
}

func (c *conn) admit(cmd command, user, access string) bool {
	c.s.mu.Lock()
	box := c.s.boxes[user]
	full := box.open >= c.s.cfg.Most
	if !full {
		box.open++
		c.box, c.access = box, access
		c.s.most = max(c.s.most, box.open)
	}
	c.s.mu.Unlock()
	if full && c.s.cfg.Firm == Gmail {
		c.say("%s NO [ALERT] Too many simultaneous connections. (Failure)", cmd.tag)
		return true
	}
	c.say("%s OK %s", cmd.tag, map[Firm]string{Gmail: user + " authenticated (Success)", Exchange: "AUTHENTICATE completed."}[c.s.cfg.Firm])
	if full { // Exchange lets one in, and is of no use then
		c.say("* BYE Connection is closed. 13")
		return false
	}
	return true
}
