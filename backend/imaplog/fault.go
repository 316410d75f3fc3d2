package imaplog

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"postvak/backend/imap"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// refused is what an APPEND that failed means.
func (l *Log) refused(lk *link, err error) error {
	var e *imap.Error
	if !errors.As(err, &e) {
		return l.fault(err)
	}
	switch {
	case e.Kind == imap.KindMissing:
		l.forget()
		return noFolder(l.Folder())
	case e.Kind == imap.KindQuota:
		l.report(teamlog.Quota, lk.box.Name, 1)
		return inbox.Errorf(inbox.Unavailable, "The team's mailbox is full. What you decide waits on this computer until somebody makes room in it.").Because(err)
	case forbidden(e):
		l.report(teamlog.ReadOnly, lk.box.Name, 1)
		return inbox.Errorf(inbox.Forbidden, "Your account may read the folder %s but not add to it. Ask whoever looks after the mailbox for the right to insert messages; until then your decisions wait on this computer.", lk.box.Name).Because(err)
	}
	return l.fault(err)
}

// forbidden tells a refusal for good from any other.
func forbidden(e *imap.Error) bool {
	return e.Kind == imap.KindNo && (e.Code == "NOPERM" || containsAny(e.Server, "permission", "read-only", "readonly", "not allowed", "access denied", "acl"))
}

// fault is a failure as a person is told of it: an *inbox.Error, the context's
// error, or ErrEpoch.
func (l *Log) fault(err error) error {
	var known *inbox.Error
	var e *imap.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known), errors.Is(err, teamlog.ErrEpoch), ended(err):
		return err
	case errors.Is(err, net.ErrClosed):
		return inbox.Errorf(inbox.Unavailable, "The team log was closed.")
	case !errors.As(err, &e):
		return inbox.Errorf(inbox.Unavailable, "The team's mailbox cannot be read just now. It is tried again later.").Because(err)
	}
	return sentence(l.cfg.IMAP, e)
}

// sentence says what is wrong with the mail server and what to do about it.
func sentence(c imap.Config, e *imap.Error) error {
	where := fmt.Sprintf("%s (port %d)", c.Host, c.Port)
	var told *inbox.Error
	switch e.Kind {
	case imap.KindAuth:
		told = inbox.Errorf(inbox.Auth, "The team's mail server %s does not accept the user name or the password. Sign in again.", where)
	case imap.KindToken:
		told = inbox.Errorf(inbox.Auth, "The team's mail server %s does not accept the sign-in. Sign in again, and check that the account may open the team's mailbox.", where)
	case imap.KindDisabled:
		told = inbox.Errorf(inbox.Auth, "The team's mail server %s does not let this account sign in with a password. Switch IMAP on in the account's settings, or make an app password there.", where)
	case imap.KindConfig:
		told = inbox.Errorf(inbox.Invalid, "The settings of the team's mail server do not work: a connection without encryption is allowed on this computer only.")
	case imap.KindHost:
		told = inbox.Errorf(inbox.Unavailable, "There is no mail server named %s. Check the name, and your network.", c.Host)
	case imap.KindRefused:
		told = inbox.Errorf(inbox.Unavailable, "Nothing answers at the team's mail server %s. Check the name and the port.", where)
	case imap.KindOffline:
		told = inbox.Errorf(inbox.Unavailable, "The team's mail server %s cannot be reached. Check your network.", where)
	case imap.KindTimeout:
		told = inbox.Errorf(inbox.Unavailable, "The team's mail server %s does not answer in time. It is tried again later.", where)
	case imap.KindCertificate, imap.KindTLS:
		told = inbox.Errorf(inbox.Invalid, "No safe connection to the team's mail server %s can be made: its certificate or its encryption is not right. Somebody may be in between; ask whoever looks after the server.", where)
	case imap.KindBusy:
		told = inbox.Errorf(inbox.Unavailable, "The team's mail server %s has too many connections or is closed for the moment. It is tried again later.", where)
	case imap.KindMissing:
		told = inbox.Errorf(inbox.NotFound, "The team's mailbox does not have the folder any more. Somebody deleted it, or this account may not see it.")
	case imap.KindQuota:
		told = inbox.Errorf(inbox.Unavailable, "The team's mailbox is full. What you decide waits on this computer until somebody makes room in it.")
	case imap.KindProtocol:
		told = inbox.Errorf(inbox.Unavailable, "The team's mail server %s answers what no mail server would say. Check the port and the kind of encryption.", where)
	case imap.KindNo, imap.KindTooLarge:
		told = inbox.Errorf(inbox.Unavailable, "The team's mail server %s refused. It is tried again later.", where)
	case imap.KindClosed, imap.KindChanged:
		told = inbox.Errorf(inbox.Unavailable, "The connection to the team's mail server %s was lost. It is made again by itself.", where)
	default:
		told = inbox.Errorf(inbox.Unavailable, "The team's mailbox cannot be read just now. It is tried again later.")
	}
	return told.Because(e)
}

func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func containsAny(s string, words ...string) bool {
	s = strings.ToLower(s)
	for _, word := range words {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}
