package inbox

import (
	"slices"
	"time"
)

// NotificationSettings are what one member wants to hear of, and how. The
// desktop's part is this computer's own; the e-mail bell, the muted shared
// channels and the language travel in the team log, since any desktop of the
// team may have to send the alert.
type NotificationSettings struct {
	Desktop Bell
	Email   Bell
	Quiet   QuietHours // of the desktop alone: an e-mail wakes nobody
	Sound   bool
	Tone    string // one of Tones; "" is the first
	Preview bool   // whether a notification shows the start of the text
	Muted   []ChannelID
	// PausedUntil ends "quiet for an hour"; zero or past: not paused.
	PausedUntil time.Time
	Language    string // of the e-mail alerts; "" is English
}

// Tones are the sounds to choose from, the default first.
func Tones() []string { return []string{"tick", "chime", "low"} }

// maxMuted bounds what a teammate's settings can make this desktop keep.
const maxMuted = 1000

// DefaultNotifications are what somebody gets who never opened the bell: what
// is theirs, its reply windows, and what nobody has, on the desktop, silently;
// no e-mail.
func DefaultNotifications() NotificationSettings {
	return NotificationSettings{
		Desktop: Bell{Mine: true, Unassigned: true, AssignedToMe: true, WindowClosing: true},
		Tone:    Tones()[0],
		Preview: true,
	}
}

// Check says, with code Invalid and in words for a person, what is wrong with
// the settings.
func (s NotificationSettings) Check() error {
	switch {
	case s.Tone != "" && !slices.Contains(Tones(), s.Tone):
		return Errorf(Invalid, "There is no such tone. Choose tick, chime or low.")
	case len(s.Muted) > maxMuted:
		return Errorf(Invalid, "At most %d channels can be muted.", maxMuted)
	case slices.Contains(s.Muted, ""):
		return Errorf(Invalid, "A muted channel has no name. Choose the channels again.")
	case s.Language != "" && s.Language != "en" && s.Language != "nl":
		return Errorf(Invalid, "Choose English or Dutch.")
	}
	return s.Quiet.Check()
}

// Held says whether desktop notifications wait (R20), why, and until when. A
// pause comes first: it is what the member asked for last.
func (s NotificationSettings) Held(now time.Time) (until time.Time, why NotificationReason) {
	if now.Before(s.PausedUntil) {
		return s.PausedUntil, ReasonPaused
	}
	if end, quiet := s.Quiet.Until(now); quiet {
		return end, ReasonQuiet
	}
	return time.Time{}, ReasonNone
}
