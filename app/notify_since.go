package app

import (
	"context"
	"time"

	"postvak/backend/inbox"
)

// sinceKey is the setting with when this computer's part in the team began.
const sinceKey = "notifications.since"

// start is that moment, and of which member and log.
type start struct {
	Member inbox.MemberID `json:"member"`
	Log    string         `json:"log"`
	At     time.Time      `json:"at"`
}

// since is when this computer's part in its team began: what is older is
// history, and notifies nobody.
func (a *App) since() time.Time {
	if s := a.began.Load(); s != nil {
		return s.At
	}
	return a.clock.Now()
}

// noteStart notes when this computer's part in a team begins: at its first
// start, and when it was let into another team.
func (a *App) noteStart(ctx context.Context) error {
	if a.outside() != "" || a.team.LogID() == "" {
		return nil
	}
	now := start{a.team.Me(), a.team.LogID(), a.clock.Now()}
	known := a.began.Load()
	if known == nil {
		var stored start
		if _, err := a.db.Setting(ctx, sinceKey, &stored); err != nil {
			return err
		}
		known = &stored
	}
	if known.Member != now.Member || known.Log != now.Log {
		if err := a.db.PutSetting(ctx, sinceKey, now); err != nil {
			return err
		}
		known = &now
	}
	a.began.Store(known)
	return nil
}
