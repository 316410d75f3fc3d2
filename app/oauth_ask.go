package app

import (
	"cmp"
	"context"
	"net/mail"
	"regexp"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/oauth"
)

// What the providers call their programs and directories: a mistake is told
// before anybody is sent to a page that says less.
var (
	googleClient    = regexp.MustCompile(`^[0-9a-z-]+\.apps\.googleusercontent\.com$`)
	microsoftClient = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	tenantName      = regexp.MustCompile(`^[0-9A-Za-z.-]{0,200}$`)
)

// oauthClient speaks with a provider, or with what stands in for it.
func (a *App) oauthClient(s inbox.OAuthSettings, secret Secret) *oauth.Client {
	provider := oauth.Google()
	if s.Provider == inbox.ByMicrosoft {
		provider = oauth.Microsoft(s.Tenant)
	}
	if s.BaseURL != "" {
		provider = provider.At(s.BaseURL)
	}
	return oauth.New(oauth.Config{
		Provider: provider, ClientID: s.ClientID, ClientSecret: secret.reveal(), Clock: a.clock, Say: a.inWords,
	})
}

// signInAsked is a sign-in as it was asked for.
type signInAsked struct {
	settings inbox.OAuthSettings
	secret   Secret // the client's
	address  string
	device   bool
}

// askedFor checks what the window gives, and fills in what is known here.
func (a *App) askedFor(ctx context.Context, r AuthorizeRequest) (signInAsked, error) {
	now, address, err := a.signedInAs(ctx, r.ChannelID)
	if err != nil {
		return signInAsked{}, err
	}
	q := signInAsked{address: cmp.Or(strings.TrimSpace(r.Address), address), device: r.Device, secret: Secret(strings.TrimSpace(r.ClientSecret.reveal()))}
	a.known.learn(q.secret.reveal())
	q.settings = inbox.OAuthSettings{
		Provider: inbox.OAuthProvider(cmp.Or(r.Provider, string(now.Provider))), ClientID: strings.TrimSpace(r.ClientID),
		Tenant: strings.TrimSpace(r.Tenant), BaseURL: r.BaseURL,
	}
	if q.settings.Provider == now.Provider && q.settings.ClientID == "" {
		q.settings = now
	}
	if q.settings.BaseURL, err = a.standIn(q.settings.BaseURL, ""); err != nil {
		return q, err
	}
	if q.secret == "" {
		q.secret = a.clientSecret(ctx, q.settings)
	}
	return q, a.mayAsk(q)
}

// mayAsk refuses what cannot be right.
func (a *App) mayAsk(q signInAsked) error {
	s := q.settings
	switch real := s.BaseURL == ""; {
	case s.Provider != inbox.ByGoogle && s.Provider != inbox.ByMicrosoft:
		return inbox.Errorf(inbox.Invalid, "Postvak signs in at Google and at Microsoft only. Use a password here.")
	case real && a.demo != nil:
		return inbox.Errorf(inbox.Conflict, "The demo team never leaves this computer. Start Postvak without it to sign in at Google or Microsoft.")
	case s.ClientID == "" || len(s.ClientID) > maxSecret || strings.ContainsFunc(s.ClientID, func(r rune) bool { return r <= ' ' || r > '~' }):
		return inbox.Errorf(inbox.Invalid, "The client id is missing or was not copied whole.")
	case real && s.Provider == inbox.ByGoogle && !googleClient.MatchString(s.ClientID):
		return inbox.Errorf(inbox.Invalid, "This is not a client id of Google: one ends with .apps.googleusercontent.com.")
	case real && s.Provider == inbox.ByMicrosoft && !microsoftClient.MatchString(s.ClientID):
		return inbox.Errorf(inbox.Invalid, "This is not a client id of Microsoft: one has 32 letters and digits in five groups.")
	case s.Provider == inbox.ByGoogle && q.secret == "":
		return inbox.Errorf(inbox.Invalid, "The client secret is missing. Google shows it beside the client id.")
	case !tenantName.MatchString(s.Tenant):
		return inbox.Errorf(inbox.Invalid, "The tenant is the directory's id or one of its domains.")
	case q.device && s.Provider != inbox.ByMicrosoft:
		return inbox.Errorf(inbox.Invalid, "Google gives no code for mail. Sign in with a browser on this computer.")
	}
	if _, err := mail.ParseAddress(q.address); err != nil && q.address != "" {
		return inbox.Errorf(inbox.Invalid, "%.300q is not a mail address.", q.address)
	}
	return nil
}

// theTeams stands for the team mailbox where a channel's id is expected.
const theTeams = "team"

// signedInAs is how a channel, or the team mailbox, is signed in to now.
func (a *App) signedInAs(ctx context.Context, id string) (s inbox.OAuthSettings, address string, err error) {
	switch id {
	case "":
		return s, "", nil
	case theTeams:
		m, _, err := a.mailboxOfTeam(ctx)
		return m.OAuth, m.IMAP.Username, err
	}
	c, err := a.ownChannel(inbox.ChannelID(id))
	return c.Email.OAuth, c.Address, err
}

// clientSecret finds the secret of a program that was signed in with before:
// nobody is asked for it twice on one computer.
func (a *App) clientSecret(ctx context.Context, s inbox.OAuthSettings) Secret {
	names := []string{}
	for _, c := range a.team.Channels() {
		if c.Email.OAuth.ClientID == s.ClientID && c.Email.OAuth.Provider == s.Provider {
			names = append(names, passwordName(c.ID))
		}
	}
	if m := a.teamBox.Load(); m != nil && m.OAuth.ClientID == s.ClientID && m.OAuth.Provider == s.Provider {
		names = append(names, teamPasswordName)
	}
	for _, name := range names {
		text, err := a.secrets.Get(ctx, name)
		if token, ok := oauth.Decode(text); err == nil && ok && token.ClientSecret != "" {
			return Secret(token.ClientSecret)
		}
	}
	return ""
}

func oauthOf(s inbox.OAuthSettings) OAuth {
	return OAuth{Provider: string(s.Provider), ClientID: s.ClientID, Tenant: s.Tenant, BaseURL: s.BaseURL}
}

// providerAt says who signs in to a mail server, as far as its name tells.
func providerAt(host string) inbox.OAuthProvider {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for end, provider := range map[string]inbox.OAuthProvider{
		"gmail.com": inbox.ByGoogle, "googlemail.com": inbox.ByGoogle,
		"office365.com": inbox.ByMicrosoft, "office.com": inbox.ByMicrosoft, "outlook.com": inbox.ByMicrosoft,
	} {
		if host == end || strings.HasSuffix(host, "."+end) {
			return provider
		}
	}
	return inbox.ByPassword
}
