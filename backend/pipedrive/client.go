package pipedrive

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/rest"
	"postvak/backend/run"
)

const (
	address = "https://api.pipedrive.com"
	maxTime = 30 * time.Second // of one call
)

// Config says whose account it is.
type Config struct {
	// BaseURL is where the API is; "" is Pipedrive's own. Another one is https,
	// or http on this computer (a fake, in tests).
	BaseURL string
	// CompanyID is the account that the team uses; "" while nobody knows it yet
	// and Me is to tell. A token of another company is refused before anything
	// is asked with it.
	CompanyID string
	Domain    string // of the company's pages; "": Me tells it
	// Token gives the member's API token, before each request. Its errors are
	// returned as they are.
	Token func() (string, error)
	// Owner gives the e-mail address by which a member of the team is known in
	// the account; nil or "": records belong to the token's owner.
	Owner func(inbox.MemberID) string
	Clock run.Clock // nil: the computer's
}

// Account is whose token it is.
type Account struct {
	Name, Email string
	Company     string
	CompanyID   string
	Domain      string // "acme" of acme.pipedrive.com
}

// Body is a note's content; HTML and Text say the same.
type Body struct {
	HTML   string
	Text   string
	Marker string
}

// Quota is the budget of tokens that a company's account has for a day, all its
// users and programs together.
type Quota struct {
	Limit, Left int
	Known       bool      // the account said so
	Until       time.Time // until when nothing is asked; zero: nothing waits
	Waiting     string    // why, for a person
}

// Client is an account. It is safe for concurrent use, keeps nothing on disk
// and starts no goroutine.
type Client struct {
	cfg    Config
	base   string
	api    *rest.Client
	limits limits
	memory memory

	mu      sync.Mutex
	account account // of the token that was used last
}

// New makes a client and asks nobody yet. It fails for an address that a token
// must not be sent to.
func New(cfg Config) (*Client, error) {
	base, err := baseOf(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if cfg.Clock == nil {
		cfg.Clock = run.System
	}
	return &Client{cfg: cfg, base: base, api: rest.New(rest.Config{Clock: cfg.Clock})}, nil
}

func baseOf(text string) (string, error) {
	if text == "" {
		return address, nil
	}
	base, plain, ok := rest.Base(text)
	switch {
	case ok:
		return base, nil
	case plain:
		return "", inbox.Errorf(inbox.Invalid, "A Pipedrive address begins with https://: without encryption the token could be read on its way.")
	}
	return "", inbox.Errorf(inbox.Invalid, "%.200q is no address of a Pipedrive account. Leave it empty for the usual one.", text)
}

// ID implements crm.Provider: "pipedrive:" and the company's id.
func (c *Client) ID() string {
	if c.cfg.CompanyID != "" {
		return "pipedrive:" + c.cfg.CompanyID
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return "pipedrive:" + c.account.CompanyID
}

// account is what users/me says of a token.
type account struct {
	Account
	token    string // a digest of it
	user     string
	currency string
}

// Me implements crm.Provider: it asks whose token it is.
func (c *Client) Me(ctx context.Context) (Account, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	token, err := c.token()
	if err != nil {
		return Account{}, err
	}
	a, err := c.askWho(ctx, token)
	return a.Account, err
}

// whose is the account behind a token. It is asked once for a token, so that
// nothing is ever written into another company's account.
func (c *Client) whose(ctx context.Context, token string) (account, error) {
	c.mu.Lock()
	known := c.account
	c.mu.Unlock()
	if known.token == digest(token) {
		return known, nil
	}
	return c.askWho(ctx, token)
}

func (c *Client) askWho(ctx context.Context, token string) (account, error) {
	said, err := c.send(ctx, token, ask{method: http.MethodGet, path: "/v1/users/me"})
	if err != nil {
		return account{}, err
	}
	o := said.Sub("data")
	a := account{token: digest(token), user: idOf(o, "id"), currency: o.Text("default_currency")}
	a.Name, a.Email, a.Company = o.Text("name"), o.Text("email"), o.Text("company_name")
	a.CompanyID, a.Domain = idOf(o, "company_id"), o.Text("company_domain")
	if a.CompanyID == "" {
		return account{}, unreadable("users/me names no company")
	}
	if c.cfg.CompanyID != "" && c.cfg.CompanyID != a.CompanyID {
		return account{}, inbox.Errorf(inbox.Forbidden,
			"This token belongs to the Pipedrive account of %s, and the team uses another one. Make a token in the team's account and connect with that.", a.Company)
	}
	c.mu.Lock()
	c.account = a
	c.mu.Unlock()
	return a, nil
}

func (c *Client) token() (string, error) {
	if c.cfg.Token == nil {
		return "", noToken()
	}
	token, err := c.cfg.Token()
	if err == nil && strings.TrimSpace(token) == "" {
		err = noToken()
	}
	return strings.TrimSpace(token), err
}

func noToken() error {
	return inbox.Errorf(inbox.Auth, "Your Pipedrive token is not on this computer. Connect to Pipedrive again.")
}

var domainForm = regexp.MustCompile(`^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$`)

// page is where a browser shows a record; "" while the company's address is
// not known.
func (c *Client) page(ref inbox.RecordRef) string {
	domain := c.cfg.Domain
	if domain == "" {
		c.mu.Lock()
		domain = c.account.Domain
		c.mu.Unlock()
	}
	if !domainForm.MatchString(domain) || ref.ID == "" {
		return ""
	}
	return "https://" + strings.ToLower(domain) + ".pipedrive.com" + pages[ref.Kind] + url.PathEscape(ref.ID)
}

var pages = map[inbox.RecordKind]string{inbox.Person: "/person/", inbox.Deal: "/deal/", inbox.Lead: "/leads/inbox/"}
