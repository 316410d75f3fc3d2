package app

import (
	"context"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/poll"
)

const (
	// closingLook bounds a pause between two looks: a computer that sleeps does
	// not count it.
	closingLook = time.Minute
	// closingFresh is how long ago a channel may have been asked last. Of one
	// that is out of reach nobody knows whether the contact wrote meanwhile.
	closingFresh = 3 * poll.Slow
)

// closingTold is what was told of reply windows since the start: by event and
// assignee, and when the window ends. The history keeps what was told before.
type closingTold map[string]time.Time

func (t closingTold) key(event string, assignee inbox.MemberID) string {
	return event + " " + string(assignee)
}

// tellClosing tells of the reply windows that end within the hour (R28), until
// ctx ends: also of those whose hour began while the computer slept or Postvak
// was off, and of none that ended then.
func (a *App) tellClosing(ctx context.Context) {
	told := closingTold{}
	for {
		next := a.closingNow(ctx, told)
		select {
		case <-time.After(eventSpacing): // a sync changes with every batch
		case <-ctx.Done():
			return
		}
		pause := closingLook
		if now := a.clock.Now(); !next.IsZero() {
			pause = max(min(pause, next.Sub(now)), time.Millisecond)
		}
		select {
		case <-a.clock.After(pause):
		case <-a.closingKeeper.wake:
		case <-ctx.Done():
			return
		}
	}
}

// closingNow tells of what is about to end now, and gives when to look again.
func (a *App) closingNow(ctx context.Context, told closingTold) time.Time {
	now := a.clock.Now()
	for key, end := range told {
		if end.Before(now.Add(-inbox.ClosingFor)) {
			delete(told, key)
		}
	}
	known := func(event string, assignee inbox.MemberID) bool {
		_, is := told[told.key(event, assignee)]
		return is
	}
	events, next, err := a.db.ClosingWindows(ctx, now, known)
	if err != nil {
		if ctx.Err() == nil {
			a.log.Warn("looking for reply windows that end", "error", err.Error())
		}
		return time.Time{}
	}
	var fresh []inbox.NotificationEvent
	for _, e := range events {
		if a.askedLately(e.Channel, now) {
			fresh = append(fresh, e)
			told[told.key(e.ID, e.Assignee)] = e.Ends
		}
	}
	a.notify.Heard(fresh)
	a.alerts.Heard(fresh)
	return next
}

// askedLately says whether what a contact wrote would be here by now.
func (a *App) askedLately(id inbox.ChannelID, now time.Time) bool {
	status, known := a.board.get(id)
	return known && working(status) && !status.LastSync.IsZero() && now.Sub(status.LastSync) <= closingFresh
}
