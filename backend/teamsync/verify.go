package teamsync

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"

	"postvak/backend/teamlog"
)

// verifyPast reads what a snapshot stands for and puts it in the snapshot's
// place: every signature is checked, every verdict made again. When that gives
// something else than the snapshot said, the snapshot's signer is told of and
// everything is folded anew from the log itself. It may be cut off at any
// moment and goes on where it was.
func (s *Sync) verifyPast(ctx context.Context) error {
	st, err := s.standingFor(ctx)
	if err != nil || st == nil {
		return err
	}
	past := &past{s: s, ctx: ctx, standing: st, history: newPastHistory(ctx, s.cfg.Store)}
	whole, err := past.read()
	if err != nil {
		return err
	}
	if whole {
		if whole, err = past.holds(); err != nil {
			return err
		}
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	if now, err := s.standingFor(ctx); err != nil || now == nil || now.Upto != st.Upto {
		return err // meanwhile another log or another snapshot is followed
	}
	if whole {
		return s.settle(ctx, past.replay.Cursor)
	}
	return s.foldAnew(ctx, st)
}

// past is one reading of what a snapshot stands for.
type past struct {
	s        *Sync
	ctx      context.Context
	standing *standing
	replay   *teamlog.Replay
	history  *pastHistory
	records  []StoredRecord
	decided  []teamlog.Decision
	wrong    bool
}

// read goes over the past, the records that are here already first. It is
// false when the past is another than the snapshot's.
func (p *past) read() (whole bool, err error) {
	s := p.s
	p.replay = teamlog.NewReplay(s.LogID())
	upTo := p.standing.Upto.Count
	err = s.cfg.Store.Records(p.ctx, 0, upTo, func(r StoredRecord) error {
		if r.N != p.replay.Cursor.Count+1 || r.N > upTo {
			return errEnough
		}
		_, _, err := p.replay.Accept(teamlog.Pos{}, r.Record, localHistory{p.ctx, s.cfg.Store, 0})
		p.replay.Cursor.Pos = r.Pos
		return err
	})
	if err != nil && !errors.Is(err, errEnough) {
		return false, err
	}
	if p.replay.Cursor.Count > 0 {
		p.replay.Cursor.Positions = p.standing.Positions
		p.replay.Cursor.Pos = p.standing.Read
	}
	engine, ctx, done := s.engine(p.ctx)
	defer done()
	if p.replay.Cursor.Count < upTo {
		_, err = engine.Read(ctx, p.replay.Cursor.Pos, p.take)
		switch {
		case errors.Is(err, teamlog.ErrUpdate):
			p.wrong, err = true, nil // whoever made the snapshot went past it
		case errors.Is(err, teamlog.ErrEpoch), errors.Is(err, teamlog.ErrLate):
			return false, errors.Join(err, p.again())
		}
		if err != nil && !errors.Is(err, errEnough) {
			return false, errors.Join(err, p.flush())
		}
	}
	if err := p.flush(); err != nil {
		return false, err
	}
	return !p.wrong && p.replay.Cursor.Base().Hash == p.standing.Upto.Hash && p.replay.Cursor.Count == upTo, nil
}

// take accepts one record of the past.
func (p *past) take(at teamlog.Pos, record []byte) error {
	if at.Epoch == p.standing.Upto.Epoch && at.N > p.standing.Upto.N {
		return errEnough
	}
	a, findings, err := p.replay.Accept(at, record, p.history)
	if err != nil {
		return err
	}
	if noted := slices.DeleteFunc(findings, func(f teamlog.Finding) bool { return f.Kind == teamlog.Replayed }); len(noted) > 0 {
		p.s.mu.Lock()
		p.s.notice(noted)
		p.s.mu.Unlock()
	}
	if a.ID == "" {
		return nil
	}
	p.history.ids[a.ID] = true
	p.records = append(p.records, StoredRecord{N: a.N, Pos: a.Pos, ID: a.ID, Hash: a.Hash, Record: bytes.Clone(a.Record)})
	p.decided = append(p.decided, a.Decisions...)
	if len(p.records) >= batchSize {
		if err := p.flush(); err != nil {
			return err
		}
		p.s.told(a.N)
	}
	if a.N >= p.standing.Upto.Count {
		return errEnough
	}
	return nil
}

// flush stores what was checked, with how far that is.
func (p *past) flush() error {
	if len(p.records) == 0 {
		return nil
	}
	ctx, s := context.WithoutCancel(p.ctx), p.s
	s.pen.Lock()
	defer s.pen.Unlock()
	for _, r := range p.records {
		n, err := s.cfg.Store.HasRecord(ctx, r.ID)
		if err != nil {
			return err
		}
		// An old record that was appended again counts where it stood first, and
		// the team behind the snapshot took it for new.
		p.wrong = p.wrong || n > p.standing.Upto.Count
	}
	if p.wrong {
		return nil
	}
	if err := s.cfg.Store.Backfill(ctx, p.records, p.decided); err != nil {
		return err
	}
	p.records, p.decided = nil, nil
	clear(p.history.ids)
	p.history.upTo = p.replay.Cursor.Count
	p.standing.Read, p.standing.Positions = p.replay.Cursor.Pos, p.replay.Cursor.Positions
	return s.keepStanding(ctx, p.standing)
}

// again lets the next reading begin at the log's beginning: its numbering
// changed meanwhile.
func (p *past) again() error {
	p.s.pen.Lock()
	defer p.s.pen.Unlock()
	p.standing.Read, p.standing.Positions = teamlog.Pos{}, teamlog.Ranges{}
	return p.s.keepStanding(context.WithoutCancel(p.ctx), p.standing)
}

// holds says whether the team that the past gives is the snapshot's.
func (p *past) holds() (bool, error) {
	state, n, ok, err := p.s.cfg.Store.Checkpoint(p.ctx, p.standing.Upto.Count)
	if err != nil {
		return false, err
	}
	return !ok || n != p.standing.Upto.Count || bytes.Equal(state, p.replay.State()), nil
}

// pastHistory is what was accepted of the past so far.
type pastHistory struct {
	ctx   context.Context
	store Store
	ids   map[string]bool
	upTo  uint64
}

func newPastHistory(ctx context.Context, store Store) *pastHistory {
	return &pastHistory{ctx: ctx, store: store, ids: map[string]bool{}}
}

// Has implements teamlog.History.
func (h *pastHistory) Has(id string) (bool, error) {
	if h.ids[id] {
		return true, nil
	}
	n, err := h.store.HasRecord(h.ctx, id)
	return n > 0 && n <= h.upTo, err
}

// HashAt implements teamlog.History.
func (h *pastHistory) HashAt(n uint64) ([32]byte, bool, error) {
	if n == 0 || n > h.upTo {
		return [32]byte{}, false, nil
	}
	return h.store.HashAt(h.ctx, n)
}

// settle ends a snapshot's standing for the past: everything is here itself.
// What it said about conversations is compared last. The caller holds turn.
func (s *Sync) settle(ctx context.Context, read teamlog.Cursor) error {
	st, err := s.standingFor(ctx)
	if err != nil || st == nil {
		return err
	}
	if err := s.settleStore(ctx); err != nil {
		return err
	}
	_, hash, _, err := s.encodeAt(ctx, io.Discard, st.Upto.Count)
	if err != nil {
		return err
	}
	if !bytes.Equal(hash[:], st.Head.Hash) {
		// What the store shows is folded from the log itself by now.
		if err := s.disown(ctx, st.Head); err != nil {
			return err
		}
	}
	s.mu.Lock()
	if read.Pos.Epoch == s.replay.Cursor.Pos.Epoch {
		for _, span := range read.Positions.Spans() {
			s.replay.Cursor.Positions.AddSpan(span)
		}
	}
	s.mu.Unlock()
	if err := s.apply(ctx, Stretch{}); err != nil {
		return err
	}
	if err := s.keepStanding(ctx, nil); err != nil {
		return err
	}
	s.setFloor(0)
	return s.announce(ctx, Stretch{})
}

func (s *Sync) settleStore(ctx context.Context) error {
	s.pen.Lock()
	defer s.pen.Unlock()
	return s.cfg.Store.Settle(ctx)
}

// foldAnew leaves a wrong snapshot: the log is read from its beginning. The
// caller holds turn.
func (s *Sync) foldAnew(ctx context.Context, st *standing) error {
	s.cfg.Logger.Warn("a snapshot of the team log was wrong", "by", string(st.Head.By))
	if err := s.disown(ctx, st.Head); err != nil {
		return err
	}
	if err := s.rewind(ctx, 0); err != nil {
		return err
	}
	if err := s.keepStanding(ctx, nil); err != nil {
		return err
	}
	s.setFloor(0)
	s.poke()
	return nil
}

// told shows how far the check of the past is.
func (s *Sync) told(n uint64) {
	s.mu.Lock()
	s.duties.past = n
	s.mu.Unlock()
}

// checkSnapshots compares the newest snapshot of the log with what this desktop
// would have written: each desktop that has the records can. A wrong one is
// told of and never used.
func (s *Sync) checkSnapshots(ctx context.Context) error {
	heads := s.heads()
	if len(heads) == 0 {
		return nil
	}
	head := heads[len(heads)-1]
	text, err := s.cfg.Store.Setting(ctx, settingChecked)
	if err != nil {
		return err
	}
	place := strconv.FormatUint(head.N, 10)
	if text == place || head.Version != teamlog.SnapshotVersion {
		return nil
	}
	// The team in memory may be a moment ahead of the store.
	stored, err := s.cfg.Store.Cursor(ctx)
	if err != nil || stored.Count < head.N {
		return err
	}
	right := head.By == s.Me() // it would be made by the same hand again
	if !right {
		if right, err = s.isRight(ctx, head); err != nil {
			return err
		}
	}
	if !right {
		if err := s.disown(ctx, head); err != nil {
			return err
		}
	}
	return s.cfg.Store.SetSetting(ctx, settingChecked, place)
}

func (s *Sync) heads() (heads []teamlog.SnapshotState) {
	s.view(func(t *teamlog.Team) { heads = t.Snapshots() })
	return heads
}

// isRight makes a snapshot again. A rewind in between may disturb it: only
// what differs twice is wrong.
func (s *Sync) isRight(ctx context.Context, head teamlog.SnapshotState) (bool, error) {
	for range 2 {
		hash, known, err := s.cfg.Store.HashAt(ctx, head.Upto.Count)
		if err != nil {
			return false, err
		}
		if !known || (teamlog.Cursor{Hash: hash}).Base().Hash != head.Upto.Hash {
			continue
		}
		_, made, _, err := s.encodeAt(ctx, io.Discard, head.Upto.Count)
		if err != nil {
			return false, err
		}
		if bytes.Equal(made[:], head.Hash) {
			return true, nil
		}
	}
	return false, nil
}
