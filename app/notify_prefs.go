package app

import (
	"context"
	"encoding/json"
	"slices"

	"postvak/app/words"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// saidPrefs is what of a member's choices the team log carries (teamlog.Prefs):
// what a teammate's desktop needs to send them an alert. A private channel's id
// is never in it (R31). Fields of a newer version are ignored.
type saidPrefs struct {
	V        int               `json:"v"`
	Email    inbox.Bell        `json:"email"`
	Muted    []inbox.ChannelID `json:"muted,omitempty"`
	Language string            `json:"language,omitempty"`
}

// prefsVersion is of saidPrefs. Every version keeps the fields of the first.
const prefsVersion = 1

// readPrefs reads what a member said. What cannot be read is as if they never
// said anything: no e-mail.
func readPrefs(value json.RawMessage) (p saidPrefs) {
	if json.Unmarshal(value, &p) != nil {
		return saidPrefs{}
	}
	if p.Language != words.English && p.Language != words.Dutch {
		p.Language = ""
	}
	return p
}

// prefsOf is what is to be said of choices.
func (a *App) prefsOf(s NotificationSettings) saidPrefs {
	p := saidPrefs{V: prefsVersion, Email: inbox.Bell(s.Email), Language: a.language()}
	for _, id := range s.Muted {
		if channel, ok := a.team.Channel(inbox.ChannelID(id)); ok && channel.Shared {
			p.Muted = append(p.Muted, channel.ID)
		}
	}
	slices.Sort(p.Muted)
	return p
}

// same says whether teammates' desktops would do the same.
func (p saidPrefs) same(q saidPrefs) bool {
	return p.Email == q.Email && p.Language == q.Language && slices.Equal(p.Muted, q.Muted)
}

// silent says whether it asks for nothing that would not be so anyway: then it
// needs no saying.
func (p saidPrefs) silent() bool { return p.Email == inbox.Bell{} && len(p.Muted) == 0 }

// storedBell is what this computer keeps: the choices, and what of them is on
// its way into the team log.
type storedBell struct {
	NotificationSettings
	// Said is what was said last from here, Before what the log held until
	// then: while it holds one of those, what is stored here is newer.
	Said   string   `json:"said,omitempty"`
	Before []string `json:"before,omitempty"`
	As     string   `json:"as,omitempty"` // in which log, and as whom
}

// maxBefore bounds what waits: whoever changes their mind that often offline
// sees older choices for a moment when the log catches up.
const maxBefore = 20

// newer says whether what is stored here is newer than, or the same as, what
// the log holds.
func (s *storedBell) newer(log string) bool {
	return log == "" || log == s.Said || slices.Contains(s.Before, log)
}

// saying notes that something is said while the log holds that.
func (s *storedBell) saying(log, value string) {
	if slices.Contains(s.Before, log) && s.Said != "" {
		s.Before = append(s.Before, s.Said)
	} else {
		s.Before = []string{log}
	}
	s.Before = s.Before[max(len(s.Before)-maxBefore, 0):]
	s.Said = value
}

// agree takes over what the member said on another computer.
func (a *App) agree(s *storedBell) {
	log := a.team.Prefs(a.team.Me())
	if s.newer(string(log)) {
		return
	}
	known := readPrefs(log)
	s.Email = NotificationBell(known.Email)
	s.Muted = slices.DeleteFunc(s.Muted, func(id string) bool {
		channel, ok := a.team.Channel(inbox.ChannelID(id))
		return !ok || channel.Shared
	})
	s.Muted = append(s.Muted, texts(known.Muted)...)
}

// sayPrefs tells the team what it does not know yet, and notes that in s. Who
// takes no part in the team says nothing; it is said when they do.
func (a *App) sayPrefs(ctx context.Context, s *storedBell) (said bool, err error) {
	log, wanted := string(a.team.Prefs(a.team.Me())), a.prefsOf(s.NotificationSettings)
	last := log
	if s.Said != "" && s.newer(log) {
		last = s.Said // on its way
	}
	switch {
	case a.outside() != "", last == "" && wanted.silent(), last != "" && readPrefs([]byte(last)).same(wanted):
		return false, nil
	}
	value, err := json.Marshal(wanted)
	if err != nil {
		return false, err
	}
	if _, err := a.decide(ctx, &teamlog.Prefs{Value: value}); err != nil {
		return false, err
	}
	s.saying(log, string(value))
	s.As = a.speaksAs()
	return true, nil
}

// speaksAs is in which log, and as whom, this computer speaks. In another one,
// nothing is on its way.
func (a *App) speaksAs() string { return a.team.LogID() + "/" + string(a.team.Me()) }
