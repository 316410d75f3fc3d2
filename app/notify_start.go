package app

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

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
		Log: a.log.With("part", "alerts"), Changed: a.historyChanged,
	})
}

func (a *App) startNotify() {
	a.notify.Start(a.group)
	a.alerts.Start(a.group)
	a.group.Go("history", a.pruneHistory)
	a.group.Go("shown notifications", a.keepNotices)
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
	if len(c.Arrived)+len(c.Assigned) > 0 {
		events := append(mapped(c.Arrived, arrivalEvent), assignmentEvents(c.Assigned)...)
		a.notify.Heard(events)
		a.alerts.Heard(events)
	}
	if len(c.Conversations) > 0 {
		a.noticeKeeper.poke()
	}
}

func arrivalEvent(m sqlite.Arrival) inbox.NotificationEvent {
	return inbox.NotificationEvent{
		ID: string(m.Key), Conversation: m.Conversation, Channel: m.Channel, Thread: m.Thread, At: m.At, Assignee: m.Assignee,
		From: m.From, Subject: m.Subject, Preview: m.Preview, Nature: m.Nature, Seen: m.Seen, Closed: m.Closed, Answers: m.Answers,
	}
}

// assignmentEvents leaves out what somebody changed again before it was here:
// there is nothing in it for anybody any more.
func assignmentEvents(all []sqlite.Assignment) (events []inbox.NotificationEvent) {
	for _, x := range all {
		if !x.Stands {
			continue
		}
		events = append(events, inbox.NotificationEvent{
			ID: x.Decision, Conversation: x.Conversation, Channel: x.Channel, Thread: x.Thread, At: x.At,
			Assignment: true, By: x.By, Device: x.Device, Assignee: x.To, From: x.Contact, Subject: x.Subject,
		})
	}
	return events
}

// look says what stands open in a window and whether it has the focus. What is
// in front of a person needs no notification any more (R16).
func (a *App) look(window string, open inbox.Key, focused bool) {
	a.sight.note(window, open, focused)
	a.notify.Look(window, open, focused)
	if focused && open != "" {
		a.notify.Opened(open)
	}
}

// windowGone forgets what a window had in front of it.
func (a *App) windowGone(window string) { a.look(window, "", false) }

// sight knows which windows have a conversation open and the focus.
type sight struct {
	mu      sync.Mutex
	windows map[string]bool
}

func (s *sight) note(window string, open inbox.Key, focused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.windows == nil {
		s.windows = map[string]bool{}
	}
	delete(s.windows, window)
	if focused && open != "" && len(s.windows) < maxWindows {
		s.windows[window] = true
	}
}

// maxWindows bounds what pages that were never closed leave behind.
const maxWindows = 1000

// any says whether a conversation is in front of the person.
func (s *sight) any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.windows) > 0
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
		if state, _, err := a.db.State(ctx, id); err == nil && (state.Closed || state.Hidden) {
			a.notify.Closed(slot)
		}
	}
	return nil
}

// noticeWords gives notifications names and the person's language.
type noticeWords struct{ app *App }

func (w noticeWords) Say(sentence string) string { return w.app.inWords(sentence) }

func (w noticeWords) Channel(id inbox.ChannelID) string { return alertTeam(w).ChannelName(id) }

func (w noticeWords) Member(id inbox.MemberID) string { return alertTeam(w).MemberName(id) }
