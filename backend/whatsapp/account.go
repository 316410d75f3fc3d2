package whatsapp

import (
	"context"
	"crypto/x509"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/rest"
	"postvak/backend/run"
)

// Pace says when to ask again. *poll.Pacer is one.
type Pace interface {
	// Next waits for the next turn. Quick is the pause of whoever asks often, to
	// which it adds some chance.
	Next(ctx context.Context, quick time.Duration) error
	// Found says what the newest thing is that was found and not known here; "" for
	// nothing. It is called once for each look.
	Found(newest string)
}

// Config is what an Account works with. Channel, Secret and Pace are required;
// Pace only for Sync.
type Config struct {
	Channel inbox.Channel
	// Secret gives the API key's secret when it is needed. It is not kept.
	Secret func(ctx context.Context) (string, error)
	Clock  run.Clock // run.System when nil
	Pace   Pace
	Roots  *x509.CertPool // the system's when nil
	Log    *slog.Logger
}

// Account is a sender. Its methods are safe for use by several goroutines; Sync
// runs once at a time. It holds no connection that anybody waits for.
type Account struct {
	cfg   Config
	hosts hosts
	rest  *rest.Client
	files files

	mu      sync.Mutex
	until   time.Time // Twilio asked to be left alone
	strikes int       // refusals in a row because of too much
	service string    // of uploads, once it is known
}

var (
	accountForm = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	keyForm     = regexp.MustCompile(`^(SK|AC)[0-9a-fA-F]{32}$`)
	numberForm  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// New makes an Account and asks nobody yet. It fails with Invalid for settings
// that cannot be right, and for an address that a key must not be sent to.
func New(cfg Config) (*Account, error) {
	s := cfg.Channel.WhatsApp
	switch {
	case !accountForm.MatchString(s.AccountSID):
		return nil, inbox.Errorf(inbox.Invalid, "The account SID begins with AC and has 32 digits and letters a to f behind it. The Twilio Console shows it on its first page.")
	case !keyForm.MatchString(s.APIKey):
		return nil, inbox.Errorf(inbox.Invalid, "The API key begins with SK and has 32 digits and letters a to f behind it. The Twilio Console shows it under API keys and tokens.")
	case !numberForm.MatchString(cfg.Channel.Address):
		return nil, inbox.Errorf(inbox.Invalid, "Enter the WhatsApp sender as an international number, such as +31201234567.")
	}
	h, err := hostsOf(s.BaseURL)
	if err != nil {
		return nil, err
	}
	if cfg.Clock == nil {
		cfg.Clock = run.System
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	a := &Account{cfg: cfg, hosts: h, rest: rest.New(rest.Config{Clock: cfg.Clock, Roots: cfg.Roots})}
	a.files = files{a}
	return a, nil
}

// Now is Twilio's time, by which reply windows end, as far as it is known.
func (a *Account) Now() time.Time { return a.rest.Now() }

// File does nothing: Twilio keeps what was sent by itself.
func (a *Account) File(context.Context, inbox.Rendered) error { return nil }

// secret gives the key's secret. One that is not there is the person's to give.
func (a *Account) secret(ctx context.Context) (string, error) {
	secret, err := a.cfg.Secret(ctx)
	if code := inbox.CodeOf(err); code == inbox.NotFound || err == nil && strings.TrimSpace(secret) == "" {
		return "", inbox.Errorf(inbox.Auth, "The API secret of %s is not on this computer. Sign in again.", a.cfg.Channel.Address)
	}
	return strings.TrimSpace(secret), err
}

// messages is the address of the account's messages, without .json.
func (a *Account) messages() string {
	return a.hosts.api + "/2010-04-01/Accounts/" + a.cfg.Channel.WhatsApp.AccountSID + "/Messages"
}

// scheme is how Twilio tells WhatsApp's numbers from others.
const scheme = "whatsapp:"

func (a *Account) sender() string { return scheme + a.cfg.Channel.Address }
