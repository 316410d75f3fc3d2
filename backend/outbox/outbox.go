package outbox

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Outbox works off the stored messages, one at a time for each channel; a
// channel that waits holds no other up, and neither does a copy that cannot be
// filed. All methods are safe for use by several goroutines.
type Outbox struct {
	cfg   Config
	group *run.Group

	mu      sync.Mutex
	rows    map[inbox.Key]*row
	turns   int // how many rows there were
	lanes   map[inbox.ChannelID]*lane
	quiet   map[inbox.ChannelID]time.Time // until then the provider wants to be left alone
	offline bool
}

// row is a stored message and what only this process knows of it.
type row struct {
	inbox.Outgoing
	busy    bool      // the network is being asked about it
	unsaved bool      // what is known could not be stored yet
	hold    time.Time // not before, after a failed write
	told    bool      // Sent was called
	to      string    // of a chat message: to whom it goes
	turn    int       // its place among those that were queued at the same moment
	// identified says that the provider was asked for the id of what a person
	// says was sent.
	identified bool
	// again says that it goes on a person's word, although it is not known
	// whether it was sent.
	again bool
}

// lane is a channel's two workers: one sends, one files.
type lane struct{ send, file chan struct{} }

// New makes an outbox. Nothing happens before Start.
func New(cfg Config) *Outbox {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return &Outbox{cfg: cfg, rows: map[inbox.Key]*row{}, lanes: map[inbox.ChannelID]*lane{}, quiet: map[inbox.ChannelID]time.Time{}}
}

// Start takes up what was stored and works it off until g stops. A message
// that is unknown is looked up before anything else is done about it.
func (o *Outbox) Start(ctx context.Context, g *run.Group) error {
	o.mu.Lock()
	o.group = g
	o.mu.Unlock()
	return o.Refresh(ctx)
}

// Refresh takes up messages that were stored as queued since the last look: by
// the transaction that turns a draft into a message.
func (o *Outbox) Refresh(ctx context.Context) error {
	// Read under the lock: a list from before a message was sent would send it
	// again.
	o.mu.Lock()
	defer o.mu.Unlock()
	stored, err := o.cfg.Store.Outgoing(ctx, "")
	if err != nil {
		return err
	}
	for _, s := range stored {
		if !o.has(s) && s.State != inbox.OutFiled {
			o.turns++
			o.rows[s.Key] = &row{Outgoing: recovered(s, o.cfg.Clock.Now()), to: o.addressee(ctx, s), turn: o.turns}
		}
		o.wake(s.Channel)
	}
	return nil
}

// has says whether a stored message is known: under its key, or, where a worker
// is just storing the provider's id of a chat message, under the one before. The
// caller holds mu.
func (o *Outbox) has(m inbox.Outgoing) bool {
	if o.rows[m.Key] != nil || !m.Key.Chat() {
		return o.rows[m.Key] != nil
	}
	for _, r := range o.rows {
		if r.Channel == m.Channel && r.MessageID == m.MessageID {
			return true
		}
	}
	return false
}

// adopt gives a chat message the key that the store knows it by, now that its
// provider gave it an id. The caller holds mu.
func (o *Outbox) adopt(r *row) {
	key := inbox.ChatKey(r.Channel, r.ProviderID)
	if !r.Key.Chat() || r.ProviderID == "" || r.Key == key {
		return
	}
	delete(o.rows, r.Key)
	r.Key = key
	o.rows[key] = r
}

// List gives what is not filed yet, oldest first. A copy that is still to be
// filed is listed as sent.
func (o *Outbox) List() []inbox.Outgoing {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]inbox.Outgoing, 0, len(o.rows))
	for _, r := range slices.SortedFunc(maps.Values(o.rows), before) {
		m := r.Outgoing
		switch {
		case m.State != inbox.OutQueued:
		case o.offline:
			m.Reason, m.NextTry = offlineText, time.Time{}
		case r.waitsFor(o.heads(m.Channel)):
			m.Reason, m.NextTry = behindText, time.Time{}
		}
		list = append(list, m)
	}
	return list
}

// before compares by when messages were queued; several that were queued at once
// keep the order in which the store lists them.
func before(a, b *row) int {
	return cmp.Or(a.Queued.Compare(b.Queued), cmp.Compare(a.turn, b.turn))
}

// Wake tries at once whatever waits to be tried again: the network is back, a
// person pressed "retry now" or signed in again.
func (o *Outbox) Wake() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range o.rows {
		if !r.busy && (r.State == inbox.OutQueued || r.State == inbox.OutSent) {
			r.NextTry = time.Time{}
		}
		o.wake(r.Channel)
	}
}

// SetOffline holds everything back that needs the network, or lets it go.
func (o *Outbox) SetOffline(off bool) {
	o.mu.Lock()
	o.offline = off
	o.mu.Unlock()
	if !off {
		o.Wake()
	}
}

// Forget drops what is known of a channel that was disconnected together with
// its stored messages.
func (o *Outbox) Forget(ch inbox.ChannelID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, r := range o.rows {
		if r.Channel == ch {
			delete(o.rows, key)
		}
	}
}

// wake starts or wakes a channel's workers. The caller holds mu.
func (o *Outbox) wake(ch inbox.ChannelID) {
	l := o.lanes[ch]
	if l == nil && o.group != nil {
		l = &lane{make(chan struct{}, 1), make(chan struct{}, 1)}
		o.lanes[ch] = l
		o.group.Go("outbox send "+string(ch), func(ctx context.Context) { o.work(ctx, ch, l.send, o.stepSend) })
		o.group.Go("outbox file "+string(ch), func(ctx context.Context) { o.work(ctx, ch, l.file, o.stepFile) })
	}
	if l != nil {
		poke(l.send)
		poke(l.file)
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

type step func(context.Context, inbox.ChannelID) (next time.Time, worked bool)

// work repeats a step until there is nothing to do, and then waits for the
// time or the news that changes this.
func (o *Outbox) work(ctx context.Context, ch inbox.ChannelID, wake <-chan struct{}, do step) {
	for ctx.Err() == nil {
		next, worked := do(ctx, ch)
		if worked {
			continue
		}
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = o.cfg.Clock.After(next.Sub(o.cfg.Clock.Now()))
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer:
		}
	}
}

func (o *Outbox) changed(m inbox.Outgoing) {
	if o.cfg.Changed != nil {
		o.cfg.Changed(m)
	}
}
