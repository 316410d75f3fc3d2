package email

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"postvak/backend/imap"
	"postvak/backend/inbox"
)

// problem is a failure taken apart: its kind, the server's words, the cause.
type problem struct {
	kind  imap.Kind
	words string
	cause error
}

func taken(err error) problem {
	var s *smtpError
	var i *imap.Error
	switch {
	case errors.As(err, &s):
		return problem{s.kind, s.server, s.err}
	case errors.As(err, &i):
		return problem{i.Kind, clip(i.Server, maxWords), i.Err}
	case errors.Is(err, context.DeadlineExceeded):
		return problem{kind: imap.KindTimeout, cause: err}
	}
	return problem{kind: imap.KindClosed, cause: err}
}

// code is the contract's code of a failure. It decides what a channel's worker
// makes of it: auth waits for a person, unavailable is being offline, anything
// else is an error that is tried again.
func (p problem) code() inbox.Code {
	switch p.kind {
	case imap.KindAuth, imap.KindDisabled, imap.KindToken:
		return inbox.Auth
	case imap.KindConfig, imap.KindCertificate, imap.KindTLS:
		return inbox.Invalid
	case imap.KindMissing:
		return inbox.NotFound
	default:
		return inbox.Unavailable
	}
}

// fault is a failure as a person is told of it.
func fault(proto string, s inbox.Server, err error) error {
	var known *inbox.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return inbox.Errorf(taken(err).code(), "%s", sentence(proto, s, err)).Because(err)
}

// sentence says what is wrong with a server and what to do about it.
func sentence(proto string, s inbox.Server, err error) string {
	p := taken(err)
	where := fmt.Sprintf("%s server %s (port %d)", proto, s.Host, s.Port)
	said := ""
	if p.words != "" {
		said = fmt.Sprintf(" It said: “%s”", p.words)
	}
	switch p.kind {
	case imap.KindAuth:
		return fmt.Sprintf("The %s does not accept the user name or the password. Check both; many providers want an app password instead of your usual one.%s", where, said)
	case imap.KindDisabled:
		return fmt.Sprintf("The %s does not let this account sign in with a password. Switch %s on in the account's settings, or make an app password there.%s", where, proto, said)
	case imap.KindToken:
		return fmt.Sprintf("The %s does not accept the sign-in of %s. Sign in again, check that %s is switched on for the account, and that it may open this mailbox.%s", where, s.Username, proto, said)
	case imap.KindHost:
		return fmt.Sprintf("There is no server named %s. Check the name, and your network.", s.Host)
	case imap.KindRefused:
		return fmt.Sprintf("Nothing answers at the %s. Check the name and the port.", where)
	case imap.KindOffline:
		return fmt.Sprintf("The %s cannot be reached. Check your network.", where)
	case imap.KindTimeout:
		return fmt.Sprintf("The %s does not answer in time. Try again later, or check the name and the port.", where)
	case imap.KindCertificate:
		return certificateSentence(where, s.Host, p.cause)
	case imap.KindTLS:
		return tlsSentence(where, s.Security)
	case imap.KindBusy:
		return fmt.Sprintf("The %s is busy or closed for the moment. It is tried again later.%s", where, said)
	case imap.KindConfig:
		return fmt.Sprintf("The settings of the %s do not work: a connection without encryption is allowed on this computer only.", where)
	case imap.KindMissing:
		return fmt.Sprintf("The %s does not have the folder.%s", where, said)
	case imap.KindQuota:
		return fmt.Sprintf("The mailbox on the %s is full. Delete or move some mail.%s", where, said)
	case imap.KindNo:
		return fmt.Sprintf("The %s refused.%s", where, said)
	case imap.KindProtocol:
		return fmt.Sprintf("The %s answers what no mail server would say. Check the port and the kind of encryption.", where)
	default:
		return fmt.Sprintf("The connection to the %s was lost.%s", where, said)
	}
}

// certificateSentence says what is wrong with the certificate.
func certificateSentence(where, host string, cause error) string {
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	const danger = " Somebody may be in between; do not go on unless your administrator can explain it."
	switch {
	case errors.As(cause, &name):
		return fmt.Sprintf("The certificate of the %s was made for %s, not for %s. Use the server's other name.%s", where, names(name), host, danger)
	case errors.As(cause, &unknown):
		return fmt.Sprintf("The certificate of the %s was issued by somebody this computer does not know.%s", where, danger)
	case errors.As(cause, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("The certificate of the %s has expired or is not valid yet. Check this computer's date, or tell the server's administrator.", where)
	}
	return fmt.Sprintf("The certificate of the %s is not valid.%s", where, danger)
}

func names(e x509.HostnameError) string {
	all := e.Certificate.DNSNames
	for _, ip := range e.Certificate.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return "another name"
	}
	return clip(strings.Join(all[:min(3, len(all))], ", "), 100)
}

func tlsSentence(where string, security inbox.Security) string {
	if security == inbox.STARTTLS {
		return fmt.Sprintf("The %s does not offer encryption (STARTTLS), or somebody in between took it away. Nothing was sent. Try “TLS” with its port instead.", where)
	}
	return fmt.Sprintf("No encrypted connection to the %s could be made. Check the port; perhaps it wants STARTTLS.", where)
}
