package sandbox

import (
	"context"
	"slices"
	"sync"
	"time"

	"postvak/backend/run"
)

// schedule is what is to happen, and when. What is due happens one after the
// other, in the order of time.
type schedule struct {
	clock run.Clock
	wake  chan struct{}

	turn sync.Mutex // held while something happens
	mu   sync.Mutex
	todo []task // ascending
}

type task struct {
	at time.Time
	do func(context.Context)
}

func newSchedule(clock run.Clock) *schedule {
	return &schedule{clock: clock, wake: make(chan struct{}, 1)}
}

// in plans something for when the time d has passed.
func (s *schedule) in(d time.Duration, do func(context.Context)) {
	at := s.clock.Now().Add(d)
	s.mu.Lock()
	place, _ := slices.BinarySearchFunc(s.todo, at, func(t task, at time.Time) int {
		if t.at.After(at) {
			return 1
		}
		return -1
	})
	s.todo = slices.Insert(s.todo, place, task{at, do})
	s.mu.Unlock()
	s.nudge()
}

func (s *schedule) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run lets happen what is due until ctx ends.
func (s *schedule) run(ctx context.Context) {
	for ctx.Err() == nil {
		s.runDue(ctx)
		var alarm <-chan time.Time
		if next, ok := s.next(); ok {
			alarm = s.clock.After(next.Sub(s.clock.Now()))
		}
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-alarm:
		}
	}
}

// runDue lets happen what is due now. What that plans for later waits.
func (s *schedule) runDue(ctx context.Context) {
	s.turn.Lock()
	defer s.turn.Unlock()
	now := s.clock.Now()
	for ctx.Err() == nil {
		t, ok := s.take(now)
		if !ok {
			return
		}
		t.do(ctx)
	}
}

func (s *schedule) take(now time.Time) (task, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.todo) == 0 || s.todo[0].at.After(now) {
		return task{}, false
	}
	first := s.todo[0]
	s.todo = s.todo[1:]
	return first, true
}

func (s *schedule) next() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.todo) == 0 {
		return time.Time{}, false
	}
	return s.todo[0].at, true
}
