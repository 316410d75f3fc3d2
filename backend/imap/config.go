package imap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
)

// How a connection is protected.
const (
	TLS      = "tls"      // from the first byte, usually port 993; the default
	StartTLS = "starttls" // upgraded before anything is said, usually port 143
	None     = "none"     // loopback only
)

// DefaultDeadline is how long a command may stand still.
const DefaultDeadline = 60 * time.Second

// Config says which mailbox and how to get in.
type Config struct {
	Host     string
	Port     int
	Security string // TLS when empty
	Username string
	Password string
	// Bearer signs in with access tokens instead of Password, when not nil.
	Bearer Bearer

	// RootCAs replaces the system's list of certificate authorities (tests).
	RootCAs *x509.CertPool
	// Deadline is the longest time without progress in any command, after
	// which the connection is closed. DefaultDeadline when 0.
	Deadline time.Duration
	// MaxMessage is the size in bytes above which a message is not read into
	// memory: its Item has an error instead. 100 MiB when 0.
	MaxMessage int64
	// Log is told, at debug level, which responses were dropped or mended.
	// It never sees commands, message contents or credentials.
	Log *slog.Logger
}

// Bearer gives the access tokens of an OAuth 2 sign-in (XOAUTH2, RFC 7628).
type Bearer interface {
	// Access gives one that should be good. Its error is the sign-in's.
	Access(ctx context.Context) (string, error)
	// Refused says that the server did not take it: the next is another.
	Refused(access string)
}

func (c Config) withDefaults() Config {
	if c.Security == "" {
		c.Security = TLS
	}
	if c.Deadline <= 0 {
		c.Deadline = DefaultDeadline
	}
	if c.MaxMessage <= 0 {
		c.MaxMessage = 100 << 20
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

func (c Config) check() error {
	switch {
	case c.Host == "":
		return &Error{Kind: KindConfig, Detail: "no host"}
	case c.Port < 1 || c.Port > 65535:
		return &Error{Kind: KindConfig, Detail: "port " + strconv.Itoa(c.Port)}
	case c.Security != TLS && c.Security != StartTLS && c.Security != None:
		return &Error{Kind: KindConfig, Detail: "security " + strconv.Quote(c.Security)}
	case c.Security == None && !loopbackName(c.Host):
		return &Error{Kind: KindConfig, Detail: "an unprotected connection to another computer"}
	}
	return nil
}

func (c Config) tls() *tls.Config {
	return &tls.Config{
		ServerName: c.Host,
		RootCAs:    c.RootCAs,
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"imap"},
	}
}

func loopbackName(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func loopbackAddr(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
