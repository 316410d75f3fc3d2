package notify

import (
	"context"
	"errors"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// settle is how long an event waits for others: what comes in one burst gives
// one notification.
const settle = 1500 * time.Millisecond

// retry is the pause after the store failed.
const retry = 10 * time.Second

// longest bounds one wait, since a computer that sleeps does not count it.
const longest = time.Minute

// mostHeard bounds what is kept while the store cannot take it.
const mostHeard = 10_000

// Notify decides, shows and remembers. All methods are safe for use by several
// goroutines and none of them blocks.
type Notify struct {
	cfg  Config
	wake chan struct{}

	mu      sync.Mutex
	todo    todo
	focused map[string]inbox.Key // windows that have the focus → what is open in them

	// Of the goroutine alone:
	me        inbox.NotificationMember // as of this step
	recovered bool
	next      time.Time // when a row is due; zero for none
	events    map[string]heard
	unsaved   []inbox.NotificationRecord // what could not be stored after it was shown
	counts    map[string]int             // slot → how many events its notification stands for
	digest    digest
}

// heard is an event and when it was heard of.
type heard struct {
	inbox.NotificationEvent
	at time.Time
}

// todo is what was said to Notify since it last looked.
type todo struct {
	heard    []heard
	opened   map[inbox.Key]time.Time // when it was opened last
	closed   []string                // slots
	settings bool
	looked   bool // a window got the focus
}

func (t *todo) open(conversation inbox.Key, at time.Time) {
	if t.opened == nil {
		t.opened = map[inbox.Key]time.Time{}
	}
	if at.After(t.opened[conversation]) {
		t.opened[conversation] = at
	}
}

// New makes a Notify. Nothing happens before Start; what is said before it is
// kept.
func New(cfg Config) *Notify {
	return &Notify{
		cfg: cfg.withDefaults(), wake: make(chan struct{}, 1), focused: map[string]inbox.Key{},
		events: map[string]heard{}, counts: map[string]int{},
	}
}

// Start takes up what was left and works until g stops. It is called once.
func (n *Notify) Start(g *run.Group) { g.Go("notify", n.run) }

// Heard takes events: new mail and assignments. One that was heard before is
// told nobody again.
func (n *Notify) Heard(events []inbox.NotificationEvent) {
	now := n.cfg.Clock.Now()
	n.say(func(t *todo) {
		for _, e := range events {
			t.heard = append(t.heard, heard{e, now})
		}
	})
}

// Look says what stands open in a window and whether that window has the focus
// (R16). A window that is gone has none.
func (n *Notify) Look(window string, open inbox.Key, focused bool) {
	n.mu.Lock()
	_, had := n.focused[window]
	delete(n.focused, window)
	if focused {
		n.focused[window] = open
	}
	n.mu.Unlock()
	if focused && !had {
		n.say(func(t *todo) { t.looked = true })
	}
}

// Settings says that the member's settings changed: what is held back may be
// due now.
func (n *Notify) Settings() { n.say(func(t *todo) { t.settings = true }) }

// Opened says that the member read a conversation, here or elsewhere: its
// notification goes, and what waits about it is not shown. The store is to know
// of it before, where it was read; of an assignment the opening itself counts.
func (n *Notify) Opened(conversation inbox.Key) {
	now := n.cfg.Clock.Now()
	n.say(func(t *todo) { t.open(conversation, now) })
}

// Closed says that a slot's notification is of no use any more, or was clicked
// or dismissed: a conversation was closed or deleted, or a person was done with
// the digest. The next one in the slot counts from one.
func (n *Notify) Closed(slot string) {
	n.say(func(t *todo) { t.closed = append(t.closed, slot) })
}

// say adds to what is to be done, and wakes the goroutine.
func (n *Notify) say(add func(*todo)) {
	n.mu.Lock()
	add(&n.todo)
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// take gives what is to be done.
func (n *Notify) take() todo {
	n.mu.Lock()
	defer n.mu.Unlock()
	t := n.todo
	n.todo = todo{}
	return t
}

// run is the goroutine. It keeps one timer, and a new one only for an earlier
// time.
func (n *Notify) run(ctx context.Context) {
	var timer <-chan time.Time
	var until time.Time
	for {
		n.step(ctx)
		now := n.cfg.Clock.Now()
		if timer != nil && !until.After(now) {
			timer = nil
		}
		if wait := n.pause(now); wait > 0 && (timer == nil || now.Add(wait).Before(until)) {
			timer, until = n.cfg.Clock.After(wait), now.Add(wait)
		}
		select {
		case <-ctx.Done():
			n.leave(context.WithoutCancel(ctx))
			return
		case <-n.wake:
		case <-timer:
			timer = nil
		}
	}
}

// leave stores what it still owes the store and records what was heard of last,
// for the next start to decide.
func (n *Notify) leave(ctx context.Context) {
	n.me = n.cfg.Me()
	err := n.save(ctx, nil)
	if err = errors.Join(err, n.record(ctx, n.take().heard)); err != nil {
		n.cfg.Log.Warn("the last notifications are not stored", "error", err.Error())
	}
}

// pause is how long to wait for the next row; 0 when none waits.
func (n *Notify) pause(now time.Time) time.Duration {
	if n.next.IsZero() {
		return 0
	}
	return min(max(n.next.Sub(now), time.Millisecond), longest)
}
