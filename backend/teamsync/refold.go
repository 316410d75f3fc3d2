package teamsync

import (
	"context"
	"strconv"

	"postvak/backend/teamlog"
)

// settingFold keeps by which version of the rules the store was filled.
const settingFold = "team.fold"

// loadFold notices a store that other rules filled: they skipped what these
// know. It is shown until the log can be read anew, and nothing is judged by it.
func (s *Sync) loadFold(ctx context.Context) error {
	text, err := s.cfg.Store.Setting(ctx, settingFold)
	if err != nil || text == strconv.Itoa(teamlog.FoldVersion) {
		return err
	}
	if s.replay.Cursor.Count == 0 {
		return s.foldedAnew(ctx)
	}
	s.setOutdated(true)
	return nil
}

// readAnew reads the log from its beginning where other rules filled the store,
// and lets no snapshot of theirs stand. Cut off it begins again. The caller
// holds turn, and has just read the log to its end: it can be reached.
func (s *Sync) readAnew(ctx context.Context) error {
	if !s.isOutdated() {
		return nil
	}
	if err := s.keepStanding(ctx, nil); err != nil {
		return err
	}
	s.setFloor(0)
	if err := s.rewind(ctx, 0); err != nil {
		return err
	}
	if err := s.foldedAnew(ctx); err != nil {
		return err
	}
	return s.readOn(ctx)
}

// foldedAnew keeps that what is in the store from here on is by these rules.
func (s *Sync) foldedAnew(ctx context.Context) error {
	s.setOutdated(false)
	return s.cfg.Store.SetSetting(ctx, settingFold, strconv.Itoa(teamlog.FoldVersion))
}

func (s *Sync) isOutdated() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.outdated
}

func (s *Sync) setOutdated(is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outdated = is
}
