package app

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"postvak/backend/run"
)

// eventSpacing keeps events of a kind to ten a second.
const eventSpacing = 100 * time.Millisecond

// payload is what an event carries. Join puts a later one of the same kind
// together with it; nil where the two are not one.
type payload interface{ join(later payload) payload }

// InboxChanged names what lists and open conversations must ask for again.
type InboxChanged struct {
	ConversationIDs []string `json:"conversationIds"`
	Sections        []string `json:"sections"`
}

func (c InboxChanged) join(later payload) payload {
	next := later.(InboxChanged)
	return InboxChanged{
		ConversationIDs: union(c.ConversationIDs, next.ConversationIDs),
		Sections:        union(c.Sections, next.Sections),
	}
}

func union(a, b []string) []string {
	all := append(append([]string{}, a...), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// Ping is an event that says no more than its name.
type Ping struct{}

func (Ping) join(later payload) payload { return later }

func (Status) join(later payload) payload { return later }

// Navigate asks the window to go somewhere: a deep link, a notification that
// was clicked, a second start.
type Navigate struct {
	To string `json:"to"`
	// Focus says what to write in there: "composer", or "" for nothing.
	Focus string `json:"focus"`
}

func (Navigate) join(later payload) payload { return later }

// InboxVoid tells the author of decisions that had no effect (R7). They stay in
// Inbox.Voids until they are dismissed.
type InboxVoid struct {
	Voids []Voided `json:"voids"`
}

func (v InboxVoid) join(later payload) payload {
	return InboxVoid{Voids: append(slices.Clone(v.Voids), later.(InboxVoid).Voids...)}
}

// event is one event as hosts hand it on.
type event struct {
	name    string
	payload any
	json    []byte
}

// hub hands events to the window and to every reader of /events, at most ten
// of a kind a second: the first at once, those that follow too soon joined
// into one.
type hub struct {
	clock run.Clock
	wake  chan struct{}

	mu          sync.Mutex
	kinds       map[string]*joined
	subscribers map[int]func(event)
	nextID      int
	windows     int // of the subscribers
}

type joined struct {
	last    time.Time
	waiting []payload // each for its turn; more than one only of what does not join
}

// mostQueued bounds how much of a kind that does not join waits: the oldest go.
const mostQueued = 100

// add joins an event to the last one that waits or, where the two are not one,
// puts it behind.
func (j *joined) add(p payload) {
	if last := len(j.waiting) - 1; last >= 0 {
		if both := j.waiting[last].join(p); both != nil {
			j.waiting[last] = both
			return
		}
	}
	j.waiting = append(j.waiting, p)
	if over := len(j.waiting) - mostQueued; over > 0 {
		j.waiting = slices.Delete(j.waiting, 0, over)
	}
}

func newHub(clock run.Clock) *hub {
	return &hub{
		clock: clock, wake: make(chan struct{}, 1),
		kinds: map[string]*joined{}, subscribers: map[int]func(event){},
	}
}

// subscribe calls f with each event until the returned function is called. f
// must not block and must not call the hub.
func (h *hub) subscribe(f func(event)) (unsubscribe func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := h.nextID
	h.nextID++
	h.subscribers[id] = f
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subscribers, id)
	}
}

// connect is subscribe for a window, or a program that reads what a window
// would: where there is no desktop, they are told what it would show.
func (h *hub) connect(f func(event)) (disconnect func()) {
	unsubscribe := h.subscribe(f)
	h.count(1)
	return func() {
		h.count(-1)
		unsubscribe()
	}
}

func (h *hub) count(more int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.windows += more
}

// anyWindow says whether anybody reads events who shows them to a person.
func (h *hub) anyWindow() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.windows > 0
}

// emit sends an event now, or joins it to the one that waits.
func (h *hub) emit(name string, p payload) {
	h.mu.Lock()
	defer h.mu.Unlock()
	kind := h.kinds[name]
	if kind == nil {
		kind = &joined{}
		h.kinds[name] = kind
	}
	now := h.clock.Now()
	switch {
	case len(kind.waiting) > 0:
		kind.add(p)
	case now.Sub(kind.last) < eventSpacing:
		kind.add(p)
		select {
		case h.wake <- struct{}{}:
		default:
		}
	default:
		kind.last = now
		h.send(name, p)
	}
}

// send hands out one event. The caller holds mu.
func (h *hub) send(name string, p payload) {
	text, err := json.Marshal(p)
	if err != nil {
		return
	}
	for _, f := range h.subscribers {
		f(event{name: name, payload: p, json: text})
	}
}

// deliver sends what waits when its time has come, until ctx ends.
func (h *hub) deliver(ctx context.Context) {
	for {
		var alarm <-chan time.Time
		if wait, any := h.flush(); any {
			alarm = h.clock.After(wait)
		}
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		case <-alarm:
		}
	}
}

// flush sends what is due and says how long the next one must wait.
func (h *hub) flush() (next time.Duration, any bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.clock.Now()
	for name, kind := range h.kinds {
		if len(kind.waiting) == 0 {
			continue
		}
		wait := eventSpacing - now.Sub(kind.last)
		if wait <= 0 {
			kind.last = now
			h.send(name, kind.waiting[0])
			kind.waiting = slices.Delete(kind.waiting, 0, 1)
			if len(kind.waiting) == 0 {
				continue
			}
			wait = eventSpacing
		}
		if !any || wait < next {
			next, any = wait, true
		}
	}
	return next, any
}
