package notify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/notify/notifytest"
	"postvak/backend/run"
)

// noon is a Monday.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is one desktop of Ann's. Its Notify has no goroutine: the test takes
// the steps, so that nothing happens that it did not ask for.
type world struct {
	*testing.T
	clock *run.Manual
	store *notifytest.Store
	desk  *desk
	n     *Notify

	mu    sync.Mutex
	me    inbox.NotificationMember
	busy  bool // not available
	since time.Time
	told  []Told
}

func newWorld(t *testing.T) *world {
	w := &world{
		T: t, clock: run.NewManual(noon), store: notifytest.NewStore(), desk: newDesk(), since: noon.Add(-24 * time.Hour),
		me: inbox.NotificationMember{ID: "ann", Active: true, Access: true, Settings: inbox.DefaultNotifications()},
	}
	w.start()
	return w
}

// start is another start of the program, on what the last one left.
func (w *world) start() {
	w.n = New(Config{
		Store: w.store, Desk: w.desk, Words: words{}, Clock: w.clock, Zone: time.UTC,
		Me:        func() inbox.NotificationMember { w.mu.Lock(); defer w.mu.Unlock(); return w.me },
		Available: func() bool { return !w.busy },
		Since:     func() time.Time { return w.since },
		Emit:      func(told Told) { w.mu.Lock(); defer w.mu.Unlock(); w.told = append(w.told, told) },
	})
	w.n.step(w.Context())
}

// hear is mail or an assignment that comes in now.
func (w *world) hear(events ...inbox.NotificationEvent) {
	w.n.Heard(events)
	w.n.step(w.Context())
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	w.clock.Advance(d)
	w.n.step(w.Context())
}

// settle lets a burst end.
func (w *world) settle() { w.pass(settle) }

func (w *world) do(what func(*Notify)) {
	what(w.n)
	w.n.step(w.Context())
}

// mail is a message in somebody's conversation, of now.
func (w *world) mail(id string, conversation inbox.Key, assignee inbox.MemberID) inbox.NotificationEvent {
	e := inbox.NotificationEvent{
		ID: id, Conversation: conversation, Channel: "support", At: w.clock.Now(), Assignee: assignee,
		From: inbox.Address{Name: "Customer " + string(conversation), Address: string(conversation) + "@shop.example"}, Subject: "Order", Preview: "Where is " + id + "?",
	}
	w.store.Keep(e)
	return e
}

func (w *world) assigned(id string, conversation inbox.Key) inbox.NotificationEvent {
	e := w.mail(id, conversation, "ann")
	e.Assignment, e.By, e.Preview = true, "ben", ""
	w.store.Keep(e)
	return e
}

// row checks what became of an event.
func (w *world) row(event string, outcome inbox.NotificationOutcome, reason inbox.NotificationReason) {
	w.Helper()
	r := w.store.Row(event)
	if r.EventID == "" || r.Outcome != outcome || r.Reason != reason {
		w.Errorf("%s: %q because of %q, want %q because of %q (%+v)", event, r.Outcome, r.Reason, outcome, reason, r)
	}
	if final := r.Outcome != inbox.OutcomeWaiting && r.Reason != inbox.ReasonQuiet && r.Reason != inbox.ReasonPaused; final != r.Due.IsZero() {
		w.Errorf("%s: is due %v", event, r.Due)
	}
}

// shown checks what was put up since the last call.
func (w *world) shown(want ...Notice) {
	w.Helper()
	got := w.desk.take()
	if !slices.Equal(got, want) {
		w.Errorf("shown:\n%s\nwant:\n%s", list(got), list(want))
	}
}

func list(all []Notice) (text string) {
	for _, n := range all {
		text += fmt.Sprintf("  %+v\n", n)
	}
	return text
}

// up checks which slots have a notification.
func (w *world) up(slots ...string) {
	w.Helper()
	if got := slices.Sorted(maps.Keys(w.desk.up)); !slices.Equal(got, slots) {
		w.Errorf("up are %q, want %q", got, slots)
	}
}

// desk is a desktop that remembers.
type desk struct {
	mu      sync.Mutex
	all     []Notice
	up      map[string]Notice
	outcome inbox.NotificationOutcome
	reason  inbox.NotificationReason
	during  func() // happens while a notification is put up
}

func newDesk() *desk { return &desk{up: map[string]Notice{}, outcome: inbox.OutcomeShown} }

func (d *desk) Show(_ context.Context, n Notice) (inbox.NotificationOutcome, inbox.NotificationReason) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.during != nil {
		d.during()
	}
	if d.outcome == inbox.OutcomeShown {
		d.all = append(d.all, n)
		d.up[n.Slot] = n
	}
	return d.outcome, d.reason
}

func (d *desk) Withdraw(slot string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.up, slot)
}

func (d *desk) take() []Notice {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.all
	d.all = nil
	return all
}

type words struct{}

func (words) Say(sentence string) string { return sentence }
func (words) Channel(id inbox.ChannelID) string {
	return map[inbox.ChannelID]string{"support": "Support"}[id]
}
func (words) Member(id inbox.MemberID) string { return map[inbox.MemberID]string{"ben": "Ben"}[id] }

// notice is what mail in a conversation looks like.
func notice(id string, conversation inbox.Key, count int, mine bool) Notice {
	n := Notice{
		Slot: string(conversation), Conversation: conversation, Title: "Customer " + string(conversation) + " · Support",
		Body: "Order\nWhere is " + id + "?", Mine: mine, CanAssign: !mine, Count: count,
	}
	if count > 1 {
		n.Title += fmt.Sprintf(" (%d)", count)
	}
	return n
}

func digestOf(count int, names string) Notice {
	return Notice{Slot: SlotDigest, Title: fmt.Sprintf("%d new messages", count), Body: names, Count: count}
}
