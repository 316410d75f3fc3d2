package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sqlite"
)

// settle is how long the news desk waits for more before it tells: what comes
// in one burst gives one notification.
const settle = 1500 * time.Millisecond

// Notification is what the event of that name carries: a row of the history
// with what it said.
type Notification struct {
	At             string `json:"at"`
	Event          string `json:"event"`
	MemberID       string `json:"memberId"`
	ConversationID string `json:"conversationId"`
	Medium         string `json:"medium"`
	Outcome        string `json:"outcome"` // shown, suppressed, failed
	Reason         string `json:"reason" words:"own"`
	Title          string `json:"title"`
	Body           string `json:"body"`
}

// join keeps the newest: the news desk joins bursts before they come here.
func (n Notification) join(later payload) payload { return later }

// newsDesk gathers what arrived and tells of it once.
type newsDesk struct {
	mu      sync.Mutex
	waiting []sqlite.Arrival
	open    inbox.Key // the conversation on the screen
	focused bool
}

// look is told what is in front of the person.
func (n *newsDesk) look(open inbox.Key, focused bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open, n.focused = open, focused
}

// arrived takes new mail. Only people and lists notify: not bounces, machines
// or our own alerts. What we sent ourselves never arrives (R15), and neither
// does history (R36).
func (n *newsDesk) arrived(a *App, mail []sqlite.Arrival) {
	n.mu.Lock()
	defer n.mu.Unlock()
	first := len(n.waiting) == 0
	for _, m := range mail {
		if m.Nature == inbox.NatureHuman || m.Nature == inbox.NatureList {
			n.waiting = append(n.waiting, m)
		}
	}
	if first && len(n.waiting) > 0 {
		a.group.Go("notification", a.tellNews)
	}
}

// tellNews waits for the burst to end, then tells.
func (a *App) tellNews(ctx context.Context) {
	select {
	case <-time.After(settle):
	case <-ctx.Done():
		return
	}
	a.news.mu.Lock()
	mail := a.news.waiting
	a.news.waiting = nil
	open, focused := a.news.open, a.news.focused
	a.news.mu.Unlock()
	note := a.compose(mail)
	note.Outcome = "shown"
	switch {
	case focused && slices.ContainsFunc(mail, func(m sqlite.Arrival) bool { return m.Conversation == open }):
		note.Outcome, note.Reason = "suppressed", "the conversation is open in front of you"
	case focused:
		note.Outcome, note.Reason = "suppressed", "the window is in front of you"
	case a.opt.Notify == nil:
		note.Reason = "no desktop here: told to connected windows only"
	default:
		if err := a.opt.Notify(note.Title, note.Body); err != nil {
			note.Outcome, note.Reason = "failed", "the system did not show it"
			a.log.Warn("desktop notification", "error", err.Error())
		}
	}
	a.say(&note)
	a.hub.emit("notification", note)
}

// bodyLimit is how much of a text a notification shows.
const bodyLimit = 140

// compose says who wrote where, and the start of the text (R17).
func (a *App) compose(mail []sqlite.Arrival) Notification {
	last := mail[len(mail)-1]
	note := Notification{
		At: stamp(a.clock.Now()), Event: eventOf(last), MemberID: string(a.team.Me()),
		ConversationID: string(last.Conversation), Medium: "desktop",
	}
	if len(mail) == 1 {
		note.Title = nameOrAddress(last.From)
		if channel, ok := a.team.Channel(last.Channel); ok {
			note.Title += " · " + channel.Name
		}
		note.Body = shorten(strings.TrimSpace(last.Subject+"\n"+last.Preview), bodyLimit)
		return note
	}
	var names []string
	for _, m := range mail {
		if name := nameOrAddress(m.From); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	note.Title = a.inWords(fmt.Sprintf("%d new messages", len(mail)))
	note.Body = shorten(strings.Join(names, ", "), bodyLimit)
	return note
}

func eventOf(m sqlite.Arrival) string {
	if m.Section == inbox.Mine || m.Section == inbox.Others {
		return string(m.Section)
	}
	return string(inbox.Unassigned)
}

func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
