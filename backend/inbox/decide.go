package inbox

import (
	"slices"
	"time"
)

// NotificationFacts is all that a decision about one event, one member and one
// medium rests on.
type NotificationFacts struct {
	Event  NotificationEvent
	Medium Medium
	Member NotificationMember
	Now    time.Time // in the member's own zone: quiet hours are in it
	// HeardAt is when this desktop heard of the event, by its own clock.
	HeardAt time.Time
	// Since is this desktop's start in the team; zero: it was always there.
	Since time.Time
	// Open is a conversation that stands open in a window, Focused says that
	// this window has the focus.
	Open    Key
	Focused bool
	Read    bool // the member read it since it came
	// Of e-mail alone:
	MailServer   bool // there is a server to send by
	ReadByOthers bool // who may not know of it reads what comes to the member's address (R31)
	FromMember   bool // a member's own address wrote
	AnswersAlert bool // it answers one of our alerts
	RecentAlerts int  // to this member about this sender, within AlertPeriod
}

// NotificationMember is whom it is about.
type NotificationMember struct {
	ID       MemberID
	Active   bool   // a member of the team, not removed
	Access   bool   // may see the event's channel
	Address  string // for e-mail
	Settings NotificationSettings
}

// Doing is what a desktop does about an event.
type Doing string

// What can be done. Nothing with a reason goes to the history as suppressed;
// nothing without one is no event to that member at all.
const (
	DoNothing Doing = ""
	DoShow    Doing = "show"   // on the desktop, by itself
	DoGather  Doing = "gather" // on the desktop, now, in one digest with others
	DoHold    Doing = "hold"   // on the desktop, in a digest at Verdict.Until
	DoSend    Doing = "send"   // an e-mail alert
)

// Verdict is a decision with its reason. Until is when something held back is
// to be decided again.
type Verdict struct {
	Do     Doing
	Reason NotificationReason
	Until  time.Time
}

// The limits of decisions.
const (
	// LateAfter is from when on a message is catching up rather than news.
	LateAfter = 5 * time.Minute
	// AlertLimit is how many alerts about one sender a member gets within
	// AlertPeriod: two machines that answer each other stop there.
	AlertLimit  = 10
	AlertPeriod = time.Hour
	// AlertUntil is how old an event may be when a desktop hears of it: when no
	// desktop was on, the morning does not bring the night's alerts.
	AlertUntil = time.Hour
)

// DecideNotification says what becomes of an event, for one member and one
// medium (R14–R20, R31). It is the only place that does, for the desktop and
// for e-mail, and looks at nothing but the facts.
//
// The first check that applies gives the reason, so their order is what a
// person reads in the history:
//
//  1. whose business it is: removed, no access, their own doing;
//  2. what the event is, which no setting changes: before this desktop's time,
//     a reply window that is over, a machine's, seen or closed by others before
//     it came, one that must not be mailed about, on the screen, read;
//  3. what the member chose: the bell, the muted channels;
//  4. what e-mail needs and how much of it is enough;
//  5. the moment: held back on the desktop, or late.
//
// So whoever is told "switched off behind the bell" would have heard of it had
// it been on: pressing Fix is not in vain.
func DecideNotification(f NotificationFacts) Verdict {
	if f.Event.OccasionFor(f.Member.ID) == "" {
		return Verdict{}
	}
	for _, check := range []func(NotificationFacts) NotificationReason{business, nature, choice, means} {
		if why := check(f); why != ReasonNone {
			return Verdict{Reason: why}
		}
	}
	if f.Medium == MediumEmail {
		return Verdict{Do: DoSend}
	}
	if until, why := f.Member.Settings.Held(f.Now); why != ReasonNone {
		return Verdict{Do: DoHold, Reason: why, Until: until}
	}
	if f.Event.News() && f.age() > LateAfter {
		return Verdict{Do: DoGather, Reason: ReasonLate}
	}
	return Verdict{Do: DoShow}
}

// business: is the member anybody to tell?
func business(f NotificationFacts) NotificationReason {
	switch {
	case !f.Member.Active:
		return ReasonRemoved
	case !f.Member.Access:
		return ReasonNoAccess
	case f.Event.Assignment && f.Event.By == f.Member.ID:
		return ReasonOwn
	}
	return ReasonNone
}

// nature: is it news, whatever the member chose?
func nature(f NotificationFacts) NotificationReason {
	e, email := f.Event, f.Medium == MediumEmail
	switch {
	case e.At.Before(f.Since):
		return ReasonBefore
	case e.Closing() && (e.Over || !f.Now.Before(e.Ends)):
		return ReasonWindowOver
	case e.News() && e.Nature != NatureHuman && e.Nature != NatureList:
		return ReasonMachine
	case e.News() && e.Seen:
		return ReasonSeen
	case e.News() && e.Closed:
		return ReasonClosed
	case email && f.FromMember:
		return ReasonFromMember
	case email && f.AnswersAlert:
		return ReasonAnswersAlert
	case !email && f.Focused && f.Open == e.Conversation:
		return ReasonFocused
	case f.Read:
		return ReasonRead
	}
	return ReasonNone
}

// choice: does the member want to hear of it?
func choice(f NotificationFacts) NotificationReason {
	s := f.Member.Settings
	bell := s.Desktop
	if f.Medium == MediumEmail {
		bell = s.Email
	}
	switch {
	case !bell.On(f.Event.OccasionFor(f.Member.ID)):
		return ReasonOff
	case slices.Contains(s.Muted, f.Event.Channel):
		return ReasonMuted
	}
	return ReasonNone
}

// means: can an e-mail go, and is it still worth one?
func means(f NotificationFacts) NotificationReason {
	switch {
	case f.Medium != MediumEmail:
		return ReasonNone
	case f.Member.Address == "":
		return ReasonNoAddress
	case f.ReadByOthers:
		return ReasonSharedAddress
	case !f.MailServer:
		return ReasonNoMailServer
	case f.age() > AlertUntil:
		return ReasonNobodyOn
	case f.RecentAlerts >= AlertLimit:
		return ReasonTooMany
	}
	return ReasonNone
}

// age is how old the event was when this desktop heard of it. Clocks differ: an
// event from the future is new.
func (f NotificationFacts) age() time.Duration { return f.HeardAt.Sub(f.Event.At) }
