package teamsync

import (
	"context"
	"crypto/sha256"
	"errors"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// settingLog keeps which log this desktop follows, from the first record on or
// from when it asked to join.
const settingLog = "team.log"

// load puts the replay where the store is. The caller holds turn.
func (s *Sync) load(ctx context.Context) error {
	cursor, err := s.cfg.Store.Cursor(ctx)
	if err != nil {
		return err
	}
	known, err := s.cfg.Store.Setting(ctx, settingLog)
	if err != nil {
		return err
	}
	if known == "" {
		known = s.cfg.LogID
	}
	s.mu.Lock()
	s.logID = known
	s.mu.Unlock()
	replay, err := s.replayAt(ctx, cursor.Count)
	if err != nil {
		return err
	}
	if cursor.Count == 0 {
		cursor.Hash = replay.Cursor.Hash
	}
	replay.Cursor = cursor
	s.pen.Lock()
	s.applied = cursor
	s.pen.Unlock()
	s.use(replay)
	s.stale = false
	if err := s.anchorAt(ctx, cursor.Count); err != nil {
		return err
	}
	return s.loadFloor(ctx)
}

// anchorAt makes record n the one by which the log is known again.
func (s *Sync) anchorAt(ctx context.Context, n uint64) error {
	var last anchor
	if n > 0 {
		err := s.cfg.Store.Records(ctx, n-1, n, func(r StoredRecord) error {
			last = anchor{r.ID, r.Pos}
			return nil
		})
		if err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.anchor = last
	s.mu.Unlock()
	return nil
}

// use makes a replay the one that is asked.
func (s *Sync) use(replay *teamlog.Replay) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replay = replay
	s.all = replay.Team.With(s.private)
}

// replayAt gives the team as it was after n records: the newest checkpoint
// before them and the records behind it. Its cursor has no place yet, but for
// one at the beginning of the log nothing needs it.
func (s *Sync) replayAt(ctx context.Context, n uint64) (*teamlog.Replay, error) {
	replay, err := s.checkpointAt(ctx, n)
	if err != nil {
		return nil, err
	}
	err = s.cfg.Store.Records(ctx, replay.Cursor.Count, n, func(r StoredRecord) error {
		_, _, err := replay.Accept(teamlog.Pos{}, r.Record, localHistory{ctx, s.cfg.Store, replay.Cursor.Count})
		return err
	})
	if err == nil && replay.Cursor.Count != n {
		err = errGap
	}
	if err != nil {
		return nil, inbox.Errorf(inbox.Internal, "The copy of the team log on this computer is damaged. Rebuild the cache in the settings.").Because(err)
	}
	return replay, nil
}

var errGap = errors.New("records of the team log are missing here")

// checkpointAt gives the newest usable checkpoint at or before n; without one
// the replay begins at nothing.
func (s *Sync) checkpointAt(ctx context.Context, n uint64) (*teamlog.Replay, error) {
	s.mu.RLock()
	beginning := teamlog.NewReplay(s.logID)
	s.mu.RUnlock()
	for n > 0 {
		state, at, ok, err := s.cfg.Store.Checkpoint(ctx, n)
		if err != nil || !ok {
			return beginning, err
		}
		hash, known, err := s.cfg.Store.HashAt(ctx, at)
		if err != nil {
			return nil, err
		}
		if known {
			replay, err := teamlog.Restore(state, teamlog.Cursor{Count: at, Hash: hash})
			if err == nil {
				return replay, nil
			}
			s.cfg.Logger.Warn("a checkpoint of the team log is of another version", "at", at)
		}
		n = at - 1
	}
	return beginning, nil
}

// localHistory is what Accept may know of records that are replayed from the
// store: they were first occurrences.
type localHistory struct {
	ctx   context.Context
	store Store
	upTo  uint64
}

// Has implements teamlog.History.
func (h localHistory) Has(string) (bool, error) { return false, nil }

// HashAt implements teamlog.History. Its callers compare what they were told
// before: nothing is told twice.
func (h localHistory) HashAt(uint64) (hash [sha256.Size]byte, known bool, err error) {
	return hash, false, nil
}

// history is what was accepted before a record, in the store up to a count and
// since.
type history struct {
	ctx   context.Context
	store Store
	upTo  uint64
	since map[string]bool
	hash  map[uint64][sha256.Size]byte
}

func newHistory(ctx context.Context, store Store, upTo uint64) *history {
	return &history{ctx: ctx, store: store, upTo: upTo, since: map[string]bool{}, hash: map[uint64][sha256.Size]byte{}}
}

func (h *history) add(a teamlog.Accepted) {
	h.since[a.ID] = true
	h.hash[a.N] = a.Hash
}

// Has implements teamlog.History.
func (h *history) Has(id string) (bool, error) {
	if h.since[id] {
		return true, nil
	}
	n, err := h.store.HasRecord(h.ctx, id)
	return n > 0 && n <= h.upTo, err
}

// HashAt implements teamlog.History.
func (h *history) HashAt(n uint64) ([sha256.Size]byte, bool, error) {
	if hash, known := h.hash[n]; known || n > h.upTo {
		return hash, known, nil
	}
	return h.store.HashAt(h.ctx, n)
}

// place gives the position of record n, as far as it is known here.
func (s *Sync) place(ctx context.Context, n uint64) (at teamlog.Pos, known bool, err error) {
	if n == 0 {
		return at, true, nil
	}
	err = s.cfg.Store.Records(ctx, n-1, n, func(r StoredRecord) error {
		at, known = r.Pos, true
		return nil
	})
	return at, known, err
}
