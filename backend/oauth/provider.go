package oauth

import (
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
)

// The names of the providers, as the team's log has them.
const (
	NameGoogle    = "google"
	NameMicrosoft = "microsoft"
)

// Provider says where one firm's accounts sign in and what is asked of them.
type Provider struct {
	name     string
	title    string // as people call it
	endpoint oauth2.Endpoint
	scopes   []string
	params   map[string]string // of the authorization request, beside the usual
	host     string            // of the redirect; the port is the system's choice
}

// Google is for Gmail and Google Workspace. Its client is one of the type
// “Desktop app”, whose secret is no secret but must be sent. It has no device
// code: Google grants none for mail.
func Google() Provider {
	return Provider{
		name: NameGoogle, title: "Google", host: "127.0.0.1",
		scopes: []string{"https://mail.google.com/"},
		params: map[string]string{"access_type": "offline", "prompt": "consent"}, // without them no refresh token comes the second time
	}.at("https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token", "")
}

// Microsoft is for Microsoft 365 and outlook.com. Tenant is the company's id or
// domain; "" lets any account sign in. Its client is a public one of the platform
// “Mobile and desktop applications” with the redirect http://localhost, which
// Microsoft lets have any port; the page that registers it takes no 127.0.0.1.
func Microsoft(tenant string) Provider {
	return microsoft("https://login.microsoftonline.com", tenant)
}

func microsoft(base, tenant string) Provider {
	if tenant == "" {
		tenant = "common"
	}
	base += "/" + url.PathEscape(tenant) + "/oauth2/v2.0/"
	return Provider{
		name: NameMicrosoft, title: "Microsoft", host: "localhost",
		scopes: []string{"https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "offline_access"},
		params: map[string]string{"prompt": "select_account"}, // a colleague may be signed in to the browser
	}.at(base+"authorize", base+"token", base+"devicecode")
}

func (p Provider) at(auth, token, device string) Provider {
	p.endpoint = oauth2.Endpoint{AuthURL: auth, TokenURL: token, DeviceAuthURL: device, AuthStyle: oauth2.AuthStyleInParams}
	return p
}

// At is the provider at a server that stands in for the firm's: its three
// addresses below base, which is https or on this computer.
func (p Provider) At(base string) Provider {
	base = strings.TrimRight(base, "/")
	device := ""
	if p.endpoint.DeviceAuthURL != "" {
		device = base + "/devicecode"
	}
	return p.at(base+"/authorize", base+"/token", device)
}

// Name is NameGoogle or NameMicrosoft.
func (p Provider) Name() string { return p.name }

// safe says whether nothing of a sign-in travels unprotected.
func (p Provider) safe() bool {
	return protected(p.endpoint.AuthURL) && protected(p.endpoint.TokenURL) &&
		(p.endpoint.DeviceAuthURL == "" || protected(p.endpoint.DeviceAuthURL))
}

func protected(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" &&
		(u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()))
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
