package app

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"postvak/backend/inbox"
)

// crmSetting is the team's setting that says which CRM it uses: "" is the
// built-in contact book, else a crmChoice. Admins change it (R30).
const crmSetting = "crm.provider"

// pipedriveKind is the kind of CRM beside inbox.BuiltinCRM.
const pipedriveKind = "pipedrive"

// crmChoice is the CRM of a team: the account of one company. It has no token:
// each member has their own, in the keyring.
type crmChoice struct {
	Kind    string `json:"kind"`
	Company string `json:"company"` // its id there
	Name    string `json:"name"`
	Domain  string `json:"domain"`            // of its pages in a browser
	BaseURL string `json:"baseUrl,omitempty"` // "" but for tests
}

var (
	companyID     = regexp.MustCompile(`^[0-9]{1,20}$`)
	companyDomain = regexp.MustCompile(`^[a-zA-Z0-9-]{0,63}$`)
)

// readChoice reads the setting. Whoever wrote it may be an admin with another
// version or in bad faith: a member's token goes where it says, so that what is
// not plainly Pipedrive, or this computer, is a CRM that is not known here.
func readChoice(value string) crmChoice {
	if value == "" {
		return crmChoice{Kind: inbox.BuiltinCRM}
	}
	var c crmChoice
	if json.Unmarshal([]byte(value), &c) != nil || c.Kind != pipedriveKind || !companyID.MatchString(c.Company) ||
		!companyDomain.MatchString(c.Domain) || checkCrmBase(c.BaseURL) != nil {
		return crmChoice{Kind: "unknown"}
	}
	return c
}

func (c crmChoice) builtin() bool { return c.Kind == inbox.BuiltinCRM }

// provider names the CRM in links (inbox.Link.Provider).
func (c crmChoice) provider() string {
	if c.Kind == pipedriveKind {
		return pipedriveKind + ":" + c.Company
	}
	return c.Kind
}

// checkCrmBase refuses any address but this computer's own: in real use there
// is none to give.
func checkCrmBase(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || !isLoopback(u.Hostname()) || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return inbox.Errorf(inbox.Invalid, "The CRM's address can only be one on this computer, for tests. Leave it empty.")
	}
	return nil
}

// crmChosen is the team's CRM.
func (a *App) crmChosen() crmChoice { return readChoice(a.team.Setting(crmSetting)) }

// crmTokenName is the handle of this computer's member's token.
const crmTokenName = "crm/pipedrive"

// crmSignInKey is the setting with whose token lies in the keyring.
const crmSignInKey = "crm.signin"

// crmSignIn says for which company, at which address a token was given, and
// whose it is. The team log says where the CRM is, and any admin may change
// that: a token goes nowhere else by it.
type crmSignIn struct {
	Provider string `json:"provider"`
	Domain   string `json:"domain"`
	BaseURL  string `json:"baseUrl"`
	Account  string `json:"account"`
}

func (s crmSignIn) fits(c crmChoice) bool {
	return s.Provider == c.provider() && s.Domain == c.Domain && s.BaseURL == c.BaseURL
}

// crmToken gives the token for the team's CRM, and whose it is; "" when none
// for it lies here.
func (a *App) crmToken(ctx context.Context, c crmChoice) (token Secret, account string, err error) {
	var s crmSignIn
	if _, err := a.db.Setting(ctx, crmSignInKey, &s); err != nil || !s.fits(c) {
		return "", "", err
	}
	text, err := a.secrets.Get(ctx, crmTokenName)
	if inbox.CodeOf(err) == inbox.NotFound {
		return "", "", nil
	}
	return Secret(text), s.Account, err
}

// keepCrmToken stores a token that was tried.
func (a *App) keepCrmToken(ctx context.Context, s crmSignIn, token Secret) error {
	if err := a.secrets.Set(ctx, crmTokenName, token.reveal()); err != nil {
		return err
	}
	return a.db.PutSetting(ctx, crmSignInKey, s)
}

// forgetCrmToken takes the token off this computer.
func (a *App) forgetCrmToken(ctx context.Context) error {
	if err := a.db.PutSetting(ctx, crmSignInKey, crmSignIn{}); err != nil {
		return err
	}
	return a.forget(ctx, crmTokenName)
}

// forgetOldToken takes a token off this computer once the team uses the built-in
// contact book again, whoever decided that.
func (a *App) forgetOldToken(ctx context.Context) error {
	a.crm.changing.Lock() // nobody is connecting
	defer a.crm.changing.Unlock()
	if !a.crmChosen().builtin() {
		return nil
	}
	if _, err := a.secrets.Get(ctx, crmTokenName); err != nil {
		return nil // nearly always: there is none
	}
	return a.forgetCrmToken(ctx)
}

// cleanToken is a token as somebody pasted it.
func cleanToken(text string) (Secret, error) {
	token := strings.TrimSpace(text)
	switch {
	case token == "":
		return "", inbox.Errorf(inbox.Invalid, "The API token is missing. It stands in Pipedrive under Personal preferences > API.")
	case len(token) > maxToken || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", inbox.Errorf(inbox.Invalid, "This is not an API token: it has letters and digits only. It stands in Pipedrive under Personal preferences > API.")
	}
	return Secret(token), nil
}

const maxToken = 500
