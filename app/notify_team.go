package app

import (
	"context"
	"slices"
	"time"

	"postvak/backend/alerts"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// alertTeam gives e-mail alerts the team, and what its members wish.
type alertTeam struct{ app *App }

var _ alerts.Team = alertTeam{}

func (t alertTeam) LogID() string  { return t.app.team.LogID() }
func (t alertTeam) Name() string   { return shown(t.app.team.Name()) }
func (t alertTeam) Device() string { return t.app.team.OwnDevice() }

// Me implements alerts.Team. Who waits to be let in, or was removed, alerts
// nobody.
func (t alertTeam) Me() inbox.MemberID {
	if t.app.outside() != "" {
		return ""
	}
	return t.app.team.Me()
}

func (t alertTeam) Since() time.Time { return t.app.since() }

// Members implements alerts.Team: what others wish is what they said to the
// team.
func (t alertTeam) Members() []inbox.NotificationMember {
	me := t.app.team.Me()
	return mapped(t.app.team.Members(), func(m teamlog.Member) inbox.NotificationMember {
		if m.ID == me {
			return t.app.notified()
		}
		known := readPrefs(t.app.team.Prefs(m.ID))
		return inbox.NotificationMember{
			ID: m.ID, Active: !m.Removed, Access: true, Address: m.Email,
			Settings: inbox.NotificationSettings{Email: known.Email, Muted: known.Muted, Language: known.Language, Preview: true},
		}
	})
}

func (t alertTeam) MemberName(id inbox.MemberID) string {
	member, _ := t.app.team.Member(id)
	return shown(member.Name)
}

func (t alertTeam) ChannelName(id inbox.ChannelID) string {
	channel, _ := t.app.team.Channel(id)
	return shown(channel.Name)
}

// Private implements alerts.Team. What is not known is not said to the team.
func (t alertTeam) Private(id inbox.ChannelID) bool {
	channel, known := t.app.team.Channel(id)
	return !known || !channel.Shared
}

func (t alertTeam) HasAccess(member inbox.MemberID, channel inbox.ChannelID) bool {
	return t.app.team.HasAccess(member, channel)
}

// Common implements alerts.Team.
func (t alertTeam) Common(address string) bool {
	return slices.ContainsFunc(t.app.team.Channels(), func(c inbox.Channel) bool {
		return c.Shared && address != "" && (address == inbox.NormalAddress(c.Address) || address == inbox.NormalAddress(c.Email.IMAP.Username))
	})
}

func (t alertTeam) Reached() bool {
	state, err := t.app.team.State(t.app.ctx)
	if err != nil {
		return false
	}
	switch state.Phase {
	case teamsync.PhaseOK, teamsync.PhaseBehind, teamsync.PhasePaused:
		return true
	case teamsync.PhaseOffline, teamsync.PhaseSignIn, teamsync.PhaseMoving, teamsync.PhaseRepairing, teamsync.PhaseWaiting, teamsync.PhaseReadOnly:
	}
	return false
}

// Claim implements alerts.Team: a claim that nobody got is no claim at all.
func (t alertTeam) Claim(ctx context.Context, work string, lease time.Duration) (alerts.Claim, error) {
	claim, err := t.app.team.Claim(ctx, work, lease)
	if claim == nil || err != nil {
		return nil, err
	}
	return claim, nil
}

func (t alertTeam) Claimed(work string) (alerts.State, bool) {
	state, known := t.app.team.Claimed(work)
	return alerts.State{
		Done: state.Done, State: state.State, Result: state.Result, Member: state.Holder, Device: state.Device,
		At: state.At, Lease: time.Duration(state.Lease) * time.Second,
	}, known
}

func (t alertTeam) Lapsed(work string) bool { return t.app.team.Lapsed(work) }
func (t alertTeam) Turn(work string) int    { return t.app.team.Turn(work) }
