package email

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"postvak/backend/imap"
	"postvak/backend/inbox"
)

// Send hands a frozen message to the channel's SMTP server, once, on a
// connection of its own. It makes no second attempt: where it fails before the
// last byte the outcome is Later, or Refused when the server said no for good;
// a refusal of any one recipient refuses the whole, before the text is sent.
//
// commit is called just before the last byte. Without its nil the message is
// not handed over (Later). When the connection is lost after that byte, or the
// answer makes no sense, the outcome is Unknown.
func (m *Mailbox) Send(ctx context.Context, r inbox.Rendered, _ inbox.Permit, commit func() error) inbox.SendResult {
	server := m.cfg.Channel.Email.SMTP
	c, err := m.submit(ctx)
	if err != nil {
		return later(notIn(server, err))
	}
	defer c.close()
	if err := c.envelope(r); err != nil {
		return outcome(server, err)
	}
	if err := c.text(r.Wire); err != nil {
		return outcome(server, err)
	}
	if err := commit(); err != nil {
		return later(fmt.Sprintf("The outbox could not be written: %s", err))
	}
	return c.finish(server)
}

// notIn is why nobody is signed in to the server.
func notIn(server inbox.Server, err error) string {
	if known, ok := errors.AsType[*inbox.Error](err); ok {
		return known.Message
	}
	return sentence("SMTP", server, err)
}

func later(reason string) inbox.SendResult {
	return inbox.SendResult{Outcome: inbox.Later, Reason: reason}
}

// outcome sorts a failure before the last byte: only a 5xx answer to this
// message is final; one about signing in is not about this message.
func outcome(server inbox.Server, err error) inbox.SendResult {
	e, ok := errors.AsType[*smtpError](err)
	if !ok || e.code/100 != 5 || e.code == 530 || e.code == 535 {
		return later(sentence("SMTP", server, err))
	}
	if isExhausted(e) {
		return later(refusalForNow(e))
	}
	return inbox.SendResult{Outcome: inbox.Refused, Reason: refusal(e)}
}

func refusal(e *smtpError) string {
	return fmt.Sprintf("The mail server refused the message: “%s”", e.server)
}

// envelope says from whom and to whom. All recipients are asked before any
// text is sent.
func (c *smtpConn) envelope(r inbox.Rendered) error {
	from, err := c.mailFrom(r)
	if err != nil {
		return err
	}
	if _, _, err := c.command(250, from); err != nil {
		return err
	}
	if len(r.Recipients) == 0 {
		return &smtpError{kind: imap.KindNo, code: 554, server: "there is no recipient"}
	}
	for _, to := range r.Recipients {
		if err := plainAddress(to); err != nil {
			return err
		}
		if _, _, err := c.command(250, "RCPT TO:<"+to+">"); err != nil {
			if e, ok := errors.AsType[*smtpError](err); ok && e.code != 0 {
				e.server = to + ": " + e.server
			}
			return err
		}
	}
	_, _, err = c.command(354, "DATA")
	return err
}

// mailFrom is the MAIL command with the extensions this message needs.
func (c *smtpConn) mailFrom(r inbox.Rendered) (string, error) {
	if err := plainAddress(r.From); err != nil {
		return "", err
	}
	line := "MAIL FROM:<" + r.From + ">"
	if limit, ok := c.ext["SIZE"]; ok {
		if n, err := strconv.Atoi(limit); err == nil && n > 0 && len(r.Wire) > n {
			return "", &smtpError{kind: imap.KindNo, code: 552, server: fmt.Sprintf("it has %d kB, the server takes %d kB", len(r.Wire)>>10, n>>10)}
		}
		line += " SIZE=" + strconv.Itoa(len(r.Wire))
	}
	if _, ok := c.ext["8BITMIME"]; ok && !ascii(string(r.Wire)) {
		line += " BODY=8BITMIME"
	}
	if !ascii(r.From + strings.Join(r.Recipients, "")) {
		if _, ok := c.ext["SMTPUTF8"]; !ok {
			return "", &smtpError{kind: imap.KindNo, code: 553, server: "it takes no addresses with letters outside of ASCII"}
		}
		line += " SMTPUTF8"
	}
	return line, nil
}

// plainAddress keeps out what would end the command or the path early.
func plainAddress(a string) error {
	if a == "" || strings.ContainsAny(a, "<> \t\r\n\x00") {
		return &smtpError{kind: imap.KindNo, code: 553, server: fmt.Sprintf("%q is no address", a)}
	}
	return nil
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// text sends the message up to, and without, the final dot.
func (c *smtpConn) text(wire []byte) error {
	stuffed := dotStuff(wire)
	for len(stuffed) > 0 {
		part := stuffed[:min(len(stuffed), 64<<10)]
		c.patience(smtpStep)
		if _, err := c.conn.Write(part); err != nil {
			return c.early(err)
		}
		stuffed = stuffed[len(part):]
	}
	return nil
}

// early reads why a server hung up in the middle of the text, if it said so.
func (c *smtpConn) early(cause error) error {
	c.patience(smtpFalling)
	var e *smtpError
	if _, _, err := c.answer(250); errors.As(err, &e) && e.code != 0 {
		return e
	}
	return lost(cause)
}

// dotStuff doubles dots at the start of lines and ends the text with CRLF.
// Bytes that are CRLF text go as they are; a lone CR or LF, which servers
// understand differently (and can be led to see an end where none is), becomes
// CRLF.
func dotStuff(wire []byte) []byte {
	out := make([]byte, 0, len(wire)+len(wire)/64+8)
	for len(wire) > 0 {
		n := bytes.IndexAny(wire, "\r\n")
		line, rest := wire, []byte(nil)
		if n >= 0 {
			line, rest = wire[:n], wire[n+1:]
			if wire[n] == '\r' && len(rest) > 0 && rest[0] == '\n' {
				rest = rest[1:]
			}
		}
		if len(line) > 0 && line[0] == '.' {
			out = append(out, '.')
		}
		out = append(append(out, line...), '\r', '\n')
		wire = rest
	}
	return out
}

// finish sends the final dot. From here on only a whole answer says what
// became of the message.
func (c *smtpConn) finish(server inbox.Server) inbox.SendResult {
	c.dot()
	_, err := io.WriteString(c.conn, ".\r\n")
	if err == nil {
		_, _, err = c.answer(250)
	}
	var e *smtpError
	switch {
	case err == nil:
		c.quit()
		return inbox.SendResult{Outcome: inbox.Accepted}
	case errors.As(err, &e) && (e.code/100 == 4 || isExhausted(e)):
		return later(refusalForNow(e))
	case errors.As(err, &e) && e.code/100 == 5:
		return inbox.SendResult{Outcome: inbox.Refused, Reason: refusal(e)}
	}
	return inbox.SendResult{Outcome: inbox.Unknown, Reason: sentence("SMTP", server, err)}
}

func refusalForNow(e *smtpError) string {
	return fmt.Sprintf("The mail server does not take the message at the moment: “%s”", e.server)
}
