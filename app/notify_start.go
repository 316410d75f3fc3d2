package app

import (
	"math/rand/v2"

	"postvak/app/words"
	"postvak/backend/alerts"
	"postvak/backend/inbox"
	"postvak/backend/notify"
	"postvak/backend/sqlite"
)

// Notification is what the event of that name carries: a row of the history
// with what was said, or would have been.
type Notification struct {
	NotificationRow
	Title string `json:"title"`
	Body  string `json:"body"`
}

// join leaves each by itself: bursts were joined before they come here, and
// what became of one says nothing of another (R19).
func (n Notification) join(payload) payload { return nil }

// buildNotify makes what tells people of events. It hears of them from then on,
// and works from startNotify on.
func (a *App) buildNotify() {
	a.notices = &noticeDesk{app: a}
	a.notify = notify.New(notify.Config{
		Store: a.db, Desk: a.notices, Me: a.notified, Available: a.available, Words: noticeWords{a}, Clock: a.clock,
		Since: a.since, Changed: a.historyChanged, Emit: a.emitNotification, Log: a.log.With("part", "notifications"),
	})
	a.alerts = alerts.New(alerts.Config{
		Team: alertTeam{a}, Store: a.db, Post: alertPost{a}, Clock: a.clock, Words: words.In, Rand: rand.Float64,
		Log: a.log.With("part", "alerts"), Changed: a.alertsChanged,
	})
}

func (a *App) startNotify() {
	a.notify.Start(a.tellers)
	a.alerts.Start(a.tellers)
	a.group.Go("history", a.pruneHistory)
	a.group.Go("shown notifications", a.keepNotices)
	a.group.Go("seen assignments", a.seeAssignments)
	a.group.Go("windows that end", a.tellClosing)
	if a.opt.Desktop != nil {
		a.group.Go("pressed notifications", a.hearAnswers)
	}
}

// notified is the member at this desktop, with their present choices.
func (a *App) notified() inbox.NotificationMember {
	me, _ := a.team.Member(a.team.Me())
	settings, err := a.bell(a.ctx)
	if err != nil {
		a.log.Error("reading the choices behind the bell", "error", err.Error())
	}
	domain := settings.domain()
	domain.Language = a.language()
	return inbox.NotificationMember{
		ID: a.team.Me(), Active: a.outside() == "", Access: true, Address: me.Email, Settings: domain,
	}
}

// available says whether this desktop's member may be assigned to (R3).
func (a *App) available() bool {
	me, known := a.team.Member(a.team.Me())
	return known && me.Available && !me.Removed
}

// heard hands on what a commit brought that may notify.
func (a *App) heard(c sqlite.Changed) {
	if events := eventsOf(c); len(events) > 0 {
		a.notify.Heard(mapped(events, a.inMyWords))
		a.alerts.Heard(events)
	}
	if len(c.Conversations) > 0 {
		a.noticeKeeper.poke()
	}
}

// inMyWords gives an event as this computer's person reads it.
func (a *App) inMyWords(e inbox.NotificationEvent) inbox.NotificationEvent {
	if channel, known := a.team.Channel(e.Channel); known {
		e.Preview = a.previewOf(channel.Kind, e.Preview)
	}
	return e
}

// eventsOf leaves out the assignments that somebody changed again before they
// were here: there is nothing in them for anybody any more.
func eventsOf(c sqlite.Changed) (events []inbox.NotificationEvent) {
	for _, arrival := range c.Arrived {
		events = append(events, arrival.NotificationEvent)
	}
	for _, assignment := range c.Assigned {
		if assignment.Stands {
			events = append(events, assignment.NotificationEvent)
		}
	}
	return events
}

// bellChanged makes a new choice count at once.
func (a *App) bellChanged() {
	a.notify.Settings()
	a.alerts.Wake()
	a.historyChanged()
}

func (a *App) historyChanged() { a.hub.emit("notifications.changed", Ping{}) }

func (a *App) emitNotification(told notify.Told) {
	n := Notification{NotificationRow: a.rowOf(sqlite.HistoryRow{NotificationRecord: told.NotificationRecord}), Title: told.Title, Body: told.Body}
	a.say(&n)
	a.hub.emit("notification", n)
}

// noticeWords gives notifications names and the person's language.
type noticeWords struct{ app *App }

func (w noticeWords) Say(sentence string) string { return w.app.inWords(sentence) }

func (w noticeWords) Channel(id inbox.ChannelID) string { return alertTeam(w).ChannelName(id) }

func (w noticeWords) Member(id inbox.MemberID) string { return alertTeam(w).MemberName(id) }
