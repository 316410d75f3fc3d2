package teamsync

import (
	"context"
	"strconv"

	"postvak/backend/teamlog"
)

// settingFold keeps by which version of the rules the store was filled.
const settingFold = "team.fold"

// refold takes over what older rules skipped as unknown, from the records that
// are here; it needs no network, and shows what is there meanwhile. Where a
// snapshot of older rules stands for the past, not all of them are here: then
// the log is read again from its beginning, once it can be reached. Cut off it
// begins again. The caller holds turn; what loads the team comes before.
func (s *Sync) refold(ctx context.Context) error {
	text, err := s.cfg.Store.Setting(ctx, settingFold)
	if err != nil || text == strconv.Itoa(teamlog.FoldVersion) {
		return err
	}
	before, err := strconv.Atoi(text)
	if err != nil {
		before = 1 // which did not say so
	}
	if st, err := s.standingFor(ctx); err != nil || st != nil {
		s.outdated = err == nil
		return err
	}
	if err := s.takeSkipped(ctx, before, s.replay.Cursor.Count); err != nil {
		return err
	}
	return s.foldedAnew(ctx)
}

// foldedAnew keeps that the store was filled by the present rules.
func (s *Sync) foldedAnew(ctx context.Context) error {
	s.outdated = false
	return s.cfg.Store.SetSetting(ctx, settingFold, strconv.Itoa(teamlog.FoldVersion))
}

// takeSkipped stores decisions that rules of a version skipped.
func (s *Sync) takeSkipped(ctx context.Context, version int, n uint64) error {
	first, err := s.firstSkipped(ctx, version, n)
	if err != nil || first == 0 {
		return err
	}
	replay, err := s.replayAt(ctx, first-1)
	if err != nil {
		return err
	}
	batch := Stretch{}
	err = s.cfg.Store.Records(ctx, first-1, n, func(r StoredRecord) error {
		a, _, err := replay.Accept(teamlog.Pos{}, r.Record, localHistory{ctx, s.cfg.Store, replay.Cursor.Count})
		for _, d := range a.Decisions {
			if teamlog.Skipped(version, d.Event) {
				batch.Decisions = append(batch.Decisions, d)
			}
		}
		if err == nil && len(batch.Decisions) >= batchSize {
			err = s.write(ctx, &batch)
			batch = Stretch{}
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.write(ctx, &batch)
}

// firstSkipped is the first record that holds what rules of a version skipped,
// 0 when none does.
func (s *Sync) firstSkipped(ctx context.Context, version int, n uint64) (first uint64, err error) {
	err = s.cfg.Store.Records(ctx, 0, n, func(r StoredRecord) error {
		if first > 0 {
			return nil
		}
		opened, err := teamlog.Open(r.Record)
		if err != nil {
			return err
		}
		for _, e := range opened.Events {
			if teamlog.Skipped(version, e) {
				first = r.N
			}
		}
		return nil
	})
	return first, err
}

// readAnew reads the log from its beginning where refold could not do it.
// The caller holds turn, and has just read the log to its end.
func (s *Sync) readAnew(ctx context.Context) error {
	if !s.outdated {
		return nil
	}
	if err := s.rewind(ctx, 0); err != nil {
		return err
	}
	if err := s.foldedAnew(ctx); err != nil {
		return err
	}
	return s.readOn(ctx)
}
