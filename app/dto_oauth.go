package app

// AuthorizeRequest says where somebody signs in instead of giving a password.
type AuthorizeRequest struct {
	Provider string `json:"provider"` // google, microsoft
	// ClientID is that of the program which the company registered there;
	// ClientSecret is Google's, and "" is the one that is kept here for it.
	ClientID     string `json:"clientId"`
	ClientSecret Secret `json:"clientSecret"`
	Tenant       string `json:"tenant"`  // the company's directory at Microsoft; "": any account
	Address      string `json:"address"` // who is expected to sign in
	Device       bool   `json:"device"`  // with a code, in whatever browser (Microsoft)
	BaseURL      string `json:"baseUrl"` // for tests
	// ChannelID is a channel that signs in again, or "team": what is left out
	// above is as it is there.
	ChannelID string `json:"channelId"`
}

// Authorization is a sign-in that waits for its person. Grant stands for it in
// the calls that take one in place of a password.
type Authorization struct {
	Grant  string `json:"grant"`
	URL    string `json:"url"`    // to open in a browser on this computer
	Opened bool   `json:"opened"` // it is open already
	Code   string `json:"code"`   // to type at Page, in whatever browser
	Page   string `json:"page"`
}

// AuthorizationState is how far a sign-in got.
type AuthorizationState struct {
	State   string `json:"state"` // waiting, done, failed
	Reason  string `json:"reason" words:"own"`
	Address string `json:"address"` // who was expected to sign in
}

// OAuth says at which provider a mailbox is signed in to; provider is "" where
// a password does.
type OAuth struct {
	Provider string `json:"provider"`
	ClientID string `json:"clientId"`
	Tenant   string `json:"tenant"`
	BaseURL  string `json:"baseUrl"`
}
