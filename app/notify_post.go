package app

import (
	"context"
	"slices"
	"strings"

	"postvak/backend/alerts"
	"postvak/backend/email"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// alertPost is the way out for e-mail alerts (R18): the team mailbox's server,
// else that of the first shared e-mail channel. A private channel's alerts go
// by its own server: the team's Sent folder is read by teammates (R31).
type alertPost struct{ app *App }

var _ alerts.Post = alertPost{}

// wayOut is an account to send by, and the address it sends from.
type wayOut struct {
	mailbox *email.Mailbox
	from    string
	channel inbox.ChannelID // "" for the team mailbox
}

// From implements alerts.Post.
func (p alertPost) From(channel inbox.ChannelID) (inbox.Address, bool) {
	way, ok := p.way(channel)
	return inbox.Address{Name: "Postvak · " + shown(p.app.team.Name()), Address: way.from}, ok
}

// Send implements alerts.Post.
func (p alertPost) Send(ctx context.Context, channel inbox.ChannelID, r inbox.Rendered, commit func() error) inbox.SendResult {
	way, ok := p.way(channel)
	if !ok {
		return inbox.SendResult{Outcome: inbox.Later, Reason: "There is no mail server to send by."}
	}
	return way.mailbox.Send(ctx, r, inbox.Permit{}, commit)
}

func (p alertPost) way(channel inbox.ChannelID) (wayOut, bool) {
	if channel != "" {
		switch own, known := p.app.team.Channel(channel); {
		case !known:
			return wayOut{}, false // it may have been private
		case !own.Shared:
			return p.app.running.wayOut(own.ID)
		}
	}
	if way, ok := p.teamsWay(); ok {
		return way, true
	}
	return p.firstShared()
}

// teamsWay sends by the team mailbox, if it can send at all.
func (p alertPost) teamsWay() (wayOut, bool) {
	m, ok := p.app.sendingMailbox()
	if !ok {
		return wayOut{}, false
	}
	from := p.app.alertAddress(m)
	if from == "" {
		return wayOut{}, false
	}
	channel := inbox.Channel{ID: "team", Kind: inbox.Email, Address: from, Email: inbox.EmailSettings{SMTP: m.SMTP}}
	if m.OAuth.On() {
		return wayOut{from: from, mailbox: p.app.mailbox(channel, nil, p.app.teamBearer(m.OAuth, m.SMTP))}, true
	}
	return wayOut{from: from, mailbox: p.app.mailbox(channel, func(ctx context.Context) (string, error) {
		password, err := p.app.secrets.Get(ctx, teamPasswordName)
		if err != nil {
			return "", inbox.Errorf(inbox.Auth, "The password of the team mailbox is not on this computer. Sign in again.").Because(err)
		}
		return password, nil
	}, nil)}, true
}

// alertAddress is the team mailbox's own: its user name where that is an
// address, else the first shared channel's.
func (a *App) alertAddress(m teamMailbox) string {
	for _, name := range []string{m.SMTP.Username, m.IMAP.Username} {
		if at := strings.LastIndexByte(name, '@'); at > 0 && at < len(name)-1 {
			return name
		}
	}
	for _, c := range a.team.Channels() {
		if c.Shared && c.Kind == inbox.Email && c.Address != "" {
			return c.Address
		}
	}
	return ""
}

// firstShared gives the first shared e-mail channel that works here, else the
// first that runs.
func (p alertPost) firstShared() (wayOut, bool) {
	var spare wayOut
	for _, c := range p.app.team.Channels() {
		if !c.Shared || c.Kind != inbox.Email || c.Email.SMTP.Host == "" {
			continue
		}
		way, runs := p.app.running.wayOut(c.ID)
		if !runs {
			continue
		}
		if status, known := p.app.board.get(c.ID); !known || working(status) {
			return way, true
		}
		if spare.mailbox == nil {
			spare = way
		}
	}
	return spare, spare.mailbox != nil
}

// wayOut gives a running channel's.
func (c *channelSet) wayOut(id inbox.ChannelID) (wayOut, bool) {
	running, ok := c.get(id)
	if !ok || running.mailbox == nil {
		return wayOut{}, false
	}
	return wayOut{running.mailbox, running.channel.Address, id}, true
}

// ourAddress says, of a normalised address, whether alerts come from it beside
// the channels' own: from the team mailbox, though it may not send from here, or
// from a member who signs in to it as themself. The cache asks, and must not be
// asked itself.
func (a *App) ourAddress(address string) bool {
	if a.team == nil || address == "" {
		return false
	}
	if m := a.teamBox.Load(); m != nil && inbox.NormalAddress(a.alertAddress(*m)) == address {
		return true
	}
	return slices.ContainsFunc(a.team.Members(), func(m teamlog.Member) bool { return inbox.NormalAddress(m.Email) == address })
}

// ourAlert says whether a Message-ID is one of this team's alerts.
func (a *App) ourAlert(messageID string) bool {
	return a.team != nil && alerts.Ours(a.team.LogID(), messageID)
}
