package app

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// seeAssignments says to the team that the member saw what was assigned to
// them, as soon as it is in front of them, until ctx ends: whoever opens a
// conversation without unread messages says nothing by that, and would be
// mailed about it by a teammate's desktop (R18).
func (a *App) seeAssignments(ctx context.Context) {
	for {
		if err := a.saw(ctx, a.sight.take()); err != nil && ctx.Err() == nil {
			a.log.Warn("saying that an assignment was seen", "error", err.Error())
		}
		select {
		case <-a.sightKeeper.wake:
		case <-ctx.Done():
			return
		}
	}
}

// saw decides that the member read conversations about which an alert to them
// waits that says they were assigned, and about no others.
func (a *App) saw(ctx context.Context, open []inbox.Key) error {
	if len(open) == 0 || a.outside() != "" {
		return nil
	}
	rows, err := a.waitingAssignments(ctx)
	if len(rows) == 0 || err != nil {
		return err
	}
	inFront := map[inbox.Key]bool{}
	for _, key := range open {
		if now, err := a.standing(ctx, key); err == nil { // one that was deleted is nobody's
			inFront[now.ID] = true
		}
	}
	var events []teamlog.Event
	for _, row := range rows {
		now, err := a.standing(ctx, row.Conversation)
		if err != nil || !inFront[now.ID] {
			continue
		}
		if known, err := a.db.HasSeen(ctx, row); err != nil || known {
			continue // what cannot be asked now is asked again with the next look
		}
		inFront[now.ID] = false // one mark is enough
		events = append(events, &teamlog.Read{Conversation: now.ID, UpTo: now.Last})
	}
	if len(events) > 0 {
		_, err = a.decide(ctx, events...)
	}
	return err
}

// waitingAssignments are the alerts that wait to tell this desktop's member of
// what leaves nothing unread: an assignment, or a reply window that ends.
func (a *App) waitingAssignments(ctx context.Context) (mine []inbox.NotificationRecord, err error) {
	rows, err := a.db.WaitingNotifications(ctx, inbox.MediumEmail)
	me := a.team.Me()
	for _, row := range rows {
		if row.Member == me && (row.Occasion == inbox.OccasionAssigned || row.Occasion == inbox.OccasionClosing) && row.Outcome == inbox.OutcomeWaiting {
			mine = append(mine, row)
		}
	}
	return mine, err
}

// alertsChanged is what e-mail alerts call: one may wait about what is in front
// of the member.
func (a *App) alertsChanged() {
	a.historyChanged()
	a.sightKeeper.poke()
}
