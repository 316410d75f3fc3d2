package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamsync"
)

// follower acts on what the team became, whoever decided it: one goroutine, so
// that the log is never held up.
type follower struct{ wake chan struct{} }

func newFollower() follower { return follower{make(chan struct{}, 1)} }

func (f follower) poke() {
	select {
	case f.wake <- struct{}{}:
	default: // it has yet to look
	}
}

// teamChanged is what teamsync calls; it returns at once.
func (a *App) teamChanged() {
	a.hub.emit("team.changed", Ping{})
	a.follower.poke()
	a.running.logChanged()
	a.alerts.Wake()
	a.crm.service.Wake()
}

// comesBack is how long a call waits for the log to give back what it decided,
// where the next call needs it. What takes longer comes all the same.
const comesBack = 10 * time.Second

// awaitTeam waits until the team is as a call needs it, but not for ever.
func (a *App) awaitTeam(ctx context.Context, there func() bool) {
	ctx, cancel := context.WithTimeout(ctx, comesBack)
	defer cancel()
	changed := make(chan struct{}, 1)
	defer a.hub.subscribe(func(e event) {
		if e.name == "team.changed" {
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	})()
	for !there() {
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// followTeam starts and ends channels as the team decides, takes over the
// passwords that are for this computer, and hands out those that the team
// lacks, until ctx ends.
func (a *App) followTeam(ctx context.Context) {
	for {
		if err := a.afterTeamChange(ctx); err != nil && ctx.Err() == nil {
			a.log.Log(ctx, followingLevel(err), "following the team", "error", err.Error())
		}
		a.emitStatus()
		select {
		case <-time.After(eventSpacing): // a log that moves changes with every record
		case <-ctx.Done():
			return
		}
		select {
		case <-a.follower.wake:
		case <-ctx.Done():
			return
		}
	}
}

// followingLevel is how grave it is that the team could not be followed: who has
// just joined waits for an admin, and that is as it should be.
func followingLevel(err error) slog.Level {
	if errors.Is(err, teamsync.ErrNotLetIn) {
		return slog.LevelInfo
	}
	return slog.LevelError
}

func (a *App) afterTeamChange(ctx context.Context) error {
	if a.team.Membership() == teamsync.Removed {
		a.refreshChannels()
		a.refreshCrm(ctx)
		return errors.Join(a.forgetSecrets(ctx), a.forgetCrmToken(ctx))
	}
	if err := a.noteStart(ctx); err != nil {
		return err
	}
	log, err := a.logStatus(ctx)
	if err != nil {
		return err
	}
	if a.outside() == "" && !slices.Contains([]string{"behind", "moving", "repairing"}, log.Phase) {
		if err := a.exchangeSecrets(ctx); err != nil {
			return err
		}
		if log.Pending == 0 {
			if err := a.forgetOldToken(ctx); err != nil {
				return err
			}
		}
	}
	a.refreshChannels()
	a.refreshCrm(ctx)
	if err := a.sayFirst(ctx); err != nil {
		return err
	}
	if err := a.saySender(ctx, log); err != nil {
		return err
	}
	return a.reviewTodo(ctx)
}

// forgetSecrets removes every password of the team from this computer, once
// its person is no member any more, and stops reading the team's mailbox.
func (a *App) forgetSecrets(ctx context.Context) error {
	for _, c := range a.db.Channels() {
		a.forgetPassword(c.ID)
	}
	if _, err := a.secrets.Get(ctx, teamPasswordName); err != nil {
		return nil
	}
	if err := a.team.Switch(ctx, lockedLog{left: true}); err != nil {
		return err
	}
	return a.forget(ctx, teamPasswordName)
}

// forget deletes a secret that may be gone already.
func (a *App) forget(ctx context.Context, name string) error {
	if err := a.secrets.Delete(ctx, name); err != nil && inbox.CodeOf(err) != inbox.NotFound {
		return err
	}
	return nil
}

// channelsHere are the channels that run on this computer, each with the login
// that it uses here.
func (a *App) channelsHere() []inbox.Channel {
	if a.outside() != "" {
		return nil
	}
	return mapped(a.team.Channels(), a.withLogin)
}

// channelsShown are the channels that this computer's person may know of: who
// was removed keeps the names of what they can still read.
func (a *App) channelsShown() []inbox.Channel {
	switch a.team.Membership() {
	case teamsync.Newcomer:
		return nil
	case teamsync.Removed:
		all := slices.DeleteFunc(a.db.Channels(), func(c inbox.Channel) bool { return !c.Shared && c.Installer != a.team.Me() })
		slices.SortFunc(all, func(x, y inbox.Channel) int {
			if byAge := x.NotifySince.Compare(y.NotifySince); byAge != 0 {
				return byAge
			}
			return strings.Compare(string(x.ID), string(y.ID))
		})
		return all
	case teamsync.Solo, teamsync.Active:
	}
	return a.team.Channels()
}
