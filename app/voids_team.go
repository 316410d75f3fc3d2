package app

import (
	"context"
	"slices"
	"strings"

	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
)

// teamVoidsKey is the local setting with own decisions about the team that had
// no effect, until they are dismissed. Those about conversations are the
// cache's.
const teamVoidsKey = "voids.team"

// maxTeamVoids bounds that list; the oldest go first.
const maxTeamVoids = 100

// teamDecisions are the decisions about the team that a person makes, and what
// they are about. What the program writes down by itself is nobody's.
var teamDecisions = map[string]string{
	"channel.add":       "a new channel",
	"channel.update":    aboutKinds["channel.update"],
	"channel.remove":    aboutKinds["channel.remove"],
	"channel.installer": aboutKinds["channel.installer"],
	"device.revoke":     aboutKinds["device.revoke"],
	"member.remove":     "a member's leaving",
	"member.role":       "a member's role",
	"refuse":            aboutKinds["refuse"],
	"setting":           aboutKinds["setting"],
	kindReply:           aboutKinds[kindReply],
	kindReplyGone:       aboutKinds[kindReplyGone],
}

// ownTeamVoids gives the own decisions about the team, of records that still
// wait, that a stretch of the log says had no effect. That somebody did the
// same before is nothing to tell.
func (a *App) ownTeamVoids(ctx context.Context, decisions []teamlog.Decision) (own []sqlite.Voided) {
	void := slices.DeleteFunc(slices.Clone(decisions), func(d teamlog.Decision) bool {
		return teamDecisions[d.Event.Kind()] == "" || saysSender(d.Event) ||
			slices.Contains([]teamlog.Reason{teamlog.Admitted, teamlog.AlreadyExists, teamlog.NotFound}, d.Void)
	})
	if len(void) == 0 {
		return nil // nearly always: what waits is not read for each stretch
	}
	waiting, err := a.db.PendingRecords(ctx)
	if err != nil {
		a.log.Warn("what waits for the team log", "error", err.Error())
	}
	for i := range void {
		d := &void[i]
		record, _, _ := strings.Cut(d.ID, ".")
		if slices.ContainsFunc(waiting, func(p sqlite.PendingRecord) bool { return p.ID == record }) {
			line := teamlog.Activity{ID: d.ID, At: d.At, Author: d.Author, Kind: d.Event.Kind(), Void: d.Void}
			a.saysReply(ctx, d.Event, &line)
			own = append(own, sqlite.Voided{ID: d.ID, Activity: line, Wrote: wroteReply(d.Event)})
		}
	}
	return own
}

// foundTeamVoids puts them on the list and tells the screen.
func (a *App) foundTeamVoids(ctx context.Context, found []sqlite.Voided) {
	if len(found) == 0 {
		return
	}
	if err := a.changeTeamVoids(ctx, func(all []sqlite.Voided) []sqlite.Voided {
		all = append(all, found...)
		return all[max(len(all)-maxTeamVoids, 0):]
	}); err != nil {
		a.log.Warn("void decisions about the team", "error", err.Error())
	}
	a.foundVoid(found)
}

func (a *App) changeTeamVoids(ctx context.Context, change func([]sqlite.Voided) []sqlite.Voided) error {
	a.voids.saving.Lock()
	defer a.voids.saving.Unlock()
	var all []sqlite.Voided
	if _, err := a.db.Setting(ctx, teamVoidsKey, &all); err != nil {
		return err
	}
	return a.db.PutSetting(ctx, teamVoidsKey, change(all))
}

// listVoids gives all that was not dismissed, the newest first.
func (a *App) listVoids(ctx context.Context) ([]Voided, error) {
	all, err := a.db.Reports(ctx)
	if err != nil {
		return nil, err
	}
	var team []sqlite.Voided
	if _, err := a.db.Setting(ctx, teamVoidsKey, &team); err != nil {
		return nil, err
	}
	all = append(all, team...)
	slices.SortStableFunc(all, func(x, y sqlite.Voided) int { return y.Activity.At.Compare(x.Activity.At) })
	return mapped(all, func(v sqlite.Voided) Voided { return a.voidedOf(ctx, v) }), nil
}

// dismissVoid takes one off the list. One that is not there is no error: a
// person may press twice.
func (a *App) dismissVoid(ctx context.Context, id string) error {
	if err := a.db.DismissReport(ctx, id); err != nil {
		return err
	}
	return a.changeTeamVoids(ctx, func(all []sqlite.Voided) []sqlite.Voided {
		return slices.DeleteFunc(all, func(v sqlite.Voided) bool { return v.ID == id })
	})
}
