package email

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"postvak/backend/imap"
	"postvak/backend/inbox"
)

// checkTime bounds a whole check: the screen waits for it.
const checkTime = 28 * time.Second

// Check tries the channel's settings in the order a person would, and says of
// each step how it went: reaching, securing and signing in to the IMAP server,
// its folders, and the same for SMTP up to being allowed to send. The error is
// the first failure's, an *inbox.Error. Nothing is stored, sent or changed.
func (m *Mailbox) Check(ctx context.Context) ([]inbox.Step, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var c check
	password, err := m.password(ctx)
	if err == nil && m.cfg.Bearer != nil {
		_, err = m.cfg.Bearer.Access(ctx)
	}
	if err != nil {
		return nil, err
	}
	e := m.cfg.Channel.Email
	if c.sane("IMAP", e.IMAP) {
		c.imap(ctx, m, password)
	}
	if c.sane("SMTP", e.SMTP) {
		c.smtp(ctx, m)
	}
	return c.steps, c.first
}

type check struct {
	steps []inbox.Step
	first error
}

func (c *check) ok(step, format string, args ...any) {
	c.steps = append(c.steps, inbox.Step{Step: step, OK: true, Message: fmt.Sprintf(format, args...)})
}

func (c *check) failed(step string, err *inbox.Error) {
	c.steps = append(c.steps, inbox.Step{Step: step, Message: err.Message})
	if c.first == nil {
		c.first = err
	}
}

// sane refuses settings that must not be tried.
func (c *check) sane(proto string, s inbox.Server) bool {
	step := strings.ToLower(proto) + ".settings"
	switch {
	case s.Host == "" || strings.ContainsAny(s.Host, " \t\r\n/@"):
		c.failed(step, inbox.Errorf(inbox.Invalid, "Enter the name of the %s server.", proto))
	case s.Port < 1 || s.Port > 65535:
		c.failed(step, inbox.Errorf(inbox.Invalid, "The port of the %s server is a number from 1 to 65535.", proto))
	case s.Security != inbox.TLS && s.Security != inbox.STARTTLS && s.Security != inbox.NoTLS:
		c.failed(step, inbox.Errorf(inbox.Invalid, "Choose TLS or STARTTLS for the %s server.", proto))
	case s.Security == inbox.NoTLS && !local(strings.ToLower(s.Host)):
		c.failed(step, inbox.Errorf(inbox.Invalid, "A connection to the %s server without encryption is allowed on this computer only. Choose TLS or STARTTLS.", proto))
	default:
		return true
	}
	return false
}

// reached lists the steps that went well before err, and the one that did not.
func (c *check) reached(proto string, s inbox.Server, err error) bool {
	prefix := strings.ToLower(proto) + "."
	kind := imap.Kind("")
	if err != nil {
		kind = taken(err).kind
	}
	steps := []struct {
		name, done string
		kinds      []imap.Kind
	}{
		{"connect", fmt.Sprintf("The server answers: %s, port %d.", s.Host, s.Port), nil},
		{"secure", secured(s), []imap.Kind{imap.KindCertificate, imap.KindTLS}},
		{"sign_in", fmt.Sprintf("Signed in as %s.", s.Username), []imap.Kind{imap.KindAuth, imap.KindDisabled, imap.KindToken}},
	}
	at := -1
	for i, step := range steps {
		for _, k := range step.kinds {
			if k == kind {
				at = i
			}
		}
	}
	if err != nil && at < 0 {
		at = 0
	}
	for i, step := range steps {
		if i == at {
			c.failed(prefix+step.name, asError(proto, s, err))
			return false
		}
		c.ok(prefix+step.name, "%s", step.done)
	}
	return true
}

// asError is fault, with a name that nobody knows being a mistake in the
// settings: that is what it is while they are being typed.
func asError(proto string, s inbox.Server, err error) *inbox.Error {
	if known, ok := errors.AsType[*inbox.Error](err); ok {
		return known
	}
	code := taken(err).code()
	if taken(err).kind == imap.KindHost {
		code = inbox.Invalid
	}
	return inbox.Errorf(code, "%s", sentence(proto, s, err)).Because(err)
}

func secured(s inbox.Server) string {
	if s.Security == inbox.NoTLS {
		return "Not encrypted: it is on this computer."
	}
	return "The connection is encrypted and the certificate is right."
}

func (c *check) imap(ctx context.Context, m *Mailbox, password string) {
	s := m.cfg.Channel.Email.IMAP
	ctx, cancel := context.WithTimeout(ctx, checkTime/2)
	defer cancel()
	conn, err := imap.Dial(ctx, imapConfig(s, password, m.cfg))
	if err == nil {
		defer conn.Close()
	}
	if !c.reached("IMAP", s, err) {
		return
	}
	folders, err := m.folders(ctx, conn)
	if err == nil {
		_, err = conn.Select(ctx, folders[inbox.FolderInbox], true)
	}
	if err != nil {
		c.failed("imap.folders", asError("IMAP", s, err))
		return
	}
	sent := folders[inbox.FolderSent]
	if sent == "" {
		c.ok("imap.folders", "The inbox is %s. There is no folder for sent mail.", folders[inbox.FolderInbox])
		return
	}
	c.ok("imap.folders", "The inbox is %s, sent mail is in %s.", folders[inbox.FolderInbox], sent)
}

func (c *check) smtp(ctx context.Context, m *Mailbox) {
	s := m.cfg.Channel.Email.SMTP
	ctx, cancel := context.WithTimeout(ctx, checkTime/2)
	defer cancel()
	conn, err := m.submit(ctx)
	if err == nil {
		defer conn.quit()
	}
	if !c.reached("SMTP", s, err) {
		return
	}
	if err := conn.maySend(m.cfg.Channel.Address); err != nil {
		e := inbox.Errorf(inbox.Invalid, "The SMTP server %s does not let you send as %s: “%s”. Check the address, the user name and whether the server wants you to sign in.",
			s.Host, m.cfg.Channel.Address, taken(err).words)
		c.failed("smtp.sender", e.Because(err))
		return
	}
	c.ok("smtp.sender", "It lets you send as %s.", m.cfg.Channel.Address)
}

// maySend asks whether this sender may send, as far as can be asked without
// sending: a letter to oneself, taken back before its text. A server that puts
// us off says nothing about it.
func (c *smtpConn) maySend(address string) error {
	if err := plainAddress(address); err != nil {
		return err
	}
	for _, line := range []string{"MAIL FROM:<" + address + ">", "RCPT TO:<" + address + ">"} {
		_, _, err := c.command(250, line)
		if e, ok := errors.AsType[*smtpError](err); ok && e.code/100 == 5 {
			return err
		}
	}
	_, _, _ = c.command(250, "RSET") // what follows is QUIT
	return nil
}
