package messenger

import (
	"context"
	"crypto/x509"
	"log/slog"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/rest"
	"postvak/backend/run"
)

const (
	graph = "https://graph.facebook.com"
	// version of the Graph API. Its parameters, fields and errors are those that
	// the package knows; the tests hold every request to Meta's list of them.
	version = "v26.0"
	// bigTime is how long sending or fetching one file may take.
	bigTime = 3 * time.Minute
)

// Pace says when the page is to be asked again.
type Pace interface {
	// Next waits until then. quick is how soon that may be for the desktop whose
	// turn it is to ask often. It gives only ctx's error.
	Next(ctx context.Context, quick time.Duration) error
	// Found tells that something new came; newest names the newest of it.
	Found(newest string)
}

// Config is what an Account works with. Channel and Token are required, Pace for
// Sync.
type Config struct {
	Channel inbox.Channel
	// Token gives the page's access token when it is needed. It is not kept.
	Token func(ctx context.Context) (string, error)
	Clock run.Clock // run.System when nil
	Pace  Pace
	Roots *x509.CertPool // the system's when nil
	Log   *slog.Logger
}

// Account is a page. Its methods are safe for use by several goroutines; Sync
// runs once at a time. It implements channel.Account.
type Account struct {
	cfg    Config
	base   string
	wrong  error // why base cannot be asked
	api    *rest.Client
	limits limits

	mu   sync.Mutex
	size int // conversations on a page of a list
}

// New makes an Account and asks nobody yet.
func New(cfg Config) *Account {
	if cfg.Clock == nil {
		cfg.Clock = run.System
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	a := &Account{cfg: cfg, base: graph, size: mostConversations}
	if text := cfg.Channel.Messenger.BaseURL; text != "" {
		base, _, ok := rest.Base(text)
		if a.base = base; !ok {
			a.wrong = inbox.Errorf(inbox.Invalid, "%.200q is no address of Meta's Graph API. Leave it empty for the usual one.", text)
		}
	}
	a.api = rest.New(rest.Config{Clock: cfg.Clock, Roots: cfg.Roots})
	return a
}

// Now implements channel.Account: Meta's time.
func (a *Account) Now() time.Time { return a.api.Now() }

// File implements channel.Account: Meta keeps what was sent by itself.
func (a *Account) File(context.Context, inbox.Rendered) error { return nil }

// Page asks whose token it is: the page's id and its name. It works before the
// channel has an address.
func (a *Account) Page(ctx context.Context) (id, name string, err error) {
	said, err := a.get(ctx, "me", "me", query("fields", "id,name"))
	if err != nil {
		return "", "", err
	}
	id = said.Text("id")
	if !isID(id) {
		return "", "", unreadable("me names no page")
	}
	return id, said.Text("name"), nil
}

// ours makes sure that the token is the channel's page's, and gives its name.
func (a *Account) ours(ctx context.Context) (string, error) {
	id, name, err := a.Page(ctx)
	if err != nil {
		return "", err
	}
	if id != a.cfg.Channel.Address {
		return "", inbox.Errorf(inbox.Forbidden, "This token belongs to %s, which is another page than this channel's. Paste a token of the channel's own page.", name)
	}
	return name, nil
}

// isID says whether a text is the id of a page or of a person.
func isID(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return text != "" && len(text) <= 64
}
