package app

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"postvak/backend/email"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/tidy"
)

// Channels is the contract's service of that name: the accounts that customers
// write to.
type Channels struct{ app *App }

// List gives the connected channels.
func (s *Channels) List() ([]ChannelInfo, error) {
	return do(s.app, "Channels.List", func(context.Context) ([]ChannelInfo, error) {
		return mapped(s.app.channelsShown(), s.app.channelInfo), nil
	})
}

// Guess suggests servers for an address.
func (s *Channels) Guess(address string) (Guess, error) {
	return do(s.app, "Channels.Guess", func(ctx context.Context) (Guess, error) {
		network := email.Network
		if s.app.demo != nil {
			network = noNetwork{} // nothing leaves the machine
		}
		imap, smtp, err := email.Guess(ctx, address, network)
		return Guess{IMAP: serverOf(imap), SMTP: serverOf(smtp), Provider: string(providerAt(imap.Host))}, err
	})
}

// Authorize begins to sign a person in at Google or Microsoft, in a browser. It
// stores nothing: the grant that it gives goes where a password would.
func (s *Channels) Authorize(r AuthorizeRequest) (Authorization, error) {
	return do(s.app, "Channels.Authorize", func(ctx context.Context) (Authorization, error) { return s.app.authorize(ctx, r) })
}

// Authorized says how far a sign-in got. It waits up to 25 seconds for it.
func (s *Channels) Authorized(grant string) (AuthorizationState, error) {
	return do(s.app, "Channels.Authorized", func(ctx context.Context) (AuthorizationState, error) { return s.app.authorized(ctx, grant) })
}

// OpenAuthorization opens the page of a sign-in once more (window).
func (s *Channels) OpenAuthorization(grant string) error {
	return s.app.run("Channels.OpenAuthorization", func(context.Context) error { return s.app.openAuthorization(grant) })
}

// Unauthorize gives a sign-in up that is not used.
func (s *Channels) Unauthorize(grant string) error {
	return s.app.run("Channels.Unauthorize", func(context.Context) error {
		s.app.unauthorize(grant)
		return nil
	})
}

// ConnectEmail checks a mailbox, connects it and gives the channel's id. It
// stores nothing when the check fails.
func (s *Channels) ConnectEmail(r ConnectEmailRequest) (string, error) {
	return do(s.app, "Channels.ConnectEmail", func(ctx context.Context) (string, error) { return s.app.connectEmail(ctx, r) })
}

// CheckWhatsApp goes through what connecting a WhatsApp sender at Twilio needs:
// key, sender, and whether another program would answer its customers. It
// stores nothing.
func (s *Channels) CheckWhatsApp(r ConnectWhatsAppRequest) ([]Step, error) {
	return do(s.app, "Channels.CheckWhatsApp", func(ctx context.Context) ([]Step, error) { return s.app.checkWhatsApp(ctx, r) })
}

// ConnectWhatsApp checks a WhatsApp sender at Twilio, connects it and gives the
// channel's id. It stores nothing when the check fails.
func (s *Channels) ConnectWhatsApp(r ConnectWhatsAppRequest) (string, error) {
	return do(s.app, "Channels.ConnectWhatsApp", func(ctx context.Context) (string, error) { return s.app.connectWhatsApp(ctx, r) })
}

// CheckMessenger is CheckWhatsApp for a Facebook page.
func (s *Channels) CheckMessenger(r ConnectMessengerRequest) ([]Step, error) {
	return do(s.app, "Channels.CheckMessenger", func(ctx context.Context) ([]Step, error) { return s.app.checkMessenger(ctx, r) })
}

// ConnectMessenger is ConnectWhatsApp for a Facebook page.
func (s *Channels) ConnectMessenger(r ConnectMessengerRequest) (string, error) {
	return do(s.app, "Channels.ConnectMessenger", func(ctx context.Context) (string, error) { return s.app.connectMessenger(ctx, r) })
}

// Update changes a channel's name, sharing, folders, servers, signature, or
// whether its page may answer as a human agent.
func (s *Channels) Update(channelID string, changes ChannelChanges) error {
	return s.app.run("Channels.Update", func(ctx context.Context) error {
		return s.app.updateChannel(ctx, inbox.ChannelID(channelID), changes)
	})
}

// SetInstaller gives a channel whose installer left the team its next one
// (R11). Only admins.
func (s *Channels) SetInstaller(channelID, memberID string) error {
	return s.app.run("Channels.SetInstaller", func(ctx context.Context) error {
		return s.app.setInstaller(ctx, inbox.ChannelID(channelID), inbox.MemberID(memberID))
	})
}

// SignIn checks a channel's new secret and stores it: for the whole team when
// an admin gives a shared one, else for this computer.
func (s *Channels) SignIn(channelID string, r SignInRequest) error {
	return s.app.run("Channels.SignIn", func(ctx context.Context) error {
		return s.app.signIn(ctx, inbox.ChannelID(channelID), r)
	})
}

// Check goes through a channel's connections, in the order a person would.
func (s *Channels) Check(channelID string) ([]Step, error) {
	return do(s.app, "Channels.Check", func(ctx context.Context) ([]Step, error) {
		return s.app.checkChannel(ctx, inbox.ChannelID(channelID))
	})
}

// Disconnect forgets a channel's password and stops reading it. What was
// received stays readable.
func (s *Channels) Disconnect(channelID string) error {
	return s.app.run("Channels.Disconnect", func(ctx context.Context) error {
		return s.app.disconnect(ctx, inbox.ChannelID(channelID))
	})
}

func (a *App) channelInfo(c inbox.Channel) ChannelInfo {
	status, ok := a.board.get(c.ID)
	if !ok {
		status.State = inbox.ChannelOffline
	}
	shown := channelStatus(status)
	c = a.withLogin(c)
	readOnly := a.readOnly()
	if a.outside() != "" {
		shown.State, shown.Reason = string(inbox.ChannelOffline), readOnly
	}
	installer, known := a.team.Member(c.Installer)
	signIn := c.SignIn
	if signIn == "" {
		signIn = inbox.SignInShared
	}
	return ChannelInfo{
		ID: string(c.ID), Kind: string(c.Kind), Name: c.Name, Address: c.Address, Shared: c.Shared,
		Installer: string(c.Installer), State: shown.State, Reason: shown.Reason, OpenSince: stamp(c.OpenSince),
		IMAP: serverOf(c.Email.IMAP), SMTP: serverOf(c.Email.SMTP), Folders: FolderChoices{c.Email.Inbox, c.Email.Sent},
		SignIn: string(signIn), ReadOnly: readOnly, NeedsInstaller: known && installer.Removed,
		AccountSid: c.WhatsApp.AccountSID, APIKey: c.WhatsApp.APIKey, HumanAgent: c.Messenger.HumanAgent, Signature: c.Signature,
		OAuth: oauthOf(c.Email.OAuth),
	}
}

func serverOf(s inbox.Server) Server { return Server{s.Host, s.Port, string(s.Security), s.Username} }

// domain checks a server that a person typed. No protection at all is for
// loopback only.
func (s Server) domain(what string) (inbox.Server, error) {
	server := inbox.Server{
		Host: strings.TrimSpace(s.Host), Port: s.Port, Security: inbox.Security(s.Security), Username: strings.TrimSpace(s.Username),
	}
	switch {
	case server.Host == "" || strings.ContainsAny(server.Host, " /\r\n\t@"):
		return server, inbox.Errorf(inbox.Invalid, "The name of the %s server is missing or wrong.", what)
	case server.Port < 1 || server.Port > 65535:
		return server, inbox.Errorf(inbox.Invalid, "The port of the %s server is a number from 1 to 65535.", what)
	case server.Security != inbox.TLS && server.Security != inbox.STARTTLS && server.Security != inbox.NoTLS:
		return server, inbox.Errorf(inbox.Invalid, "The %s connection's security is tls, starttls or none.", what)
	case server.Security == inbox.NoTLS && !isLoopback(server.Host):
		return server, inbox.Errorf(inbox.Invalid, "An unprotected %s connection is possible to this computer only. Choose tls or starttls.", what)
	case server.Username == "":
		return server, inbox.Errorf(inbox.Invalid, "The user name for the %s server is missing.", what)
	}
	return server, nil
}

// maxName and maxAddress keep a channel's From line within what servers take.
const maxName, maxAddress = 100, 254

// channelName cleans a channel's name, which goes out as the sender's with
// every mail.
func channelName(text string) (string, error) {
	name := tidy.OneLine(tidy.Visible(text))
	if utf8.RuneCountInString(name) > maxName {
		return "", inbox.Errorf(inbox.Invalid, "A channel's name has at most %d characters.", maxName)
	}
	return name, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// domain checks what the connect dialog gives.
func (r ConnectEmailRequest) domain() (event teamlog.ChannelAdd, err error) {
	parsed, err := mail.ParseAddress(r.Address)
	if err != nil || len(parsed.Address) > maxAddress {
		return event, inbox.Errorf(inbox.Invalid, "%.300q is not a mail address.", r.Address)
	}
	name, err := channelName(r.Name)
	if err != nil {
		return event, err
	}
	if r.SignIn != "" && r.SignIn != "shared" && r.SignIn != "own" {
		return event, inbox.Errorf(inbox.Invalid, "signIn is shared or own.")
	}
	event = teamlog.ChannelAdd{
		ID: newChannelID(), Channel: inbox.Email, Name: name, Address: parsed.Address, Shared: r.Shared,
		Email: inbox.EmailSettings{Inbox: r.Folders.Inbox, Sent: r.Folders.Sent}, SignIn: inbox.SignIn(r.SignIn),
	}
	if event.Name == "" {
		event.Name = parsed.Address
	}
	for _, server := range []*Server{&r.IMAP, &r.SMTP} {
		if server.Username == "" {
			server.Username = parsed.Address
		}
	}
	if event.Email.IMAP, err = r.IMAP.domain("IMAP"); err != nil {
		return event, err
	}
	if event.Email.SMTP, err = r.SMTP.domain("SMTP"); err != nil {
		return event, err
	}
	event.OpenSince, err = parseStamp(r.OpenSince)
	return event, err
}

// newChannelID makes an id without the colon that ends it in message keys.
func newChannelID() inbox.ChannelID { return inbox.ChannelID("c" + strings.ToLower(rand.Text()[:12])) }

func (a *App) connectEmail(ctx context.Context, r ConnectEmailRequest) (string, error) {
	event, err := r.domain()
	if err != nil {
		return "", err
	}
	with, err := a.loginWith(r.Password, r.Grant)
	if err != nil {
		return "", err
	}
	if err := a.connectedAlready(inbox.Email, event.Address); err != nil {
		return "", err
	}
	event.Email.OAuth = with.settings()
	channel := inbox.Channel{ID: event.ID, Kind: inbox.Email, Address: event.Address, Email: event.Email}
	if _, err := a.mailboxWith(channel, with).Check(ctx); err != nil {
		return "", err
	}
	return string(event.ID), a.grants.use(with.grant, func() error {
		if event.SignIn == inbox.SignInOwn {
			if err := a.ownLogin(ctx, &event); err != nil {
				return err
			}
		}
		return a.addChannel(ctx, &event, with.secret())
	})
}

// ownLogin keeps the installer's user name here and out of the team's log: each
// member has their own.
func (a *App) ownLogin(ctx context.Context, event *teamlog.ChannelAdd) error {
	name := event.Email.IMAP.Username
	if err := a.bindLogin(ctx, event.ID, event.Email); err != nil || event.Email.OAuth.On() {
		return err // with a token of one's own the name is the mailbox's, for everybody
	}
	event.Email.IMAP.Username, event.Email.SMTP.Username = "", ""
	return a.db.PutSetting(ctx, loginKey(event.ID), name)
}

// addChannel stores a password and then the channel that needs it.
func (a *App) addChannel(ctx context.Context, event *teamlog.ChannelAdd, password Secret) error {
	event.Connected = since(a.clock.Now())
	if err := a.secrets.Set(ctx, passwordName(event.ID), password.reveal()); err != nil {
		return err
	}
	if _, err := a.decide(ctx, event); err != nil {
		_ = a.secrets.Delete(ctx, passwordName(event.ID))
		return err
	}
	a.awaitTeam(ctx, func() bool { _, there := a.team.Channel(event.ID); return there })
	a.refreshChannels()
	a.follower.poke() // the team gets the password, too
	return nil
}

// since is a moment in whole seconds: mail servers date by the second, and what
// comes in this very second is new.
func since(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func (a *App) ownChannel(id inbox.ChannelID) (inbox.Channel, error) {
	channel, ok := a.team.Channel(id)
	if !ok {
		return channel, inbox.Errorf(inbox.NotFound, "There is no channel %q.", string(id))
	}
	return channel, nil
}

// checkChannel gives the steps also when one fails: that is its answer.
func (a *App) checkChannel(ctx context.Context, id inbox.ChannelID) ([]Step, error) {
	channel, err := a.ownChannel(id)
	if err != nil {
		return nil, err
	}
	account := a.accountFor(a.withLogin(channel))
	if account == nil {
		return nil, unknownKind()
	}
	steps, err := account.Check(ctx)
	if len(steps) == 0 && err != nil { // there is no password to try with
		return []Step{{Step: "password", Message: a.failureOf(err).Message}}, nil
	}
	return mapped(steps, func(s inbox.Step) Step { return Step{s.Step, s.OK, s.Message} }), nil
}

func (a *App) disconnect(ctx context.Context, id inbox.ChannelID) error {
	if _, err := a.ownChannel(id); err != nil {
		return err
	}
	if _, err := a.decide(ctx, &teamlog.ChannelRemove{ID: id}); err != nil {
		return err
	}
	a.refreshChannels()
	return nil
}

// noNetwork answers nothing.
type noNetwork struct{}

var errNoNetwork = errors.New("no network in the demo")

func (noNetwork) LookupMX(context.Context, string) ([]*net.MX, error) { return nil, errNoNetwork }

func (noNetwork) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, errNoNetwork
}

func (noNetwork) DialContext(context.Context, string, string) (net.Conn, error) {
	return nil, errNoNetwork
}
