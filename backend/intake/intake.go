// Package intake keeps channels coming in: one worker for each channel runs
// its source, stores what it brings, tries again after faults, and says at any
// time how it goes (R35).
//
// It never parses, threads or shows anything, and never sends: sources fetch,
// the store de-duplicates and threads in one transaction.
package intake

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Source is a channel's adapter. Sync delivers until ctx ends or a fault, and
// does not retry by itself; the code of its error says what to do (see
// Worker). It starts where the sink's states say.
type Source interface {
	Sync(ctx context.Context, sink inbox.Sink) error
}

// Store keeps what comes in. C is what the store tells about a change. Each
// write is one transaction; storing the same batch again changes nothing.
type Store[C any] interface {
	FolderStates(ctx context.Context, ch inbox.ChannelID) ([]inbox.FolderState, error)
	StoreBatch(ctx context.Context, b inbox.Batch) (C, error)
	StoreListing(ctx context.Context, l inbox.FolderListing) (C, error)
	// Known tells which of these messages are stored.
	Known(ctx context.Context, keys []inbox.Key) (map[inbox.Key]bool, error)
	// SetAside counts a channel's messages that could not be read.
	SetAside(ctx context.Context, ch inbox.ChannelID) (int, error)
}

// Config is what an Intake works with. Store and Clock are required.
type Config[C any] struct {
	Store Store[C]
	Clock run.Clock
	Rand  func() float64 // for jitter, in [0,1); nil: none
	Log   *slog.Logger
	// Changed hears of each change after it was stored, Status of each change
	// of a channel's status. They are called by the workers, several at a
	// time, and must not block or call back.
	Changed func(C)
	Status  func(inbox.ChannelStatus)
}

// The pauses between tries: from a second to a quarter of an hour, so that a
// team that comes back after an outage does not overrun its server.
const (
	firstPause = time.Second
	maxPause   = 15 * time.Minute
	// brokenPause is the longest pause after a connection that had brought
	// everything before it broke: the server is well, and mail must not wait a
	// quarter of an hour because a line breaks every few seconds.
	brokenPause = 15 * time.Second
	// settled is how long a connection has to last for the line to count as good
	// again.
	settled = time.Minute
)

// Intake runs one worker for each channel. Its methods are safe for use by
// several goroutines.
type Intake[C any] struct {
	cfg Config[C]

	mu      sync.Mutex
	workers map[inbox.ChannelID]*worker[C]
	offline bool
	stopped bool
}

// New makes an Intake without channels.
func New[C any](cfg Config[C]) *Intake[C] {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Intake[C]{cfg: cfg, workers: map[inbox.ChannelID]*worker[C]{}}
}

// Add starts a channel's worker, or replaces it after the channel was changed:
// the former one has ended wholly when Add returns. After Stop it does nothing.
func (i *Intake[C]) Add(ch inbox.ChannelID, source Source) {
	i.Remove(ch)
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.stopped {
		return
	}
	w := newWorker(i, ch, source)
	i.workers[ch] = w
	w.group.Go("intake "+string(ch), w.run)
}

// Remove ends a channel's worker and waits for it.
func (i *Intake[C]) Remove(ch inbox.ChannelID) {
	i.mu.Lock()
	w := i.workers[ch]
	delete(i.workers, ch)
	i.mu.Unlock()
	if w != nil {
		w.group.Stop()
	}
}

// Stop ends all workers and waits for them.
func (i *Intake[C]) Stop() {
	i.mu.Lock()
	i.stopped = true
	workers := i.workers
	i.workers = map[inbox.ChannelID]*worker[C]{}
	i.mu.Unlock()
	var all sync.WaitGroup
	for _, w := range workers {
		all.Go(w.group.Stop)
	}
	all.Wait()
}

// Wake tries at once what waits to be tried again: the network changed, or a
// person pressed "retry now". A channel that needs its person to sign in goes
// on waiting.
func (i *Intake[C]) Wake() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, w := range i.workers {
		w.poke(false)
	}
}

// SignedIn tries a channel again whose secret was changed.
func (i *Intake[C]) SignedIn(ch inbox.ChannelID) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if w := i.workers[ch]; w != nil {
		w.poke(true)
	}
}

// SetOffline ends all connections and keeps from making new ones, or lets them
// be made again.
func (i *Intake[C]) SetOffline(off bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.offline = off
	for _, w := range i.workers {
		w.setOffline(off)
	}
}

// Status gives the status of every channel with a worker, by its id.
func (i *Intake[C]) Status() map[inbox.ChannelID]inbox.ChannelStatus {
	i.mu.Lock()
	defer i.mu.Unlock()
	all := make(map[inbox.ChannelID]inbox.ChannelStatus, len(i.workers))
	for id, w := range i.workers {
		all[id] = w.current()
	}
	return all
}
