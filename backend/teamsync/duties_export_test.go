package teamsync

import (
	"bytes"
	"context"

	"postvak/backend/teamlog"
)

// LookAgain is when the keeper looks again for what another desktop is at.
const LookAgain = lookAgain

// News is closed when the next stretch was applied.
func (s *Sync) News() <-chan struct{} { return s.news() }

// SnapshotEvery lets snapshots be due sooner.
func (s *Sync) SnapshotEvery(n uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.duties.every = n
}

// StaleOf is the work of sealing as a team's state has it.
func StaleOf(t *teamlog.Team) (n int, work string) {
	list, work := staleIn(t)
	return len(list), work
}

// Stale is the work of sealing that is to be done now.
func (s *Sync) Stale() (n int, work string) {
	list, work := s.staleSecrets()
	return len(list), work
}

// Opens says whether this desktop's key opens something sealed.
func (s *Sync) Opens(ctx context.Context, sealed []byte) bool {
	key, err := s.identity(ctx)
	if err != nil {
		return false
	}
	_, err = unseal(sealed, key)
	return err == nil
}

// WriteSnapshot puts a snapshot into the log, of what the desktop has after
// spoil changed it.
func (s *Sync) WriteSnapshot(ctx context.Context, spoil func(*bytes.Buffer, teamlog.SnapshotHeader) ([32]byte, int64)) error {
	cursor, err := s.cfg.Store.Cursor(ctx)
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	upto, hash, size, err := s.encodeAt(ctx, &packed, cursor.Count)
	if err != nil {
		return err
	}
	if spoil != nil {
		replay, err := s.replayAt(ctx, cursor.Count)
		if err != nil {
			return err
		}
		packed.Reset()
		hash, size = spoil(&packed, teamlog.SnapshotHeader{Upto: upto, State: replay.State()})
	}
	part, err := s.say(ctx, &teamlog.SnapshotPart{Data: packed.Bytes()})
	if err != nil {
		return err
	}
	head := &teamlog.Snapshot{
		Upto: upto, Version: teamlog.SnapshotVersion, Hash: hash[:], Size: size, Parts: []string{part.ID[:len(part.ID)-2]},
	}
	_, err = s.say(ctx, head)
	return err
}

// Standing says whether a snapshot stands for the past.
func (s *Sync) Standing(ctx context.Context) bool {
	st, err := s.standingFor(ctx)
	return err == nil && st != nil
}

// Tend does what the keeper does after each change.
func (s *Sync) Tend(ctx context.Context) error {
	_, err := s.tend(ctx)
	return err
}
