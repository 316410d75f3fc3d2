package inbox

// OAuthProvider is who signs people in instead of a password of the mailbox.
type OAuthProvider string

// The providers that Postvak knows how to ask; "" is a password.
const (
	ByPassword  OAuthProvider = ""
	ByGoogle    OAuthProvider = "google"
	ByMicrosoft OAuthProvider = "microsoft"
)

// OAuthSettings say at which provider, and as which of its registered programs,
// a mailbox is signed in to. ClientID is the company's own and no secret; what
// is secret, the token and Google's client secret, lives elsewhere (R32). The
// zero value is a password.
type OAuthSettings struct {
	Provider OAuthProvider `json:"provider,omitempty"`
	ClientID string        `json:"clientId,omitempty"`
	// Tenant is the company's directory at Microsoft; "" lets people of any sign
	// in, as far as the registration does.
	Tenant string `json:"tenant,omitempty"`
	// BaseURL is a stand-in for the provider on this computer, for tests.
	BaseURL string `json:"baseUrl,omitempty"`
}

// On says whether there is a provider to sign in at.
func (o OAuthSettings) On() bool { return o.Provider != ByPassword }
