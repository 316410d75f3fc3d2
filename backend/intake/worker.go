package intake

import (
	"context"
	"errors"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// The reasons that are ours; all others come with the source's error.
const (
	offlineReason = "Postvak is set to work offline."
	brokenReason  = "Something went wrong while mail was being stored. It is tried again."
)

// worker runs one channel's source again and again. After an error with code
// auth it waits for a person; after any other it tries again after a pause that
// grows, less for one that comes after everything was read: unavailable shows as
// offline, everything else as an error.
type worker[C any] struct {
	i      *Intake[C]
	ch     inbox.ChannelID
	source Source
	group  *run.Group
	pause  run.Backoff // after tries that did not bring everything
	broken run.Backoff // after those that did
	wake   chan struct{}
	signed chan struct{}

	mu      sync.Mutex
	status  inbox.ChannelStatus
	offline bool
	whole   bool               // the running Sync brought everything
	end     context.CancelFunc // of the running Sync
}

func newWorker[C any](i *Intake[C], ch inbox.ChannelID, source Source) *worker[C] {
	return &worker[C]{
		i: i, ch: ch, source: source, group: run.NewGroup(context.Background()), offline: i.offline,
		pause:  run.Backoff{Base: firstPause, Max: maxPause, Jitter: 0.5, Rand: i.cfg.Rand},
		broken: run.Backoff{Base: firstPause, Max: brokenPause, Jitter: 0.5, Rand: i.cfg.Rand},
		wake:   make(chan struct{}, 1), signed: make(chan struct{}, 1),
		status: inbox.ChannelStatus{Channel: ch, State: inbox.ChannelSyncing, Since: i.cfg.Clock.Now()},
	}
}

func (w *worker[C]) run(ctx context.Context) {
	w.countAside(ctx)
	for ctx.Err() == nil {
		if w.held() {
			w.set(inbox.ChannelOffline, offlineReason, time.Time{})
			w.sleep(ctx, nil, true)
			continue
		}
		began := w.i.cfg.Clock.Now()
		w.starting()
		err := w.sync(ctx)
		if ctx.Err() != nil || w.held() {
			continue
		}
		if w.i.cfg.Clock.Now().Sub(began) >= settled {
			w.startAnew()
		}
		w.failed(ctx, err)
	}
}

// sync runs the source once. Going offline ends it.
func (w *worker[C]) sync(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.mu.Lock()
	w.end, w.whole = cancel, false
	if w.offline {
		cancel()
	}
	w.mu.Unlock()
	return w.source.Sync(ctx, sink[C]{w})
}

// failed says what happened, and waits until it makes sense to try again.
func (w *worker[C]) failed(ctx context.Context, err error) {
	code, reason := inbox.CodeOf(err), ""
	if e, ok := errors.AsType[*inbox.Error](err); ok {
		reason = e.Message
	} else {
		reason = brokenReason
		w.i.cfg.Log.Error("intake: a sync failed", "channel", w.ch, "error", err)
	}
	if code == inbox.Auth {
		w.set(inbox.ChannelNeedsSignIn, reason, time.Time{})
		w.sleep(ctx, nil, false)
		w.startAnew()
		return
	}
	state := inbox.ChannelError
	if code == inbox.Unavailable || err == nil {
		state = inbox.ChannelOffline
	}
	d := w.next()
	timer := w.i.cfg.Clock.After(d)
	w.set(state, reason, w.i.cfg.Clock.Now().Add(d))
	if w.sleep(ctx, timer, true) {
		w.startAnew()
	}
}

// next is the pause before the next try.
func (w *worker[C]) next() time.Duration {
	w.mu.Lock()
	whole := w.whole
	w.mu.Unlock()
	if !whole {
		return w.pause.Next()
	}
	w.pause.Reset()
	return w.broken.Next()
}

// startAnew lets the pauses begin with the shortest.
func (w *worker[C]) startAnew() {
	w.pause.Reset()
	w.broken.Reset()
}

// sleep waits for the timer, a change of the secret or of being offline and,
// if any will do, for being woken. It reports whether somebody woke it.
func (w *worker[C]) sleep(ctx context.Context, timer <-chan time.Time, anything bool) bool {
	wake := w.wake
	if !anything {
		wake = nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-timer:
		return false
	case <-wake:
		return true
	case <-w.signed:
		return true
	}
}

func (w *worker[C]) poke(signedIn bool) {
	c := w.wake
	if signedIn {
		c = w.signed
	}
	select {
	case c <- struct{}{}:
	default:
	}
}

func (w *worker[C]) held() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.offline
}

func (w *worker[C]) setOffline(off bool) {
	w.mu.Lock()
	w.offline = off
	if off && w.end != nil {
		w.end()
	}
	w.mu.Unlock()
	w.poke(false)
}

func (w *worker[C]) current() inbox.ChannelStatus {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status
}

// starting shows that a channel that was in trouble is being tried. What was
// said before stays until it goes well.
func (w *worker[C]) starting() {
	w.update(func(s *inbox.ChannelStatus) { s.RetryAt = time.Time{} })
}

// set shows a state. Since keeps the moment at which the trouble began.
func (w *worker[C]) set(state inbox.ChannelState, reason string, retryAt time.Time) {
	w.update(func(s *inbox.ChannelStatus) {
		if s.State != state {
			s.Since = w.i.cfg.Clock.Now()
		}
		s.State, s.Reason, s.RetryAt = state, reason, retryAt
	})
}

// update changes the status and tells it, if it did change.
func (w *worker[C]) update(change func(*inbox.ChannelStatus)) {
	w.mu.Lock()
	before := w.status
	change(&w.status)
	now := w.status
	w.mu.Unlock()
	if now != before && w.i.cfg.Status != nil {
		w.i.cfg.Status(now)
	}
}

func (w *worker[C]) countAside(ctx context.Context) {
	n, err := w.i.cfg.Store.SetAside(ctx, w.ch)
	if err == nil {
		w.update(func(s *inbox.ChannelStatus) { s.SetAside = n })
	}
}

// sink stores what a source brings, and tells of it.
type sink[C any] struct{ w *worker[C] }

func (s sink[C]) States(ctx context.Context) ([]inbox.FolderState, error) {
	return s.w.i.cfg.Store.FolderStates(ctx, s.w.ch)
}

func (s sink[C]) Batch(ctx context.Context, b inbox.Batch) error {
	c, err := s.w.i.cfg.Store.StoreBatch(ctx, b)
	if err != nil {
		return err
	}
	s.changed(c)
	for _, m := range b.Messages {
		if m.Problem != "" {
			s.w.countAside(ctx)
			break
		}
	}
	return nil
}

func (s sink[C]) Known(ctx context.Context, keys []inbox.Key) (map[inbox.Key]bool, error) {
	return s.w.i.cfg.Store.Known(ctx, keys)
}

func (s sink[C]) Listing(ctx context.Context, l inbox.FolderListing) error {
	c, err := s.w.i.cfg.Store.StoreListing(ctx, l)
	if err == nil {
		s.changed(c)
	}
	return err
}

func (s sink[C]) changed(c C) {
	if s.w.i.cfg.Changed != nil {
		s.w.i.cfg.Changed(c)
	}
}

// Status takes the source's word for how it goes.
func (s sink[C]) Status(now inbox.ChannelStatus) {
	if now.State == inbox.ChannelOK {
		s.w.mu.Lock()
		s.w.whole = true
		s.w.mu.Unlock()
	}
	s.w.update(func(st *inbox.ChannelStatus) {
		st.State, st.Reason, st.Since, st.RetryAt = now.State, now.Reason, time.Time{}, time.Time{}
		st.Done, st.Total = now.Done, now.Total
		if now.State == inbox.ChannelOK {
			st.LastSync = s.w.i.cfg.Clock.Now()
		}
	})
}
