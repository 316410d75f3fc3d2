package imap

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// Kind says what went wrong, so that the caller can choose its sentence.
type Kind string

// The kinds of Error.
const (
	KindConfig      Kind = "config"      // the settings make no sense or are not allowed; nothing was sent
	KindHost        Kind = "host"        // no such host
	KindRefused     Kind = "refused"     // the host is there, nobody listens on that port
	KindOffline     Kind = "offline"     // no way to the host: no network, no route
	KindTimeout     Kind = "timeout"     // no answer in time; the connection is closed
	KindCertificate Kind = "certificate" // the certificate is not valid for this host, or its issuer is not known
	KindTLS         Kind = "tls"         // no TLS: STARTTLS missing, refused or tampered with, or the handshake failed
	KindAuth        Kind = "auth"        // user name or password refused
	KindDisabled    Kind = "disabled"    // IMAP, or signing in with a password, is switched off for this account
	KindToken       Kind = "token"       // an access token refused, also a new one; or the server takes none
	KindBusy        Kind = "busy"        // the server says: not now (too many connections, maintenance)
	KindMissing     Kind = "missing"     // no such folder
	KindQuota       Kind = "quota"       // the mailbox is full
	KindNo          Kind = "no"          // the server refused this command, for another reason
	KindTooLarge    Kind = "too_large"   // a message above Config.MaxMessage
	KindChanged     Kind = "changed"     // after reconnecting the folder's UIDVALIDITY was another
	KindProtocol    Kind = "protocol"    // the server said what cannot be understood; the connection is closed
	KindClosed      Kind = "closed"      // the connection ended
)

// Error is what every method of this package returns, unless the context ended
// (then errors.Is finds the context's error). It holds no password, also not
// when a server repeats it.
type Error struct {
	Kind Kind
	// Server is what the server said, "" when it said nothing.
	Server string
	// Code is the response code that came with it (RFC 5530), such as
	// "AUTHENTICATIONFAILED", or "".
	Code string
	// Detail is ours, for the log.
	Detail string
	Err    error
}

func (e *Error) Error() string {
	s := "imap: " + string(e.Kind)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Server != "" {
		s += fmt.Sprintf(": the server said %q", e.Server)
	}
	if e.Err != nil && e.Server == "" {
		s += ": " + e.Err.Error()
	}
	return s
}

// orClosed is e, or what is to be said when nobody knows.
func (e *Error) orClosed() *Error {
	if e == nil {
		return &Error{Kind: KindClosed}
	}
	return e
}

// Unwrap gives the cause, if there is one.
func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the kind of the first Error in err's chain, "" if there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// dialError sorts what the operating system and the TLS library say.
func dialError(err error) *Error {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return &Error{Kind: KindHost, Err: err}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &Error{Kind: KindRefused, Err: err}
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Kind: KindTimeout, Err: err}
	default:
		return &Error{Kind: KindOffline, Err: err}
	}
}

func handshakeError(err error) *Error {
	var verification *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	if errors.As(err, &verification) || errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid) {
		return &Error{Kind: KindCertificate, Err: err}
	}
	if Lost(err) {
		return &Error{Kind: KindClosed, Err: err}
	}
	return &Error{Kind: KindTLS, Err: err}
}

// Lost tells a handshake that was cut off, as any connection may be, from one
// that failed: nothing is wrong with encryption or settings.
func Lost(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// The words by which the big providers say that a password is not the problem.
var disabledWords = []string{
	"not enabled for imap", "imap access is disabled", "imap is disabled", "imap disabled", "imap has been disabled",
	"basicauthblocked", "basic authentication is disabled", "logondenied-basicauth", "login is disabled", "login disabled",
	"web login required", "application-specific password required", "please enable imap", "imap service is disabled",
}

var busyWords = []string{"too many", "try again later", "temporarily", "maximum number of connections", "unavailable", "shutting down"}

// The words by which Gmail and Exchange Online say, to whatever command, that
// they were asked too much. Gmail's code for it is the one for a full mailbox.
var throttleWords = []string{"command or bandwidth limits", "is throttled", "too many simultaneous", "authenticated but not connected"}

func throttled(e *Error) bool {
	return e.Code == "THROTTLED" || containsAny(strings.ToLower(e.Server), throttleWords)
}

// loginError sorts a refusal to sign in.
func loginError(e *Error) *Error {
	words := strings.ToLower(e.Server)
	switch {
	case containsAny(words, disabledWords) || e.Code == "PRIVACYREQUIRED":
		e.Kind = KindDisabled
	case throttled(e):
		e.Kind = KindBusy
	case e.Code == "UNAVAILABLE" || e.Code == "LIMIT" || e.Code == "INUSE" || e.Code == "CONTACTADMIN" || e.Code == "SERVERBUG":
		e.Kind = KindBusy
	case (e.Code == "" || e.Code == "ALERT") && containsAny(words, busyWords):
		e.Kind = KindBusy
	default:
		e.Kind = KindAuth
	}
	return e
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
