package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// killed is the panic that stands for SIGKILL: the process under test is
// dropped where it is, the world around it stays.
type killed struct{}

// world is everything outside of the process: the disk, the provider, and the
// moment at which the process is killed.
type world struct {
	mu    sync.Mutex
	clock *run.Manual

	rows  map[inbox.Key]inbox.Outgoing
	bytes map[inbox.Key]inbox.Rendered
	names map[inbox.Key]inbox.Key // of chat messages: the key before → the provider's
	full  int                     // so many writes fail

	script    []act          // what the provider does, attempt by attempt; then it accepts
	files     bool           // it files what it takes by itself, as Gmail does
	late      int            // so many looks do not show that copy yet
	deaf      int            // so many calls to Find and File fail
	noSent    bool           // there is no Sent folder
	delivered map[string]int // by Message-ID
	sent      map[string]int // copies in Sent
	told      map[inbox.Key]int
	toldAs    map[inbox.Key]string // the provider's id that was told last

	// Of a provider of chat, which lists what it took and whose window ends:
	chat     bool
	list     []held
	claimed  map[string]bool // the ids that a colleague says are theirs
	retried  map[string]int  // by Message-ID: how often a person, told that it may go twice, had it sent again
	ends     time.Time       // of the reply window; zero: never
	skew     time.Duration   // how far the provider's clock is ahead
	slow     time.Duration   // how long an attempt takes before the last byte
	after    time.Duration   // how long it asks to be left alone with "later"
	overdue  int             // messages handed over when the window was over
	asked    int             // calls to Find
	attempts int             // calls to Send

	steps, killAt int // the process dies at its killAt-th step
}

// act is what becomes of one attempt.
type act string

const (
	accept      act = "accept"
	later       act = "later"
	refuse      act = "refuse"
	refuseAtDot act = "refuse at the dot"
	laterAtDot  act = "later at the dot"
	lostBefore  act = "cut before the dot arrives"
	lostAfter   act = "cut after the dot arrived"
)

var acts = []act{accept, later, refuse, refuseAtDot, laterAtDot, lostBefore, lostAfter}

func newWorld(script ...act) *world {
	return &world{
		clock: run.NewManual(start), script: script, killAt: -1,
		rows: map[inbox.Key]inbox.Outgoing{}, bytes: map[inbox.Key]inbox.Rendered{}, names: map[inbox.Key]inbox.Key{},
		delivered: map[string]int{}, sent: map[string]int{}, told: map[inbox.Key]int{}, toldAs: map[inbox.Key]string{},
	}
}

// moment is one point at which the process can be killed.
func (w *world) moment() {
	w.mu.Lock()
	w.steps++
	dies := w.steps == w.killAt
	w.mu.Unlock()
	if dies {
		panic(killed{})
	}
}

// write is a change of the disk; the process may die before it and after it.
func (w *world) write(change func() error) error {
	w.moment()
	full, err := w.store(change)
	if !full {
		w.moment()
	}
	return err
}

func (w *world) store(change func() error) (full bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.full > 0 {
		w.full--
		return true, errors.New("the disk is full")
	}
	return false, change()
}

// queue is what the composer's transaction does.
func (w *world) queue(o *Outbox, m inbox.Outgoing, r inbox.Rendered) error {
	m.State, m.MessageID = inbox.OutQueued, r.MessageID
	err := w.write(func() error {
		w.rows[m.Key], w.bytes[m.Key] = m, r
		return nil
	})
	if err != nil {
		return err
	}
	return o.Refresh(context.Background())
}

func (w *world) drop(key inbox.Key) func() error {
	return func() error {
		return w.write(func() error { delete(w.rows, key); return nil })
	}
}

func (w *world) SetOutgoing(_ context.Context, o inbox.Outgoing) error {
	return w.write(func() error {
		key := w.name(o.Key)
		if _, ok := w.rows[key]; !ok {
			return inbox.Errorf(inbox.NotFound, "no such row")
		}
		delete(w.rows, key)
		if o.Key = key; w.chat && o.ProviderID != "" {
			o.Key = inbox.ChatKey(o.Channel, o.ProviderID)
			w.bytes[o.Key], w.names[key] = w.bytes[key], o.Key
		}
		w.rows[o.Key] = o
		return nil
	})
}

// name gives the key by which a message is stored now.
func (w *world) name(key inbox.Key) inbox.Key {
	if now, ok := w.names[key]; ok {
		return now
	}
	return key
}

func (w *world) Outgoing(context.Context, inbox.ChannelID) ([]inbox.Outgoing, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []inbox.Outgoing
	for o := range maps.Values(w.rows) {
		if o.State != inbox.OutFiled {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b inbox.Outgoing) int {
		return cmp.Or(a.Queued.Compare(b.Queued), cmp.Compare(a.MessageID, b.MessageID))
	})
	return list, nil
}

func (w *world) Rendered(_ context.Context, key inbox.Key) (inbox.Rendered, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.bytes[w.name(key)]
	if !ok {
		return r, inbox.Errorf(inbox.NotFound, "no bytes")
	}
	return r, nil
}

// Send plays a provider that takes the message at the final dot, or not.
func (w *world) Send(_ context.Context, r inbox.Rendered, _ inbox.Permit, commit func() error) inbox.SendResult {
	w.moment()
	w.attempts++
	a := accept
	if len(w.script) > 0 {
		a, w.script = w.script[0], w.script[1:]
	}
	switch a {
	case later:
		return inbox.SendResult{Outcome: inbox.Later, Reason: "450 not now", After: w.after}
	case refuse:
		return inbox.SendResult{Outcome: inbox.Refused, Reason: "550 never"}
	}
	w.clock.Advance(w.slow)
	if err := commit(); err != nil {
		return inbox.SendResult{Outcome: inbox.Later, Reason: err.Error()}
	}
	if w.over() {
		w.overdue++
	}
	w.moment()
	return w.dot(a, r)
}

func (w *world) dot(a act, r inbox.Rendered) inbox.SendResult {
	switch a {
	case refuseAtDot:
		return inbox.SendResult{Outcome: inbox.Refused, Reason: "554 spam"}
	case laterAtDot:
		return inbox.SendResult{Outcome: inbox.Later, Reason: "451 try again"}
	case lostBefore:
		return inbox.SendResult{Outcome: inbox.Unknown, Reason: "cut"}
	}
	w.delivered[r.MessageID]++
	if w.files {
		w.sent[r.MessageID]++
	}
	id := w.hold(r)
	w.moment()
	if a == lostAfter {
		return inbox.SendResult{Outcome: inbox.Unknown, Reason: "cut"}
	}
	return inbox.SendResult{Outcome: inbox.Accepted, ProviderID: id}
}

func (w *world) Find(_ context.Context, s inbox.Sought) (inbox.Found, error) {
	w.moment()
	w.asked++
	if w.deaf > 0 {
		w.deaf--
		return inbox.Found{}, errors.New("no network")
	}
	if w.late > 0 {
		w.late--
		return inbox.Found{}, nil
	}
	if w.chat {
		return w.listed(s)
	}
	return inbox.Found{There: w.sent[s.Rendered.MessageID] > 0}, nil
}

func (w *world) Now() time.Time { return w.clock.Now().Add(w.skew) }

func (w *world) File(_ context.Context, r inbox.Rendered) error {
	w.moment()
	switch {
	case w.deaf > 0:
		w.deaf--
		return errors.New("no network")
	case w.chat:
		return nil
	case w.noSent:
		return inbox.Errorf(inbox.NotFound, "no Sent folder")
	case w.sent[r.MessageID] == 0:
		w.sent[r.MessageID]++
	}
	w.moment()
	return nil
}

// process starts the program on what the disk holds.
func (w *world) process() *Outbox {
	o := New(Config{
		Store: w, Clock: w.clock,
		Sender: func(inbox.ChannelID) Sender { return w },
		Permit: w.permit, Taken: w.taken,
		Sent: func(_ context.Context, m inbox.Outgoing) error {
			w.moment()
			w.told[m.Key]++
			w.toldAs[m.Key] = m.ProviderID
			return nil
		},
	})
	if err := o.Refresh(context.Background()); err != nil {
		panic(err)
	}
	return o
}

// life runs f and says whether the process survived it.
func life(f func()) (survived bool) {
	defer func() {
		switch v := recover(); v.(type) {
		case nil:
			survived = true
		case killed:
		default:
			panic(v)
		}
	}()
	f()
	return
}

// settle works until nothing more is due, moving the clock to whatever is.
func (w *world) settle(o *Outbox, channels ...inbox.ChannelID) error {
	ctx := context.Background()
	for range 2000 {
		worked, next := w.round(ctx, o, channels)
		if worked {
			continue
		}
		if next.IsZero() {
			return nil
		}
		w.clock.Advance(next.Sub(w.clock.Now()))
	}
	return errors.New("it never comes to rest")
}

func (w *world) round(ctx context.Context, o *Outbox, channels []inbox.ChannelID) (worked bool, next time.Time) {
	for _, ch := range channels {
		for _, do := range []step{o.stepSend, o.stepFile} {
			at, did := do(ctx, ch)
			worked = worked || did
			if !did && !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return worked, next
}

func letter(n int) (inbox.Outgoing, inbox.Rendered) {
	id := fmt.Sprintf("m%d@example.org", n)
	return inbox.Outgoing{Key: inbox.Key(fmt.Sprintf("c:%d", n)), Channel: "c", Queued: start.Add(time.Duration(n) * time.Second)},
		inbox.Rendered{MessageID: id, From: "we@example.org", Recipients: []string{"you@example.org"}, Wire: []byte("x\r\n"), Filed: []byte("x\r\n")}
}
