package intake

import (
	"context"
	"errors"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// script is a source that does what the test says, sync by sync.
type script struct {
	began chan inbox.Sink // a sync has begun
	end   chan error      // what it ends with
}

func newScript() *script { return &script{make(chan inbox.Sink), make(chan error)} }

func (s *script) Sync(ctx context.Context, sink inbox.Sink) error {
	select {
	case s.began <- sink:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-s.end:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

type store struct {
	batches []inbox.Batch
	aside   int
	err     error
}

func (s *store) FolderStates(context.Context, inbox.ChannelID) ([]inbox.FolderState, error) {
	return []inbox.FolderState{{Role: inbox.FolderInbox, High: 7}}, nil
}

func (s *store) StoreBatch(_ context.Context, b inbox.Batch) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	s.batches = append(s.batches, b)
	for _, m := range b.Messages {
		if m.Problem != "" {
			s.aside++
		}
	}
	return len(b.Messages), nil
}

func (s *store) StoreListing(context.Context, inbox.FolderListing) (int, error) { return -1, s.err }
func (s *store) Known(context.Context, []inbox.Key) (map[inbox.Key]bool, error) { return nil, s.err }
func (s *store) SetAside(context.Context, inbox.ChannelID) (int, error)         { return s.aside, nil }

type world struct {
	*Intake[int]
	t       *testing.T
	clock   *run.Manual
	store   *store
	status  chan inbox.ChannelStatus
	changes chan int
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, clock: run.NewManual(start), store: &store{}, status: make(chan inbox.ChannelStatus, 100), changes: make(chan int, 100)}
	w.Intake = New(Config[int]{Store: w.store, Clock: w.clock,
		Changed: func(n int) { w.changes <- n },
		Status:  func(s inbox.ChannelStatus) { w.status <- s }})
	t.Cleanup(w.Stop)
	return w
}

// shows waits for a state. What was shown before does not matter.
func (w *world) shows(state inbox.ChannelState) inbox.ChannelStatus {
	w.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case s := <-w.status:
			if s.State == state {
				return s
			}
		case <-limit:
			w.t.Fatalf("%s is never shown; now %+v", state, w.Status())
		}
	}
}

func TestWhatComesIsStoredAndTold(t *testing.T) {
	w, src := newWorld(t), newScript()
	w.Add("c", src)
	sink := <-src.began
	states, err := sink.States(context.Background())
	if err != nil || len(states) != 1 || states[0].High != 7 {
		t.Fatalf("%v, %v", states, err)
	}
	sink.Status(inbox.ChannelStatus{State: inbox.ChannelSyncing, Done: 1204, Total: 8310})
	if s := w.shows(inbox.ChannelSyncing); s.Done != 1204 || s.Total != 8310 || s.Channel != "c" {
		t.Errorf("%+v", s)
	}
	batch := inbox.Batch{Channel: "c", Messages: []inbox.Fetched{{UID: 1}, {UID: 2, Problem: "unreadable"}}}
	if err := sink.Batch(context.Background(), batch); err != nil {
		t.Fatal(err)
	}
	if n := <-w.changes; n != 2 || len(w.store.batches) != 1 {
		t.Errorf("told %d of %d batches", n, len(w.store.batches))
	}
	sink.Status(inbox.ChannelStatus{State: inbox.ChannelOK})
	if s := w.shows(inbox.ChannelOK); s.SetAside != 1 || !s.LastSync.Equal(start) || !s.Since.IsZero() {
		t.Errorf("%+v", s)
	}
	w.store.err = errors.New("disk full")
	if err := sink.Batch(context.Background(), batch); err == nil || len(w.changes) != 0 {
		t.Errorf("a failed write: %v, %d changes told", err, len(w.changes))
	}
}

func TestFaultsShowAndAreTriedAgain(t *testing.T) {
	for _, c := range []struct {
		err   error
		state inbox.ChannelState
	}{
		{inbox.Errorf(inbox.Unavailable, "no network"), inbox.ChannelOffline},
		{inbox.Errorf(inbox.Invalid, "certificate expired"), inbox.ChannelError},
		{errors.New("a bug"), inbox.ChannelError},
	} {
		w, src := newWorld(t), newScript()
		w.Add("c", src)
		<-src.began
		src.end <- c.err
		s := w.shows(c.state)
		if s.Reason == "" || !s.RetryAt.Equal(start.Add(firstPause)) || !s.Since.Equal(start) {
			t.Errorf("%v: %+v", c.err, s)
		}
		w.clock.Advance(firstPause)
		(<-src.began).Status(inbox.ChannelStatus{State: inbox.ChannelOK})
		if s := w.shows(inbox.ChannelOK); s.Reason != "" || !s.RetryAt.IsZero() {
			t.Errorf("after it went well: %+v", s)
		}
	}
}

func TestPausesGrowAndStartAnewAfterAGoodConnection(t *testing.T) {
	w, src := newWorld(t), newScript()
	w.Add("c", src)
	offline := inbox.Errorf(inbox.Unavailable, "no network")
	var last time.Duration
	for range 15 {
		<-src.began
		src.end <- offline
		w.clock.BlockUntil(1)
		pause := w.Status()["c"].RetryAt.Sub(w.clock.Now())
		for pause <= 0 { // the status is set just after the timer
			pause = w.shows(inbox.ChannelOffline).RetryAt.Sub(w.clock.Now())
		}
		if pause < last || pause > maxPause {
			t.Fatalf("%v after %v", pause, last)
		}
		last = pause
		w.clock.Advance(pause)
	}
	if last != maxPause {
		t.Errorf("the longest pause is %v", last)
	}
	<-src.began
	w.clock.Advance(settled)
	src.end <- offline
	w.clock.BlockUntil(1)
	w.clock.Advance(firstPause)
	<-src.began // or the test hangs
}

// A server that lets everything be read is well: on a line that breaks again and
// again mail comes in all the same.
func TestPausesStayShortOnALineThatBreaks(t *testing.T) {
	w, src := newWorld(t), newScript()
	w.Add("c", src)
	lost := inbox.Errorf(inbox.Unavailable, "the connection was lost")
	breaks := func(whole bool) (pause time.Duration) {
		sink := <-src.began
		if whole {
			sink.Status(inbox.ChannelStatus{State: inbox.ChannelOK})
		}
		src.end <- lost
		w.clock.BlockUntil(1)
		for pause <= 0 { // the status is set just after the timer
			pause = w.shows(inbox.ChannelOffline).RetryAt.Sub(w.clock.Now())
		}
		w.clock.Advance(pause)
		return pause
	}
	var last time.Duration
	for range 10 {
		pause := breaks(true)
		if pause < last || pause > brokenPause {
			t.Fatalf("%v after %v", pause, last)
		}
		last = pause
	}
	if last != brokenPause {
		t.Errorf("the longest pause is %v", last)
	}
	if first, second := breaks(false), breaks(false); first != firstPause || second <= first {
		t.Errorf("before everything was read: %v, then %v", first, second)
	}
	if again := breaks(true); again != brokenPause {
		t.Errorf("a line that goes on breaking is tried after %v", again)
	}
}

func TestWrongPasswordWaitsForItsPerson(t *testing.T) {
	w, src := newWorld(t), newScript()
	w.Add("c", src)
	<-src.began
	src.end <- inbox.Errorf(inbox.Auth, "wrong password")
	if s := w.shows(inbox.ChannelNeedsSignIn); !s.RetryAt.IsZero() || s.Reason != "wrong password" {
		t.Errorf("%+v", s)
	}
	w.Wake()
	w.clock.Advance(24 * time.Hour)
	select {
	case <-src.began:
		t.Fatal("it tried again with a password that is wrong")
	default:
	}
	w.SignedIn("c")
	<-src.began
}

func TestWakeDoesNotWait(t *testing.T) {
	w, src := newWorld(t), newScript()
	w.Add("c", src)
	<-src.began
	src.end <- inbox.Errorf(inbox.Unavailable, "no network")
	w.shows(inbox.ChannelOffline)
	w.Wake()
	<-src.began
}

func TestOfflineEndsConnectionsAndComesBack(t *testing.T) {
	w, src := newWorld(t), newScript()
	w.Add("c", src)
	<-src.began
	w.SetOffline(true)
	if s := w.shows(inbox.ChannelOffline); s.Reason != offlineReason || !s.Since.Equal(start) {
		t.Errorf("%+v", s)
	}
	w.Wake()
	w.clock.Advance(time.Hour)
	w.SetOffline(false)
	<-src.began
}

func TestRemoveAndReplace(t *testing.T) {
	w, first, second := newWorld(t), newScript(), newScript()
	w.Add("c", first)
	<-first.began
	w.Add("c", second)
	<-second.began
	w.Remove("c")
	if len(w.Status()) != 0 {
		t.Error("it still has a status")
	}
	w.Stop()
	w.Add("c", first)
	if len(w.Status()) != 0 {
		t.Error("it was added after Stop")
	}
}
