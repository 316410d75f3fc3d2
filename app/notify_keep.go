package app

import (
	"context"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// pruneEvery is how often old rows of the history go.
const pruneEvery = 6 * time.Hour

// pruneHistory drops what nobody asks for any more, until ctx ends.
func (a *App) pruneHistory(ctx context.Context) {
	for {
		if err := a.db.PruneNotifications(ctx, a.clock.Now()); err != nil && ctx.Err() == nil {
			a.log.Warn("pruning the history of notifications", "error", err.Error())
		}
		select {
		case <-a.clock.After(pruneEvery):
		case <-ctx.Done():
			return
		}
	}
}

// keepNotices takes notifications back when their conversation was read or
// closed, whoever did it, until ctx ends.
func (a *App) keepNotices(ctx context.Context) {
	for {
		select {
		case <-a.noticeKeeper.wake:
		case <-ctx.Done():
			return
		}
		if err := a.withdrawRead(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("taking back notifications", "error", err.Error())
		}
	}
}

func (a *App) withdrawRead(ctx context.Context) error {
	shown := a.notices.conversations()
	if len(shown) == 0 {
		return nil
	}
	ids := make([]inbox.Key, 0, len(shown))
	for _, id := range shown {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	unread, err := a.db.UnreadIn(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	for slot, id := range shown {
		if a.notices.wasRead(slot, unread[id]) {
			a.notify.Opened(id)
			continue
		}
		state, _, err := a.db.State(ctx, id)
		switch {
		case inbox.CodeOf(err) == inbox.NotFound: // it may come again
		case err != nil:
			return err
		case state.Closed || state.Hidden:
			a.notify.Closed(slot)
		}
	}
	return nil
}
