package app

import (
	"context"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// bellKey is the setting that keeps the choices behind the bell.
const bellKey = "notifications"

// storedBell gives the choices with what of them is on its way into the log.
func (a *App) storedBell(ctx context.Context) (storedBell, error) {
	s := storedBell{NotificationSettings: bellOf(inbox.DefaultNotifications())}
	if _, err := a.db.Setting(ctx, bellKey, &s); err != nil {
		return s, err
	}
	if s.As != a.speaksAs() {
		s.Said, s.Before = "", nil
	}
	a.agree(&s)
	return s, nil
}

// bell gives the choices: this computer's own, and those that the member made
// for all their computers.
func (a *App) bell(ctx context.Context) (NotificationSettings, error) {
	s, err := a.storedBell(ctx)
	until, _ := parseStamp(s.PausedUntil)
	if left := until.Sub(a.clock.Now()); left <= 0 || left > maxPause*time.Minute {
		s.PausedUntil = "" // it is over, or the clock was far ahead when it began
	}
	return s.NotificationSettings, err
}

// saveBell stores the choices, but for the pause, and tells the team what its
// desktops need to know of them.
func (a *App) saveBell(ctx context.Context, wanted NotificationSettings) error {
	if wanted.Tone == "" {
		wanted.Tone = inbox.Tones()[0]
	}
	if err := wanted.domain().Check(); err != nil {
		return err
	}
	wanted.Muted = slices.DeleteFunc(slices.Clone(wanted.Muted), func(id string) bool {
		_, known := a.team.Channel(inbox.ChannelID(id))
		return !known // it may have been disconnected while the dialog was open
	})
	return a.changeBell(ctx, func(s *storedBell) {
		wanted.PausedUntil = s.PausedUntil
		s.NotificationSettings = wanted
	})
}

// changeBell changes the choices and stores them.
func (a *App) changeBell(ctx context.Context, change func(*storedBell)) error {
	a.bellSaving.Lock()
	defer a.bellSaving.Unlock()
	s, err := a.storedBell(ctx)
	if err != nil {
		return err
	}
	change(&s)
	if _, err := a.sayPrefs(ctx, &s); err != nil {
		return err
	}
	if err := a.db.PutSetting(ctx, bellKey, s); err != nil {
		return err
	}
	a.bellChanged()
	return nil
}

// sayFirst tells a team that never heard of the member's choices, after joining
// it. What it knows stays: two computers with different languages would correct
// each other for ever.
func (a *App) sayFirst(ctx context.Context) error {
	if a.outside() != "" || a.team.Prefs(a.team.Me()) != nil {
		return nil
	}
	return a.sayNow(ctx)
}

// sayNow tells the team what it does not know of the choices, since the member
// changed something here.
func (a *App) sayNow(ctx context.Context) error {
	a.bellSaving.Lock()
	defer a.bellSaving.Unlock()
	s, err := a.storedBell(ctx)
	if err != nil {
		return err
	}
	if said, err := a.sayPrefs(ctx, &s); err != nil || !said {
		return err
	}
	return a.db.PutSetting(ctx, bellKey, s)
}

// maxPause bounds for how long it can be quiet, in minutes: a day.
const maxPause = 24 * 60

// pause holds desktop notifications back for a while (R20).
func (a *App) pause(ctx context.Context, minutes int) error {
	if minutes < 0 || minutes > maxPause {
		return inbox.Errorf(inbox.Invalid, "It can be quiet for 1 to %d minutes; 0 ends it.", maxPause)
	}
	return a.changeBell(ctx, func(s *storedBell) {
		s.PausedUntil = ""
		if minutes > 0 {
			s.PausedUntil = stamp(a.clock.Now().Add(time.Duration(minutes) * time.Minute))
		}
	})
}

// domain gives choices as the rules know them.
func (s NotificationSettings) domain() inbox.NotificationSettings {
	until, _ := parseStamp(s.PausedUntil) // it was written by us
	return inbox.NotificationSettings{
		Desktop: inbox.Bell(s.Desktop), Email: inbox.Bell(s.Email), Quiet: inbox.QuietHours(s.QuietHours),
		Sound: s.Sound, Tone: s.Tone, Preview: s.Preview, PausedUntil: until,
		Muted: mapped(s.Muted, func(id string) inbox.ChannelID { return inbox.ChannelID(id) }),
	}
}

func bellOf(s inbox.NotificationSettings) NotificationSettings {
	return NotificationSettings{
		Desktop: NotificationBell(s.Desktop), Email: NotificationBell(s.Email), QuietHours: QuietHours(s.Quiet),
		Sound: s.Sound, Tone: s.Tone, Preview: s.Preview, Muted: texts(s.Muted), PausedUntil: stamp(s.PausedUntil),
	}
}
