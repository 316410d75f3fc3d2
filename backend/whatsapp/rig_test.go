package whatsapp_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/sandbox/spectest"
	"postvak/backend/sandbox/twilioserver"
	"postvak/backend/whatsapp"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

const (
	ours  = "+31201234567"
	jan   = "+31612345678"
	eve   = "+31687654321"
	store = inbox.ChannelID("w1")
)

// rig is an account at Twilio and a desktop that reads it, every exchange held
// to the specification.
type rig struct {
	t      *testing.T
	server *twilioserver.Server
	clock  *run.Manual
	check  *spectest.Checker
	sink   *sink
}

func open(t *testing.T, cfg twilioserver.Config) *rig {
	t.Helper()
	r := &rig{t: t, clock: run.NewManual(noon), check: spectest.NewChecker(t, spectest.Twilio), sink: newSink()}
	cfg.Clock, cfg.Observe = r.clock, r.check.Observe
	var err error
	if r.server, err = twilioserver.Start(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.server.Close() })
	return r
}

func (r *rig) account(change ...func(*whatsapp.Config)) *whatsapp.Account {
	r.t.Helper()
	sid, key, secret := r.server.Account()
	cfg := whatsapp.Config{
		Channel: inbox.Channel{ID: store, Kind: inbox.WhatsApp, Address: ours, OpenSince: noon.AddDate(0, 0, -30), WhatsApp: inbox.WhatsAppSettings{AccountSID: sid, APIKey: key, BaseURL: r.server.URL()}},
		Secret:  func(context.Context) (string, error) { return secret, nil }, Clock: r.clock,
	}
	for _, c := range change {
		c(&cfg)
	}
	a, err := whatsapp.New(cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

// find looks for a message of which the named ones are another's.
func (r *rig) find(a *whatsapp.Account, m chat.Message, queued time.Time, taken ...string) inbox.Found {
	r.t.Helper()
	f, err := a.Find(r.t.Context(), inbox.Sought{Rendered: letter(m), Queued: queued, Taken: func(context.Context, []string) (map[string]bool, error) {
		all := map[string]bool{}
		for _, id := range taken {
			all[id] = true
		}
		return all, nil
	}})
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

// running is a Sync that a test leads from poll to poll.
type running struct {
	r     *rig
	turn  chan struct{}
	end   context.CancelFunc
	done  chan error
	found chan string
}

// start runs Sync until it waits for its first turn.
func (r *rig) start(change ...func(*whatsapp.Config)) *running {
	r.t.Helper()
	ctx, end := context.WithCancel(r.t.Context())
	g := &running{r: r, turn: make(chan struct{}), end: end, done: make(chan error, 1), found: make(chan string, 100)}
	a := r.account(append(change, func(c *whatsapp.Config) { c.Pace = g })...)
	go func() { g.done <- a.Sync(ctx, r.sink) }()
	r.t.Cleanup(g.stop)
	g.idle()
	return g
}

// stop ends Sync and waits for it.
func (g *running) stop() {
	g.end()
	err := <-g.done
	g.done <- err
}

// Next implements whatsapp.Pace.
func (g *running) Next(ctx context.Context, _ time.Duration) error {
	select {
	case <-g.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Found implements whatsapp.Pace.
func (g *running) Found(newest string) {
	if newest != "" {
		g.found <- newest
	}
}

// idle waits until a look is done.
func (g *running) idle() {
	g.r.t.Helper()
	select {
	case <-g.r.sink.looked:
	case err := <-g.done:
		g.done <- err
		g.r.t.Fatalf("Sync ended: %v", err)
	case <-time.After(time.Minute):
		g.r.t.Fatal("no look comes to its end")
	}
}

func (g *running) poll() {
	g.r.t.Helper()
	g.turn <- struct{}{}
	g.idle()
}

// sync runs Sync to its end: the error, or nil when it waits for a turn.
func (r *rig) sync(change ...func(*whatsapp.Config)) error {
	ctx, end := context.WithCancel(r.t.Context())
	defer end()
	g := &running{r: r, turn: make(chan struct{}), end: end, found: make(chan string, 100)}
	a := r.account(append(change, func(c *whatsapp.Config) { c.Pace = g })...)
	done := make(chan error, 1)
	go func() { done <- a.Sync(ctx, r.sink) }()
	select {
	case <-r.sink.looked:
		end()
		<-done
		return nil
	case err := <-done:
		return err
	}
}

// sink keeps what it is given, as the cache does.
type sink struct {
	looked chan struct{}
	better chan struct{} // a message came again with its files

	mu     sync.Mutex
	states []inbox.FolderState
	kept   map[inbox.Key]*kept
	fails  int // batches until one fails; below zero: none
	calls  int
}

type kept struct {
	chat  inbox.Message
	state inbox.State
	why   inbox.Fetched
	times int // it came
	live  bool
}

func newSink() *sink {
	return &sink{looked: make(chan struct{}, 1000), better: make(chan struct{}, 1000), kept: map[inbox.Key]*kept{}, fails: -1}
}

func (s *sink) States(context.Context) ([]inbox.FolderState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.states), nil
}

var errDisk = errors.New("the disk is full")

func (s *sink) Batch(_ context.Context, b inbox.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.fails == 0 {
		s.fails = -1
		return errDisk
	}
	if s.fails--; s.fails < -1 {
		s.fails = -1
	}
	if len(b.Folder.Cursor) > 64<<10 || b.Channel != store || len(b.Messages) > 200 {
		return errors.New("a batch that the cache would not take")
	}
	for _, f := range b.Messages {
		s.keep(f, b.Live)
	}
	s.states = []inbox.FolderState{b.Folder}
	return nil
}

func (s *sink) keep(f inbox.Fetched, live bool) {
	k := s.kept[f.Message.Key]
	if k == nil {
		k = &kept{chat: f.Message, live: live}
		s.kept[f.Message.Key] = k
	}
	k.times++
	if f.Better {
		k.chat = f.Message
		s.better <- struct{}{}
	}
	if f.State.Further(k.state) {
		k.state, k.why = f.State, f
	}
}

func (s *sink) Known(_ context.Context, keys []inbox.Key) (map[inbox.Key]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[inbox.Key]bool{}
	for _, k := range keys {
		known[k] = s.kept[k] != nil
	}
	return known, nil
}

func (s *sink) Listing(context.Context, inbox.FolderListing) error { return nil }

func (s *sink) Status(status inbox.ChannelStatus) {
	if status.State == inbox.ChannelOK {
		s.looked <- struct{}{}
	}
}

// of gives what is kept of a message; nil for nothing.
func (s *sink) of(sid string) *kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.kept[inbox.ChatKey(store, sid)]; k != nil {
		c := *k
		return &c
	}
	return nil
}

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.kept)
}

// letter is a message of ours, as the outbox freezes it.
func letter(m chat.Message) inbox.Rendered {
	m.Kind, m.Direction = inbox.WhatsApp, inbox.Out
	m.From = inbox.Address{Address: ours}
	if m.To.Address == "" {
		m.To.Address = jan
	}
	if m.ID == "" {
		m.ID = "own1"
	}
	return inbox.Rendered{MessageID: m.ID, From: ours, Recipients: []string{m.To.Address}, Wire: chat.Encode(m)}
}

func yes() error { return nil }
