package teamsync

import (
	"context"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/teamlog"
)

const (
	firstPause = time.Second
	longPause  = 15 * time.Minute
)

// follow delivers what waits and reads what is new, until ctx ends; then the
// engine in use is closed.
func (s *Sync) follow(ctx context.Context) {
	defer func() {
		if err := s.currentLine().engine.Close(); err != nil {
			s.cfg.Logger.Warn("closing the team log", "error", err.Error())
		}
	}()
	pause := run.Backoff{Base: firstPause, Max: longPause, Jitter: 0.5, Rand: s.cfg.Rand}
	for ctx.Err() == nil {
		err := s.exchange(ctx)
		if ctx.Err() != nil {
			return
		}
		s.tell(err)
		if err != nil {
			s.cfg.Logger.Warn("team log", "error", err.Error())
			s.rest(ctx, pause.Next())
			continue
		}
		pause.Reset()
		s.wait(ctx)
	}
}

// rest lets a while pass after an error, less when the network may be back. A
// person's decision asks for a new try, but not one after the other.
func (s *Sync) rest(ctx context.Context, d time.Duration) {
	over := s.cfg.Clock.After(d)
	soon := s.cfg.Clock.After(min(d, 10*time.Second))
	var wake <-chan struct{}
	now := s.currentLine()
	for {
		select {
		case <-soon:
			wake, soon = s.wake, nil
		case <-wake:
			return
		case <-s.hurry:
			return
		case <-over:
			return
		case <-now.ctx.Done():
			return
		case <-ctx.Done():
			return
		}
	}
}

func (s *Sync) currentLine() line {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.line
}

// Wake tries the log at once: the network or the computer is back.
func (s *Sync) Wake() {
	select {
	case s.hurry <- struct{}{}:
	default:
	}
	s.poke()
}

// poke ends the waiting for news: something is to be delivered.
func (s *Sync) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// wait returns when there may be something to read or to deliver.
func (s *Sync) wait(ctx context.Context) {
	engine, ctx, done := s.engine(ctx)
	defer done()
	at, unseen := s.position()
	ended := make(chan struct{})
	waiting, cancel := context.WithCancel(ctx)
	go func() {
		defer close(ended)
		defer cancel()
		select {
		case <-s.wake:
		case <-s.hurry:
		case <-unseen:
		case <-waiting.Done():
		}
	}()
	if err := engine.Wait(waiting, at); err != nil && waiting.Err() == nil {
		s.cfg.Logger.Warn("team log", "error", err.Error())
		s.rest(ctx, firstPause)
	}
	cancel()
	<-ended
}

// position is where the waiting begins, with a channel that ends it when a
// record that was handed over is not read back in time.
func (s *Sync) position() (at teamlog.Pos, unseen <-chan time.Time) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if len(s.handed) > 0 {
		unseen = s.cfg.Clock.After(readBackPatience)
	}
	if s.candidate != nil {
		return s.candidate.pos, unseen
	}
	return s.replay.Cursor.Pos, unseen
}

// exchange reads what others wrote and hands over own records that wait.
func (s *Sync) exchange(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	if err := s.first(ctx); err != nil || s.blocked() {
		return err
	}
	if s.candidate != nil {
		if err := s.meetEpoch(ctx); err != nil {
			return err
		}
	} else if err := s.read(ctx); err != nil {
		return err
	}
	if s.candidate != nil {
		return nil
	}
	if err := s.finishSharing(ctx); err != nil {
		return err
	}
	if err := s.changeKey(ctx); err != nil {
		return err
	}
	if err := s.deliver(ctx); err != nil {
		return err
	}
	if err := s.changeKey(ctx); err != nil {
		return err
	}
	return s.recheck(ctx)
}

// recheckEvery bounds how often somebody's word makes this desktop read the
// whole log again.
const recheckEvery = time.Hour

// recheck compares the folder with what is here, when somebody saw another log:
// records that were exchanged behind our back have the places of others.
func (s *Sync) recheck(ctx context.Context) error {
	s.mu.RLock()
	doubt := s.doubt
	s.mu.RUnlock()
	now := s.cfg.Clock.Now()
	if !doubt || s.candidate != nil || s.blocked() || !s.remote() || now.Sub(s.checked) < recheckEvery && !s.checked.IsZero() {
		return nil
	}
	s.checked = now
	s.mu.Lock()
	s.doubt = false
	s.mu.Unlock()
	c := s.newCandidate()
	if err := c.read(ctx); err != nil || c.common() == s.replay.Cursor.Count {
		return err // as it is here: it is the other who saw another log
	}
	s.hold(c)
	if err := s.meetEpoch(ctx); err != nil {
		return err
	}
	if s.candidate != nil {
		return nil
	}
	return s.read(ctx)
}

// first begins an empty store with a snapshot, where there is one.
func (s *Sync) first(ctx context.Context) error {
	if s.stale {
		if err := s.load(ctx); err != nil {
			return err
		}
	}
	if s.replay.Cursor.Pos != (teamlog.Pos{}) || s.replay.Cursor.Count > 0 || !s.remote() {
		return nil
	}
	return s.bootstrap(ctx)
}

// block ends reading before a newer version's event that must not be skipped.
// Whoever read it noticed it.
func (s *Sync) block(ctx context.Context) error {
	s.mu.Lock()
	s.update = true
	s.mu.Unlock()
	s.cfg.Changed()
	return s.keepFindings(ctx)
}

// refuse blocks, for who cannot go on without having read, and notices why: a
// candidate notices nothing by itself.
func (s *Sync) refuse(ctx context.Context) error {
	if err := s.found(ctx, teamlog.Finding{Kind: teamlog.Critical, Count: 1}); err != nil {
		return err
	}
	if err := s.block(ctx); err != nil {
		return err
	}
	return s.mayDecide()
}

func (s *Sync) blocked() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.update
}

// tell keeps how the last exchange went.
func (s *Sync) tell(err error) {
	next := Progress{Phase: PhaseOK}
	switch {
	case s.blocked():
		next.Phase = PhaseReadOnly
	case err != nil:
		next = Progress{Phase: phaseOf(err), Reason: reasonOf(err)}
	}
	s.mu.Lock()
	if s.phase.Phase == PhaseWaiting && err == nil && !s.update {
		next = s.phase // it ends when the log is whole again
	}
	changed := s.phase != next
	s.phase, s.failed = next, err
	s.mu.Unlock()
	if changed {
		s.cfg.Changed()
	}
}

// progress shows how far a long piece of work is.
func (s *Sync) progress(phase Phase, done, total uint64) {
	s.mu.Lock()
	s.phase = Progress{Phase: phase, Done: done, Total: total}
	s.mu.Unlock()
	s.cfg.Changed()
}

func phaseOf(err error) Phase {
	switch inbox.CodeOf(err) {
	case inbox.Auth:
		return PhaseSignIn
	case inbox.Forbidden:
		return PhaseReadOnly
	}
	return PhaseOffline
}
