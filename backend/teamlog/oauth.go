package teamlog

import (
	"errors"

	"postvak/backend/inbox"
)

// checkOAuth looks at what an event says of who signs a channel's people in. A
// provider that this version does not know is a newer one's: it is kept, and
// nobody can be signed in at it here.
func checkOAuth(kind string, o inbox.OAuthSettings) error {
	for _, text := range []string{string(o.Provider), o.ClientID, o.Tenant} {
		if tooLong(text) || unprintable(text) {
			return errors.New(kind + ": the provider, its client id or its tenant makes no sense")
		}
	}
	if !standIn(o.BaseURL) {
		return errors.New(kind + ": another provider is reached on this computer only")
	}
	return nil
}
