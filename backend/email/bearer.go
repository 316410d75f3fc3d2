package email

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"postvak/backend/imap"
	"postvak/backend/inbox"
)

// submit opens an SMTP connection, signed in. The caller closes it.
func (m *Mailbox) submit(ctx context.Context) (*smtpConn, error) {
	if m.cfg.Bearer == nil {
		password, err := m.password(ctx)
		if err != nil {
			return nil, err
		}
		return m.submitWith(ctx, password)
	}
	access, err := m.cfg.Bearer.Access(ctx)
	if err != nil {
		return nil, err
	}
	c, refused := m.submitWith(ctx, access)
	if e, ok := errors.AsType[*smtpError](refused); !ok || e.kind != imap.KindToken {
		return c, refused
	}
	m.cfg.Bearer.Refused(access) // it may have ended a moment ago: once more, with another
	again, err := m.cfg.Bearer.Access(ctx)
	switch {
	case err != nil:
		return nil, err
	case again == access:
		return nil, refused
	}
	return m.submitWith(ctx, again)
}

// shortSession is a session that ended too soon to be followed by another one
// without a pause.
const shortSession = time.Minute

// over are the words by which Exchange Online and Gmail end a session whose
// access token is not valid any more.
var over = []string{"accesstokenexpired", "session expired"}

// isOver says that a session ended as all do that were begun with a token.
func (m *Mailbox) isOver(err error) bool {
	e, ok := errors.AsType[*imap.Error](err)
	return ok && m.cfg.Bearer != nil && containsAny(strings.ToLower(e.Server), over)
}

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

func (m *Mailbox) submitWith(ctx context.Context, secret string) (*smtpConn, error) {
	server := m.cfg.Channel.Email.SMTP
	c, err := smtpDial(ctx, server, secret, m.cfg.Roots)
	if err != nil {
		return nil, err
	}
	if m.cfg.Bearer != nil {
		err = c.bear(server)
	} else {
		err = c.signIn(server)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// mostLine is the longest command (RFC 4954, 4): a response that does not fit
// waits until it is asked for.
const mostLine = 512

// bear signs in with an access token.
func (c *smtpConn) bear(s inbox.Server) error {
	offered := " " + strings.ToUpper(c.ext["AUTH"]) + " "
	way, ok := imap.GiveToken(func(mechanism string) bool { return strings.Contains(offered, " "+mechanism+" ") }, s.Username, s.Host, s.Port, c.secret)
	if !ok {
		return &smtpError{kind: imap.KindToken, err: errors.New("no way to sign in with an access token is offered: " + c.clean(offered))}
	}
	c.coded = base64.StdEncoding.EncodeToString(way.First)
	return tokenFault(c.give("AUTH "+way.Mechanism, base64.StdEncoding.EncodeToString(way.Last)))
}

// give hands the response over. Where the token is not taken the server says why
// in a challenge, and its 535 follows only upon an answer.
func (c *smtpConn) give(command, last string) error {
	line := command + " " + c.coded
	if len(line)+2 > mostLine {
		if _, _, err := c.command(334, command); err != nil {
			return err
		}
		line = c.coded
	}
	code, _, err := c.command(235, line)
	if code != 334 {
		return err
	}
	if _, _, err = c.command(235, last); err == nil {
		return &smtpError{kind: imap.KindProtocol, err: errors.New("a token that was refused was taken")}
	}
	return err
}

// tokenFault is authFault where a password is not what is wrong.
func tokenFault(err error) error {
	err = authFault(err)
	if e, ok := errors.AsType[*smtpError](err); ok && (e.kind == imap.KindAuth || e.kind == imap.KindDisabled) {
		e.kind = imap.KindToken
	}
	return err
}

// exhausted are the words by which Gmail and Exchange Online refuse, as if for
// good, what they take again tomorrow.
var exhausted = []string{"5.4.5", "5.1.90", "submissionquotaexceeded", "sending limit exceeded"}

// isExhausted says that an account sent too much for now.
func isExhausted(e *smtpError) bool { return containsAny(strings.ToLower(e.server), exhausted) }
