// Package email is the e-mail channel: it reads a mailbox over IMAP into
// inbox messages, sends over SMTP, and files copies of what was sent.
//
// It stores nothing, retries nothing and decides nothing about conversations:
// its callers do. It never changes a mailbox but for the copies that it adds
// to Sent, and it never lets a password into an error, a log or a file.
package email

import (
	"context"
	"crypto/x509"
	"log/slog"
	"strings"
	"time"

	"postvak/backend/imap"
	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Sink is where Sync puts what it fetches.
type Sink = inbox.Sink

// Config is what a Mailbox works with. Channel is required, and Password or
// Bearer.
type Config struct {
	Channel inbox.Channel
	// Aliases are further addresses of ours: mail from them is outgoing.
	Aliases []string
	// Password gives the secret when it is needed. It is not kept.
	Password func(ctx context.Context) (string, error)
	// Bearer signs in with access tokens instead, when not nil.
	Bearer imap.Bearer
	Clock  run.Clock      // run.System when nil
	Roots  *x509.CertPool // the system's when nil
	Log    *slog.Logger
}

// Mailbox is one e-mail channel's account. It holds no connection of its own:
// Sync has one while it runs, every other call opens and closes one. Its
// methods are safe for use by several goroutines; Sync runs once at a time.
type Mailbox struct {
	cfg  Config
	own  map[string]bool
	look chan struct{} // asks a running Sync to look at everything
}

// New makes a Mailbox. Nothing is connected yet.
func New(cfg Config) *Mailbox {
	if cfg.Clock == nil {
		cfg.Clock = run.System
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	m := &Mailbox{cfg: cfg, own: map[string]bool{}, look: make(chan struct{}, 1)}
	c := cfg.Channel
	for _, a := range append([]string{c.Address, c.Email.IMAP.Username, c.Email.SMTP.Username}, cfg.Aliases...) {
		if strings.Contains(a, "@") {
			m.own[inbox.NormalAddress(a)] = true
		}
	}
	return m
}

// Look asks a running Sync to look at all folders now: somebody knows of mail
// that the server does not tell of. It never blocks; while nothing runs, the
// next Sync looks anyway.
func (m *Mailbox) Look() {
	select {
	case m.look <- struct{}{}:
	default:
	}
}

// password gives the secret. One that is not there is the person's to give.
// Where access tokens are the way there is none.
func (m *Mailbox) password(ctx context.Context) (string, error) {
	if m.cfg.Bearer != nil {
		return "", nil
	}
	secret, err := m.cfg.Password(ctx)
	if inbox.CodeOf(err) == inbox.NotFound {
		return "", inbox.Errorf(inbox.Auth, "The password of %s is not on this computer. Sign in again.", m.cfg.Channel.Address)
	}
	return secret, err
}

// dial opens an IMAP connection, signed in.
func (m *Mailbox) dial(ctx context.Context) (*imap.Conn, error) {
	password, err := m.password(ctx)
	if err != nil {
		return nil, err
	}
	s := m.cfg.Channel.Email.IMAP
	c, err := imap.Dial(ctx, imapConfig(s, password, m.cfg))
	return c, m.fault(err)
}

func imapConfig(s inbox.Server, password string, cfg Config) imap.Config {
	return imap.Config{
		Host: s.Host, Port: s.Port, Security: string(s.Security), Username: s.Username, Password: password, Bearer: cfg.Bearer,
		RootCAs: cfg.Roots, Log: cfg.Log, MaxMessage: maxMessage,
	}
}

// maxMessage is the size in bytes above which a message is set aside unread.
const maxMessage = 64 << 20

func (m *Mailbox) fault(err error) error {
	return fault("IMAP", m.cfg.Channel.Email.IMAP, err)
}

// folders finds the folders of the channel by the settings' names or else by
// their roles, so that a renamed folder is found again. The inbox is required.
func (m *Mailbox) folders(ctx context.Context, c *imap.Conn) (map[inbox.FolderRole]string, error) {
	list, err := c.Folders(ctx)
	if err != nil {
		return nil, m.fault(err)
	}
	found := map[inbox.FolderRole]string{}
	for _, f := range list {
		if f.Role == imap.RoleInbox || f.Role == imap.RoleSent {
			found[inbox.FolderRole(f.Role)] = f.Name
		}
	}
	for _, f := range list {
		if !f.Selectable || f.Name == "" {
			continue
		}
		switch f.Name {
		case m.cfg.Channel.Email.Inbox:
			found[inbox.FolderInbox] = f.Name
		case m.cfg.Channel.Email.Sent:
			found[inbox.FolderSent] = f.Name
		}
	}
	if found[inbox.FolderInbox] == "" {
		return nil, inbox.Errorf(inbox.Invalid, "The mailbox has no inbox folder. Choose the folder to read in the channel's settings.")
	}
	return found, nil
}

// Find says whether the account holds a message that was sent, in Sent or,
// where a provider files it elsewhere, in the inbox.
//
// Its Message-ID goes on being its name.
func (m *Mailbox) Find(ctx context.Context, s inbox.Sought) (inbox.Found, error) {
	c, err := m.dial(ctx)
	if err != nil {
		return inbox.Found{}, err
	}
	defer c.Close()
	folders, err := m.folders(ctx, c)
	if err != nil {
		return inbox.Found{}, err
	}
	if name := folders[inbox.FolderSent]; name != "" {
		if found, err := m.holds(ctx, c, name, s.Rendered.MessageID); found || err != nil {
			return inbox.Found{There: found}, err
		}
	}
	found, err := m.holds(ctx, c, folders[inbox.FolderInbox], s.Rendered.MessageID)
	return inbox.Found{There: found}, err
}

// Now is this computer's time: mail has no reply window.
func (m *Mailbox) Now() time.Time { return m.cfg.Clock.Now() }

func (m *Mailbox) holds(ctx context.Context, c *imap.Conn, folder, messageID string) (bool, error) {
	uids, err := c.FindMessageID(ctx, folder, messageID)
	return len(uids) > 0, m.fault(err)
}

// File puts a copy of a sent message into Sent, marked as read, unless one is
// there: several providers file what they send by themselves. Calling it again
// changes nothing. NotFound means that the mailbox has no such folder.
func (m *Mailbox) File(ctx context.Context, r inbox.Rendered) error {
	c, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	folders, err := m.folders(ctx, c)
	if err != nil {
		return err
	}
	name := folders[inbox.FolderSent]
	if name == "" {
		return inbox.Errorf(inbox.NotFound, "The mailbox has no folder for sent mail.")
	}
	if found, err := m.holds(ctx, c, name, r.MessageID); found || err != nil {
		return err
	}
	_, err = c.Append(ctx, name, imap.Flags{imap.Seen}, m.cfg.Clock.Now(), r.Filed)
	return m.fault(err)
}
