package teamlog

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"postvak/backend/inbox"
)

// maxBase is how long the address of a provider's stand-in may be, in bytes.
const maxBase = 500

// checkProviders looks at what an event says of how a chat channel reaches its
// provider.
func checkProviders(kind string, w inbox.WhatsAppSettings, m inbox.MessengerSettings) error {
	if tooLong(w.AccountSID) || tooLong(w.APIKey) || unprintable(w.AccountSID) || unprintable(w.APIKey) {
		return errors.New(kind + ": the account or the name of its key is too long")
	}
	if !standIn(w.BaseURL) || !standIn(m.BaseURL) {
		return errors.New(kind + ": another provider is reached on this computer only")
	}
	return nil
}

func unprintable(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// standIn says whether a base address is none, or one on this computer. Secrets
// are sent to it: an event must not lead them elsewhere.
func standIn(base string) bool {
	if base == "" {
		return true
	}
	u, err := url.Parse(base)
	if err != nil || len(base) > maxBase || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}
