package messenger_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"postvak/backend/channel"
	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/messenger"
	"postvak/backend/run"
	"postvak/backend/sandbox/metaserver"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

var _ channel.Account = (*messenger.Account)(nil)

// eager is a clock that is moved by whoever waits for it: nobody does.
type eager struct{ *run.Manual }

func (e eager) After(d time.Duration) <-chan time.Time {
	ch := e.Manual.After(d)
	e.Advance(max(0, d))
	return ch
}

// rig is a page with an account, every exchange held to Meta's lists.
type rig struct {
	t      *testing.T
	ctx    context.Context
	server *metaserver.Server
	clock  eager
	*messenger.Account
	sink *sink
	pace *pace
}

func open(t *testing.T, change ...func(*metaserver.Config)) *rig {
	t.Helper()
	r := &rig{t: t, ctx: t.Context(), clock: eager{run.NewManual(noon)}}
	cfg := metaserver.Config{Clock: r.clock, HumanAgent: true, Burst: 2, Observe: checker(t)}
	for _, c := range change {
		c(&cfg)
	}
	server, err := metaserver.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	r.server = server
	r.sink = &sink{t: t, stored: map[inbox.Key]inbox.Fetched{}}
	r.restart()
	r.clock.Advance(-2 * time.Second)
	return r
}

// restart is the program started anew, or another desktop's.
func (r *rig) restart(change ...func(*messenger.Config)) {
	r.pace = &pace{}
	r.clock.Advance(2 * time.Second)
	cfg := messenger.Config{
		Channel: inbox.Channel{
			ID: "c1", Kind: inbox.Messenger, Address: r.server.PageID(), OpenSince: noon.Add(-30 * 24 * time.Hour), NotifySince: noon,
			Messenger: inbox.MessengerSettings{HumanAgent: true, BaseURL: r.server.URL()},
		},
		Token: func(context.Context) (string, error) { return r.server.Token(), nil }, Clock: r.clock, Pace: r.pace,
	}
	for _, c := range change {
		c(&cfg)
	}
	r.Account = messenger.New(cfg)
}

// poll asks as often as it is told to, and ends.
func (r *rig) poll(times int) error {
	r.pace.left = times
	err := r.Sync(r.ctx, r.sink)
	if err == errEnough { //nolint:errorlint // it is this very one
		return nil
	}
	return err
}

func (r *rig) mustPoll() {
	r.t.Helper()
	if err := r.poll(1); err != nil {
		r.t.Fatal(err)
	}
}

// pace lets some polls through.
type pace struct {
	left  int
	quick []time.Duration
	found []string
	// before is called at each turn, as what happens meanwhile.
	before func()
}

type enough struct{}

func (enough) Error() string { return "that was enough" }

var errEnough error = enough{}

func (p *pace) Next(ctx context.Context, quick time.Duration) error {
	p.quick = append(p.quick, quick)
	if p.before != nil {
		p.before()
	}
	if p.left--; p.left > 0 {
		return ctx.Err()
	}
	return errEnough
}

func (p *pace) Found(newest string) { p.found = append(p.found, newest) }

// sink is a cache in memory. It can break at a step.
type sink struct {
	t      *testing.T
	mu     sync.Mutex
	state  []inbox.FolderState
	stored map[inbox.Key]inbox.Fetched
	order  []inbox.Key // as they came
	live   map[inbox.Key]bool
	status []inbox.ChannelStatus
	batch  func() error // before a batch is stored
}

func (s *sink) States(context.Context) ([]inbox.FolderState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state), nil
}

func (s *sink) Batch(_ context.Context, b inbox.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.batch != nil {
		if err := s.batch(); err != nil {
			return err
		}
	}
	if len(b.Folder.Cursor) > 64<<10 {
		s.t.Errorf("a cursor of %d bytes", len(b.Folder.Cursor))
	}
	if s.live == nil {
		s.live = map[inbox.Key]bool{}
	}
	for _, f := range b.Messages {
		if _, there := s.stored[f.Message.Key]; !there {
			s.order = append(s.order, f.Message.Key)
			s.live[f.Message.Key] = b.Live
		} else if !f.Better {
			s.t.Errorf("%s was fetched again", f.Message.Key)
		}
		s.stored[f.Message.Key] = f
	}
	s.state = []inbox.FolderState{b.Folder}
	return nil
}

func (s *sink) Known(_ context.Context, keys []inbox.Key) (map[inbox.Key]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[inbox.Key]bool{}
	for _, key := range keys {
		if _, there := s.stored[key]; there {
			known[key] = true
		}
	}
	return known, nil
}

func (s *sink) Listing(context.Context, inbox.FolderListing) error { return nil }

func (s *sink) Status(st inbox.ChannelStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = append(s.status, st)
}

// got is the message with the provider's id; its Text is "?" while there is none.
func (r *rig) got(id string) inbox.Fetched {
	r.sink.mu.Lock()
	defer r.sink.mu.Unlock()
	f, there := r.sink.stored[inbox.ChatKey("c1", id)]
	if !there {
		f.Message.Text = "?"
	}
	return f
}

// texts are those of all stored messages, sorted.
func (r *rig) texts() []string {
	r.sink.mu.Lock()
	defer r.sink.mu.Unlock()
	var all []string
	for f := range maps.Values(r.sink.stored) {
		all = append(all, f.Message.Text)
	}
	slices.Sort(all)
	return all
}

// rendered is a message to somebody as the outbox freezes it.
func rendered(to, text string, files ...chat.File) inbox.Rendered {
	m := chat.Message{ID: "own", Kind: inbox.Messenger, Direction: inbox.Out, To: inbox.Address{Address: to}, At: noon, Text: text, Files: files}
	return inbox.Rendered{MessageID: "own", From: "104210000000001", Recipients: []string{to}, Wire: chat.Encode(m)}
}

func yes() error { return nil }
