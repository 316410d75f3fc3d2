package teamsync

import (
	"context"
	"fmt"
	"time"

	"postvak/backend/teamlog"
)

const (
	// appendPatience is how long one append may take before it counts as
	// unknown; a server under load takes tens of seconds.
	appendPatience = 3 * time.Minute
	// readBackPatience is how long an appended record may stay unseen before it
	// is appended again.
	readBackPatience = 2 * time.Minute
	// oldAge is how long own records wait before a person is asked whether they
	// still hold.
	oldAge = 7 * 24 * time.Hour
)

// deliver appends own records that wait, one after the other, each read back
// before the next goes out. The caller holds turn.
func (s *Sync) deliver(ctx context.Context) error {
	waiting, err := s.cfg.Store.Pending(ctx)
	if err != nil {
		return err
	}
	asks := false
	defer func() { s.ask(asks) }()
	for _, p := range waiting {
		if s.candidate != nil || s.blocked() {
			return nil
		}
		back, err := s.isBack(ctx, p)
		if err != nil {
			return err
		}
		if back {
			continue
		}
		if s.isOld(p) {
			asks = true
			return nil
		}
		if !s.mayDeliver(p) {
			return nil
		}
		if err := s.handOver(ctx, p); err != nil {
			return err
		}
		if back, err := s.isBack(ctx, p); err != nil || !back {
			return err
		}
	}
	return nil
}

// isBack says whether the log gave an own record back; then it waits no more.
func (s *Sync) isBack(ctx context.Context, p Pending) (bool, error) {
	n, err := s.cfg.Store.HasRecord(ctx, p.ID)
	if err != nil || n == 0 {
		return false, err
	}
	delete(s.handed, p.ID)
	return true, s.cfg.Store.DropPending(ctx, p.ID)
}

// handOver appends one own record and reads on. One whose append had no answer
// or that does not come back is appended again, with the same bytes.
func (s *Sync) handOver(ctx context.Context, p Pending) error {
	if at, handed := s.handed[p.ID]; handed && s.cfg.Clock.Now().Sub(at) < readBackPatience {
		return nil
	}
	if err := s.append(ctx, p.ID, p.Record); err != nil {
		delete(s.handed, p.ID)
		return err
	}
	s.handed[p.ID] = s.cfg.Clock.Now()
	return s.read(ctx)
}

// append hands a record to the engine, for no longer than appendPatience.
func (s *Sync) append(ctx context.Context, id string, record []byte) error {
	engine, ctx, done := s.engine(ctx)
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-s.cfg.Clock.After(appendPatience):
			cancel()
		case <-ctx.Done():
		}
	}()
	_, err := engine.Append(ctx, id, record)
	cancel()
	<-ended
	done()
	if err != nil {
		return fmt.Errorf("append to the team log: %w", err)
	}
	return nil
}

// mayDeliver says whether anybody would listen: to a member, and to a newcomer
// who asks to be let in.
func (s *Sync) mayDeliver(p Pending) bool {
	switch s.Membership() {
	case Solo, Active:
		return true
	case Newcomer:
		opened, err := teamlog.Open(p.Record)
		if err != nil || len(opened.Events) != 1 {
			return false
		}
		_, asks := opened.Events[0].(*teamlog.Join)
		return asks
	case Removed:
	}
	return false
}

func (s *Sync) isOld(p Pending) bool {
	return s.remote() && !p.Made.IsZero() && p.Made.After(s.resumed) && s.cfg.Clock.Now().Sub(p.Made) > oldAge
}

func (s *Sync) ask(asks bool) {
	s.mu.Lock()
	changed := s.asks != asks
	s.asks = asks
	s.mu.Unlock()
	if changed {
		s.cfg.Changed()
	}
}

// Resume lets decisions go out that waited for so long that a person was asked
// (State.Alarms).
func (s *Sync) Resume() {
	s.turn.Lock()
	s.resumed = s.cfg.Clock.Now()
	s.turn.Unlock()
	s.Wake()
}
