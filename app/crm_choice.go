package app

import (
	"encoding/json"
	"net/url"
	"regexp"

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
