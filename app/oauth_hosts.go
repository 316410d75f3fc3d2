package app

import (
	"context"
	"slices"

	"postvak/backend/imap"
	"postvak/backend/inbox"
)

// An access token opens the whole mailbox at its provider, whoever holds it. The
// servers' names come from a form, an invitation or the team log: a token goes to
// none but its provider's own, and protected on its way. What signs in at a
// stand-in on this computer stays on this computer.

// tokensStay refuses servers that are not those of who gives the tokens.
func tokensStay(s inbox.OAuthSettings, servers ...inbox.Server) error {
	at := slices.IndexFunc(servers, func(server inbox.Server) bool { return !mayHear(s, server) })
	if at < 0 {
		return nil
	}
	firm := "Google"
	if s.Provider == inbox.ByMicrosoft {
		firm = "Microsoft"
	}
	return inbox.Errorf(inbox.Auth, "%.100s is no mail server of %s: a sign-in at %s is not sent there. "+
		"Check the server's name, or sign in with a password.", servers[at].Host, firm, firm)
}

func mayHear(s inbox.OAuthSettings, server inbox.Server) bool {
	switch {
	case server.Host == "": // there is none
		return true
	case s.BaseURL != "":
		return isLoopback(server.Host)
	}
	return server.Security != inbox.NoTLS && providerAt(server.Host) == s.Provider
}

// keptIn gives access tokens for servers that may have them.
type keptIn struct {
	imap.Bearer
	settings inbox.OAuthSettings
	servers  []inbox.Server
}

// Access implements imap.Bearer.
func (k keptIn) Access(ctx context.Context) (string, error) {
	if err := tokensStay(k.settings, k.servers...); err != nil {
		return "", err
	}
	return k.Bearer.Access(ctx)
}
