package app

import (
	"context"
	"sync"

	"postvak/backend/imap"
	"postvak/backend/inbox"
	"postvak/backend/keyring"
	"postvak/backend/oauth"
)

// tokenDesk has one source of access tokens for each sign-in that is kept here:
// two would replace each other's. It is asked anew whenever another secret is
// put where the sign-in stood.
type tokenDesk struct {
	store keyring.Store // the keyring itself: what is refreshed replaces nothing
	known *redactor

	mu   sync.Mutex
	live map[string]*liveToken // by the secret's handle
}

func newTokenDesk(store keyring.Store, known *redactor) *tokenDesk {
	return &tokenDesk{store: store, known: known, live: map[string]*liveToken{}}
}

// liveToken is a sign-in in use. It implements oauth.Store.
type liveToken struct {
	desk     *tokenDesk
	handle   string
	settings inbox.OAuthSettings
	load     secretFunc
	source   *oauth.Source
	gone     bool // guarded by desk.mu: another secret stands there now
	// What the log must hide, the newest and the one before: both change every
	// hour. Guarded by desk.mu.
	access, refresh [2]string
}

var _ oauth.Store = (*liveToken)(nil)

// source gives the one source of what stands under a handle; load reads it.
func (d *tokenDesk) source(handle string, s inbox.OAuthSettings, client func() *oauth.Client, load secretFunc) *liveToken {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l, ok := d.live[handle]; ok && l.settings == s {
		return l
	}
	if old := d.live[handle]; old != nil {
		old.gone = true
	}
	l := &liveToken{desk: d, handle: handle, settings: s, load: load}
	l.source = oauth.NewSource(client(), l)
	d.live[handle] = l
	return l
}

// replace has change put another secret under a handle, or none. What the old
// one's source still learns is not kept.
func (d *tokenDesk) replace(handle string, change func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if old := d.live[handle]; old != nil {
		old.gone = true
		delete(d.live, handle)
	}
	return change()
}

// Load implements oauth.Store. A password that stands there is no sign-in.
func (l *liveToken) Load(ctx context.Context) (oauth.Token, error) {
	text, err := l.load(ctx)
	if err != nil {
		return oauth.Token{}, err
	}
	token, ok := oauth.Decode(text)
	if !ok {
		return token, inbox.Errorf(inbox.Auth, "This mailbox is signed in to with a browser now. Sign in again.")
	}
	return token, nil
}

// Save implements oauth.Store.
func (l *liveToken) Save(ctx context.Context, t oauth.Token) error {
	l.desk.mu.Lock()
	defer l.desk.mu.Unlock()
	if l.gone {
		return nil
	}
	l.desk.known.renew(&l.refresh, t.Refresh)
	l.desk.known.renew(&l.access, t.Access)
	return l.desk.store.Set(ctx, l.handle, t.Encode())
}

// give gives an access token, which the log hides as long as it is in use.
func (l *liveToken) give(ctx context.Context) (string, error) {
	access, err := l.source.Access(ctx)
	if err != nil {
		return "", err
	}
	l.desk.mu.Lock()
	defer l.desk.mu.Unlock()
	l.desk.known.renew(&l.access, access)
	return access, nil
}

// keptBearer signs in with what is kept under a handle, whichever that is when a
// connection is made.
type keptBearer func() *liveToken

var _ imap.Bearer = keptBearer(nil)

// Access implements imap.Bearer.
func (k keptBearer) Access(ctx context.Context) (string, error) { return k().give(ctx) }

// Refused implements imap.Bearer.
func (k keptBearer) Refused(access string) { k().source.Refused(access) }

// bearerOf signs a channel in with the token that is kept for it.
func (a *App) bearerOf(c inbox.Channel) imap.Bearer {
	load := func(ctx context.Context) (string, error) {
		text, err := a.channelPassword(ctx, c)
		if inbox.CodeOf(err) == inbox.NotFound {
			err = inbox.Errorf(inbox.Auth, "Nobody has signed in to %s on this computer yet. Sign in again.", c.Address)
		}
		return text, err
	}
	kept := keptBearer(func() *liveToken {
		return a.tokens.source(passwordName(c.ID), c.Email.OAuth, func() *oauth.Client { return a.oauthClient(c.Email.OAuth, "") }, load)
	})
	return boundBearer{a, c, keptIn{kept, c.Email.OAuth, []inbox.Server{c.Email.IMAP, c.Email.SMTP}}}
}

// boundBearer gives a member's own access to the servers alone that they signed
// in for: an admin may have changed them since.
type boundBearer struct {
	app     *App
	channel inbox.Channel
	imap.Bearer
}

// Access implements imap.Bearer.
func (b boundBearer) Access(ctx context.Context) (string, error) {
	if err := b.app.stillBound(ctx, b.channel); err != nil {
		return "", err
	}
	return b.Bearer.Access(ctx)
}

// teamBearer signs this computer in to the team mailbox's servers.
func (a *App) teamBearer(s inbox.OAuthSettings, servers ...inbox.Server) imap.Bearer {
	load := func(ctx context.Context) (string, error) {
		text, err := a.secrets.Get(ctx, teamPasswordName)
		if inbox.CodeOf(err) == inbox.NotFound {
			err = inbox.Errorf(inbox.Auth, "Nobody has signed in to the team mailbox on this computer yet. Sign in again.")
		}
		return text, err
	}
	return keptIn{keptBearer(func() *liveToken {
		return a.tokens.source(teamPasswordName, s, func() *oauth.Client { return a.oauthClient(s, "") }, load)
	}), s, servers}
}

// shareable is what of a channel's secret goes to the team: of a sign-in what
// lasts, because an access token is over before a colleague has it.
func shareable(secret Secret) Secret {
	token, ok := oauth.Decode(secret.reveal())
	if !ok {
		return secret
	}
	return Secret(oauth.Token{Refresh: token.Refresh, ClientSecret: token.ClientSecret}.Encode())
}
