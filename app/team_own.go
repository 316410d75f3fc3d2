package app

import (
	"context"
	"fmt"

	"postvak/backend/inbox"
)

// boundKey is the setting that says for which servers a member's own password
// of a channel was given. The team log says where a channel's servers are, and
// any admin may change that: a person's own password goes nowhere else by it.
func boundKey(channel inbox.ChannelID) string { return "channel." + string(channel) + ".servers" }

// serversOf names the servers to which a channel's password goes, and where a
// sign-in is renewed: what renews it is sent there.
func serversOf(e inbox.EmailSettings) string {
	if o := e.OAuth; o.On() {
		return fmt.Sprintf("%s %q %q %q, ", o.Provider, o.ClientID, o.Tenant, o.BaseURL) + mailServersOf(e)
	}
	return mailServersOf(e)
}

func mailServersOf(e inbox.EmailSettings) string {
	return fmt.Sprintf("%s:%d %s, %s:%d %s", e.IMAP.Host, e.IMAP.Port, e.IMAP.Security, e.SMTP.Host, e.SMTP.Port, e.SMTP.Security)
}

// bindLogin says that the password kept here is its person's own, for these
// servers.
func (a *App) bindLogin(ctx context.Context, channel inbox.ChannelID, servers inbox.EmailSettings) error {
	return a.db.PutSetting(ctx, boundKey(channel), serversOf(servers))
}

// unbindLogin says that the password kept here is the team's.
func (a *App) unbindLogin(ctx context.Context, channel inbox.ChannelID) error {
	return a.db.PutSetting(ctx, boundKey(channel), "")
}

// stillBound refuses servers for which an own password was not given.
func (a *App) stillBound(ctx context.Context, c inbox.Channel) error {
	if servers := a.boundTo(ctx, c.ID); servers != "" && servers != serversOf(c.Email) {
		return inbox.Errorf(inbox.Auth, "An admin changed the servers of %s. Your own password is not sent there before you sign in again.", c.Address)
	}
	return nil
}

// boundTo gives the servers for which an own password is kept here; "" when it
// is none.
func (a *App) boundTo(ctx context.Context, channel inbox.ChannelID) (servers string) {
	if _, err := a.db.Setting(ctx, boundKey(channel), &servers); err != nil {
		a.log.Error("reading a login's servers", "channel", string(channel), "error", err.Error())
		return "unknown" // it is asked for again
	}
	return servers
}
