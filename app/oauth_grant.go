package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"postvak/backend/imap"
	"postvak/backend/inbox"
	"postvak/backend/oauth"
)

const (
	// mostGrants is how many sign-ins may wait, or wait to be used, at once: the
	// oldest is given up for another.
	mostGrants = 4
	// grantLasts is how long a person has on the provider's pages.
	grantLasts = 15 * time.Minute
	// askWait is how long one question waits for an answer.
	askWait = 25 * time.Second
)

// grantDesk keeps the sign-ins that were begun and are in no channel yet. They
// are nowhere but in memory: one that is not used is forgotten with the program.
type grantDesk struct {
	mu     sync.Mutex
	grants []*grant // the oldest first
}

// grant is a sign-in that waits for its person or, once it is done, to be used.
type grant struct {
	id   string
	asks signInAsked
	end  context.CancelFunc
	// shown is closed when link or device is there, done when the rest is.
	shown, done chan struct{}
	link        string
	device      oauth.Device
	err         error
	source      *oauth.Source

	mu    sync.Mutex
	token oauth.Token
	known *redactor
}

var _ oauth.Store = (*grant)(nil)

// Load implements oauth.Store.
func (g *grant) Load(context.Context) (oauth.Token, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.token, nil
}

// Save implements oauth.Store: what trying it out replaced is what is kept.
func (g *grant) Save(_ context.Context, t oauth.Token) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.token = t
	g.known.learnToken(t)
	return nil
}

// secret is what stands in the keyring once the grant is used.
func (g *grant) secret() Secret {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Secret(g.token.Encode())
}

// bearer tries the grant out at these servers.
func (g *grant) bearer(servers ...inbox.Server) imap.Bearer {
	return keptIn{g.source, g.asks.settings, servers}
}

// begin starts a sign-in, which ends with the program at the latest.
func (a *App) begin(q signInAsked) (*grant, error) {
	g := &grant{id: rand.Text(), asks: q, shown: make(chan struct{}), done: make(chan struct{}), known: a.known}
	client := a.oauthClient(q.settings, q.secret)
	ctx, cancel := context.WithTimeout(a.ctx, grantLasts)
	g.end = cancel
	if !a.group.Go("sign-in", func(ends context.Context) {
		defer cancel()
		defer context.AfterFunc(ends, cancel)()
		g.run(ctx, client)
	}) {
		cancel()
		return nil, inbox.Errorf(inbox.Unavailable, "Postvak is ending.")
	}
	a.grants.add(g)
	return g, nil
}

// run waits for the person.
func (g *grant) run(ctx context.Context, client *oauth.Client) {
	defer close(g.done)
	var token oauth.Token
	if g.asks.device {
		token, g.err = client.Device(ctx, func(d oauth.Device) {
			g.device = d
			close(g.shown)
		})
	} else {
		token, g.err = client.SignIn(ctx, g.asks.address, func(url string) error {
			g.link = url
			close(g.shown)
			return nil
		})
	}
	if g.err != nil {
		return
	}
	if token.ClientSecret == "" {
		token.ClientSecret = g.asks.secret.reveal()
	}
	_ = g.Save(ctx, token) // memory does not fail
	g.source = oauth.NewSource(client, g)
}

func (d *grantDesk) add(g *grant) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.grants = append(d.grants, g)
	for len(d.grants) > mostGrants {
		d.grants[0].end()
		d.grants = d.grants[1:]
	}
}

// get gives a grant as it is.
func (d *grantDesk) get(id string) (*grant, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, g := range d.grants {
		if g.id == id && id != "" {
			return g, nil
		}
	}
	return nil, grantGone()
}

// usable gives a grant that is done.
func (d *grantDesk) usable(id string) (*grant, error) {
	g, err := d.get(id)
	if err != nil {
		return nil, err
	}
	select {
	case <-g.done:
		return g, g.err
	default:
		return nil, inbox.Errorf(inbox.Conflict, "Nobody has signed in yet. Finish it in the browser first.")
	}
}

// use has a grant stored where it will be renewed from now on: once, or two would
// renew the same token and the provider end it for both. While it is being stored
// nobody else finds it; when that fails it waits as before. No grant at all is
// none to keep apart.
func (d *grantDesk) use(g *grant, store func() error) error {
	if g == nil {
		return store()
	}
	if !d.take(g) {
		return grantGone()
	}
	if err := store(); err != nil {
		d.add(g)
		return err
	}
	g.end()
	return nil
}

func (d *grantDesk) take(g *grant) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.grants, g)
	if i >= 0 {
		d.grants = slices.Delete(d.grants, i, i+1)
	}
	return i >= 0
}

func grantGone() error {
	return inbox.Errorf(inbox.NotFound, "This sign-in is not there any more. Begin it again.")
}

// drop gives a grant up.
func (d *grantDesk) drop(g *grant) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g.end()
	d.grants = slices.DeleteFunc(d.grants, func(other *grant) bool { return other == g })
}

// authorize begins a sign-in and opens its page, where there is something to
// open it with.
func (a *App) authorize(ctx context.Context, r AuthorizeRequest) (Authorization, error) {
	q, err := a.askedFor(ctx, r)
	if err != nil {
		return Authorization{}, err
	}
	g, err := a.begin(q)
	if err != nil {
		return Authorization{}, err
	}
	select {
	case <-g.shown:
	case <-g.done:
	case <-ctx.Done():
	}
	select {
	case <-g.shown:
	default: // it ended, or nothing answers, before there was anything to show
		a.grants.drop(g)
		<-g.done
		return Authorization{}, g.err
	}
	shown := Authorization{Grant: g.id, URL: g.link, Code: g.device.Code, Page: g.device.URL}
	shown.Opened = g.link != "" && a.openPage(g.link) == nil
	return shown, nil
}

// openPage opens a provider's page in the person's browser. Headless mode leaves
// that to the page that asked.
func (a *App) openPage(address string) error {
	window := a.mainWindow()
	if window == nil {
		return notBuilt("Channels.OpenAuthorization")
	}
	checked, err := checkLink(address)
	if err != nil {
		return err
	}
	return window.openURL(checked)
}

// openAuthorization opens the page that a sign-in waits for.
func (a *App) openAuthorization(id string) error {
	g, err := a.grants.get(id)
	if err != nil {
		return err
	}
	select {
	case <-g.shown:
		return a.openPage(cmp.Or(g.link, g.device.URL))
	default:
		return notBuilt("Channels.OpenAuthorization")
	}
}

// authorized says how far a sign-in got, after waiting a while for its person.
func (a *App) authorized(ctx context.Context, id string) (AuthorizationState, error) {
	g, err := a.grants.get(id)
	if err != nil {
		return AuthorizationState{}, err
	}
	state := AuthorizationState{State: "waiting", Address: g.asks.address}
	wait := time.NewTimer(askWait)
	defer wait.Stop()
	select {
	case <-g.done:
	case <-wait.C:
		return state, nil
	case <-ctx.Done():
		return state, nil
	}
	state.State = "done"
	if g.err != nil {
		a.grants.drop(g)
		state.State, state.Reason = "failed", a.failureOf(a.told("Channels.Authorized", g.err)).Message
	}
	return state, nil
}

// unauthorize ends a sign-in that nobody wants any more. One that is gone is no
// mistake.
func (a *App) unauthorize(id string) {
	if g, err := a.grants.get(id); err == nil {
		a.grants.drop(g)
	}
}
