package app

import (
	"context"
	"time"

	"postvak/backend/inbox"
)

// bellKey is the setting that keeps the choices behind the bell.
const bellKey = "notifications"

// defaultBell is what a new profile hears of: what is theirs or nobody's, on
// this computer.
func defaultBell() NotificationSettings {
	return NotificationSettings{
		Desktop: NotificationBell{Mine: true, Unassigned: true, AssignedToMe: true}, Tone: "tick", Preview: true,
	}
}

// bell gives the choices as stored, the e-mail ones as the team knows them.
func (a *App) bell(ctx context.Context) (NotificationSettings, error) {
	s := defaultBell()
	_, err := a.db.Setting(ctx, bellKey, &s)
	return s, err
}

// saveBell stores the choices, but for the pause.
func (a *App) saveBell(ctx context.Context, s NotificationSettings) error {
	a.saving.Lock()
	defer a.saving.Unlock()
	before, err := a.bell(ctx)
	if err != nil {
		return err
	}
	if s.Tone == "" {
		s.Tone = "tick"
	}
	s.PausedUntil = before.PausedUntil
	return a.putBell(ctx, s)
}

func (a *App) putBell(ctx context.Context, s NotificationSettings) error {
	if err := a.db.PutSetting(ctx, bellKey, s); err != nil {
		return err
	}
	a.hub.emit("notifications.changed", Ping{})
	return nil
}

// maxPause bounds for how long it can be quiet, in minutes: a day.
const maxPause = 24 * 60

// pause holds desktop notifications back for a while (R20).
func (a *App) pause(ctx context.Context, minutes int) error {
	if minutes < 0 || minutes > maxPause {
		return inbox.Errorf(inbox.Invalid, "It can be quiet for 1 to %d minutes; 0 ends it.", maxPause)
	}
	a.saving.Lock()
	defer a.saving.Unlock()
	s, err := a.bell(ctx)
	if err != nil {
		return err
	}
	s.PausedUntil = ""
	if minutes > 0 {
		s.PausedUntil = stamp(a.clock.Now().Add(time.Duration(minutes) * time.Minute))
	}
	return a.putBell(ctx, s)
}
