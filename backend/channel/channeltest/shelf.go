package channeltest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"postvak/backend/inbox"
)

// maxCursor is the contract's limit, in bytes.
const maxCursor = 64 << 10

var errDisk = errors.New("the disk is full")

// shelf is a sink in memory that behaves as the cache does: it keeps each
// message once, with the state of the folder that it came with.
type shelf struct {
	w World

	mu       sync.Mutex
	changed  chan struct{}
	states   map[inbox.FolderRole]inbox.FolderState
	messages map[inbox.Key]inbox.Fetched
	live     map[inbox.Key]bool
	oks      int // how often the account said that all is there
	calls    int
	failAt   int // the so-many-th call fails, once
	wrong    []string
	said     []string // what a person could read
}

func newShelf(w World) *shelf {
	return &shelf{
		w: w, changed: make(chan struct{}), states: map[inbox.FolderRole]inbox.FolderState{},
		messages: map[inbox.Key]inbox.Fetched{}, live: map[inbox.Key]bool{},
	}
}

// step is one call; the caller holds mu.
func (s *shelf) step() error {
	s.calls++
	if s.calls == s.failAt {
		return errDisk
	}
	return nil
}

// States implements inbox.Sink.
func (s *shelf) States(context.Context) ([]inbox.FolderState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.states)), s.step()
}

// Batch implements inbox.Sink.
func (s *shelf) Batch(_ context.Context, b inbox.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.step(); err != nil {
		return err
	}
	if b.Channel != s.w.Channel {
		s.bad("a batch of the channel %q", b.Channel)
	}
	if len(b.Folder.Cursor) > maxCursor {
		s.bad("a cursor of %d bytes", len(b.Folder.Cursor))
	}
	s.states[b.Folder.Role] = b.Folder
	for _, f := range b.Messages {
		s.take(f, b.Live)
	}
	s.tell()
	return nil
}

func (s *shelf) take(f inbox.Fetched, live bool) {
	key := f.Message.Key
	if f.Problem != "" {
		s.bad("set aside: %s", f.Problem)
		return
	}
	if key == "" || key.Channel() != s.w.Channel || f.Message.At.IsZero() {
		s.bad("a message with the key %q, of %v", key, f.Message.At)
		return
	}
	if again := s.w.Parse(key, f.Raw); again.Text != f.Message.Text || again.From.Address != f.Message.From.Address {
		s.bad("its bytes say %q of %q, it says %q of %q", again.Text, again.From.Address, f.Message.Text, f.Message.From.Address)
	}
	old, known := s.messages[key]
	switch {
	case !known:
		s.messages[key], s.live[key] = f, live
	case old.Message.Text != f.Message.Text || old.Message.Direction != f.Message.Direction:
		s.bad("%s was %q and is %q", key, old.Message.Text, f.Message.Text)
	case f.Better:
		f.Message.At = old.Message.At
		s.messages[key] = f
	}
}

// Known implements inbox.Sink.
func (s *shelf) Known(_ context.Context, keys []inbox.Key) (map[inbox.Key]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[inbox.Key]bool{}
	for _, key := range keys {
		if _, ok := s.messages[key]; ok {
			known[key] = true
		}
	}
	return known, s.step()
}

// Listing implements inbox.Sink.
func (s *shelf) Listing(context.Context, inbox.FolderListing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.step()
}

// Status implements inbox.Sink.
func (s *shelf) Status(status inbox.ChannelStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if status.State == inbox.ChannelOK {
		s.oks++
	}
	if status.Reason != "" {
		s.said = append(s.said, status.Reason)
	}
	s.tell()
}

func (s *shelf) bad(format string, args ...any) {
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

func (s *shelf) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// until waits for something to become true; it gives whether it did when ended
// comes first.
func (s *shelf) until(ctx context.Context, t testing.TB, what string, ended <-chan struct{}, ok func() bool) bool {
	t.Helper()
	for {
		s.mu.Lock()
		done, changed := ok(), s.changed
		s.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-changed:
		case <-ended:
			s.mu.Lock()
			defer s.mu.Unlock()
			return ok()
		case <-ctx.Done():
			t.Fatalf("it never came about: %s; there are %q", what, s.texts())
		}
	}
}

// texts are all messages' texts, sorted. The caller holds mu, or nothing runs.
func (s *shelf) texts() []string {
	all := make([]string, 0, len(s.messages))
	for _, f := range s.messages {
		all = append(all, strings.TrimSpace(f.Message.Text))
	}
	slices.Sort(all)
	return all
}

// one gives the one message with a text, and whether it is the only one.
func (s *shelf) one(text string) (found inbox.Fetched, only bool) {
	n := 0
	for _, f := range s.messages {
		if strings.TrimSpace(f.Message.Text) == text {
			found = f
			n++
		}
	}
	return found, n == 1
}

func (s *shelf) keys() []inbox.Key { return slices.Sorted(maps.Keys(s.messages)) }
