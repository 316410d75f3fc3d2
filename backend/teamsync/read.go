package teamsync

import (
	"context"
	"errors"
	"maps"
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// batchSize is how many records are taken over in one transaction,
// checkpointEvery after how many the team's state is kept.
const (
	batchSize       = 250
	checkpointEvery = 500
)

// read takes everything after the cursor. A log that is not the one that was
// read before, or a record that turned up late, is dealt with. The caller holds
// turn.
func (s *Sync) read(ctx context.Context) error {
	for range maxRewinds {
		if s.blocked() {
			return nil
		}
		err := s.readOn(ctx)
		if err == nil {
			err = s.readAnew(ctx)
		}
		switch {
		case errors.Is(err, teamlog.ErrLate):
			err = s.rewindLate(ctx)
		case errors.Is(err, teamlog.ErrEpoch):
			err = s.meetEpoch(ctx)
		case errors.Is(err, teamlog.ErrUpdate):
			return s.block(ctx)
		default:
			return err
		}
		if err != nil {
			return err
		}
		if s.candidate != nil {
			return nil // the log behind a new epoch is not to be taken yet
		}
	}
	return inbox.Errorf(inbox.Unavailable, "The team's folder keeps changing under the reader. Postvak tries again.")
}

// maxRewinds bounds how often one reading begins anew.
const maxRewinds = 20

// readOn takes what the engine hands over, until it has no more.
func (s *Sync) readOn(ctx context.Context) error {
	if s.stale {
		if err := s.load(ctx); err != nil {
			return err
		}
	}
	if s.replay.Cursor.Count == 0 {
		// What a newcomer passed over before the log began there has nothing by
		// which it is known again.
		s.mu.Lock()
		s.replay.Cursor.Pos, s.replay.Cursor.Positions = teamlog.Pos{}, teamlog.Ranges{}
		s.mu.Unlock()
	}
	engine, ctx, done := s.engine(ctx)
	defer done()
	r := &reader{s: s, ctx: ctx, from: s.replay.Cursor.Count, history: newHistory(ctx, s.cfg.Store, s.replay.Cursor.Count)}
	_, err := engine.Read(ctx, s.replay.Cursor.Pos, r.take)
	if r.broken {
		s.stale = true
		return err
	}
	// What came before an error counts, also when the reading was cut off.
	if flushed := r.flush(context.WithoutCancel(ctx)); flushed != nil {
		return flushed
	}
	return err
}

// reader is one reading of the log.
type reader struct {
	s       *Sync
	ctx     context.Context
	from    uint64 // the count at which the last checkpoint was looked at
	history *history
	batch   Stretch
	news    bool
	broken  bool
}

// take accepts one record, or says why the reading ends.
func (r *reader) take(at teamlog.Pos, record []byte) error {
	s := r.s
	s.mu.Lock()
	a, findings, err := s.replay.Accept(at, record, r.history)
	s.notice(findings)
	if err == nil && a.ID != "" {
		s.anchor = anchor{a.ID, at}
		s.findings.agrees(a, findings)
	}
	s.mu.Unlock()
	if err != nil {
		s.lateAt = at
		r.broken = !errors.Is(err, teamlog.ErrLate) && !errors.Is(err, teamlog.ErrUpdate) && !errors.Is(err, teamlog.ErrEpoch)
		return err
	}
	r.news = true
	if a.ID == "" {
		return nil
	}
	r.history.add(a)
	r.batch.Records = append(r.batch.Records, StoredRecord{N: a.N, Pos: a.Pos, ID: a.ID, Hash: a.Hash, Record: slices.Clone(a.Record)})
	r.batch.Decisions = append(r.batch.Decisions, a.Decisions...)
	if len(r.batch.Records) < batchSize {
		return nil
	}
	s.progress(PhaseBehind, a.N, 0)
	return r.flush(r.ctx)
}

// flush writes what was taken.
func (r *reader) flush(ctx context.Context) error {
	if !r.news {
		return nil
	}
	s := r.s
	if s.replay.Cursor.Count/checkpointEvery > r.from/checkpointEvery {
		r.batch.Checkpoint = s.replay.State()
		r.from = s.replay.Cursor.Count
	}
	batch := r.batch
	r.batch, r.news = Stretch{}, false
	if err := s.apply(ctx, batch); err != nil {
		r.broken, s.stale = true, true
		return err
	}
	r.history.upTo = s.replay.Cursor.Count
	clear(r.history.since)
	clear(r.history.hash)
	return nil
}

// apply writes a stretch that ends where the replay is, and tells of it. What
// was noticed is kept first: it would not be noticed again. The caller holds
// turn.
func (s *Sync) apply(ctx context.Context, batch Stretch) error {
	if err := s.keepFindings(ctx); err != nil {
		return err
	}
	if err := s.write(ctx, &batch); err != nil {
		return err
	}
	return s.announce(ctx, batch)
}

// write stores a stretch with what the team is after it.
func (s *Sync) write(ctx context.Context, batch *Stretch) error {
	s.pen.Lock()
	defer s.pen.Unlock()
	if err := s.settlePrivate(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	batch.Cursor = s.replay.Cursor
	s.all = s.replay.Team.With(s.private)
	batch.Channels, batch.Removals = s.all.Channels(), maps.Clone(s.replay.Team.Removals())
	s.mu.Unlock()
	if batch.Channels == nil {
		batch.Channels = []inbox.Channel{}
	}
	if err := s.cfg.Store.Apply(ctx, *batch); err != nil {
		return err
	}
	s.applied = batch.Cursor
	if id := s.id(); id != "" && s.knownAs() != id {
		if err := s.cfg.Store.SetSetting(ctx, settingLog, id); err != nil {
			return err
		}
		s.mu.Lock()
		s.logID = id
		s.mu.Unlock()
	}
	if batch.Rewind != nil {
		return s.number(ctx)
	}
	s.numberOn()
	return nil
}

func (s *Sync) knownAs() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.logID
}

// announce gives verdicts to whoever waits for them, wakes whoever follows the
// log, and tells the program.
func (s *Sync) announce(ctx context.Context, batch Stretch) error {
	team := batch.Rewind != nil
	s.mu.Lock()
	for i := range batch.Decisions {
		d := &batch.Decisions[i]
		team = team || teamlog.Anchor(d.Event) == ""
		if expected := s.expected[d.ID]; expected != nil {
			expected <- d.Void
			delete(s.expected, d.ID)
		}
	}
	close(s.flushed)
	s.flushed = make(chan struct{})
	s.mu.Unlock()
	for _, r := range batch.Records {
		delete(s.handed, r.ID)
	}
	if !team {
		return nil
	}
	if err := s.become(ctx); err != nil {
		return err
	}
	s.cfg.Changed()
	return nil
}

// become follows the log in whom this desktop speaks for.
func (s *Sync) become(ctx context.Context) error {
	s.mu.Lock()
	var is inbox.MemberID
	if s.me != nil {
		if device, known := s.replay.Team.Device(s.me.device); known && !device.Revoked {
			is = device.Member
		}
	}
	other := is != "" && is != s.member
	if other {
		s.member = is
		s.me = &Author{member: is, device: s.me.device, key: s.me.key}
	}
	s.mu.Unlock()
	if !other {
		return nil
	}
	if err := s.cfg.Store.SetMe(ctx, is); err != nil {
		return err
	}
	s.cfg.BecameMe(is)
	return nil
}

// rewindLate goes back before a record that turned up among older ones: its
// place counts, and not when it was seen.
func (s *Sync) rewindLate(ctx context.Context) error {
	late := s.lateAt
	s.Report(teamlog.Finding{Kind: teamlog.Late, Count: 1})
	n, err := s.countBefore(ctx, late)
	if err != nil {
		return err
	}
	return s.rewind(ctx, n)
}

// countBefore says how many accepted records stand before a position. Records
// that are not here count as standing behind it.
func (s *Sync) countBefore(ctx context.Context, late teamlog.Pos) (uint64, error) {
	low, high := uint64(0), s.replay.Cursor.Count // the answer is in between
	for low < high {
		middle := low + (high-low+1)/2
		at, known, err := s.place(ctx, middle)
		switch {
		case err != nil:
			return 0, err
		case known && at.N < late.N:
			low = middle
		default:
			high = middle - 1
		}
	}
	return low, nil
}

// rewind forgets what stands after a count. Own records among that wait again:
// the log may have lost them. Reading then goes on from there.
func (s *Sync) rewind(ctx context.Context, n uint64) error {
	at, known, err := s.place(ctx, n)
	if err != nil {
		return err
	}
	if !known {
		n = 0
	}
	again, err := s.ownAfter(ctx, n)
	if err != nil {
		return err
	}
	replay, err := s.replayAt(ctx, n)
	if err != nil {
		return err
	}
	replay.Cursor.Pos, replay.Cursor.Positions = at, upTo(s.replay.Cursor.Positions, at.N)
	s.use(replay)
	s.stale = true // until it is written
	if err := s.apply(ctx, Stretch{Rewind: &n, Again: again}); err != nil {
		return err
	}
	s.stale = false
	return s.anchorAt(ctx, n)
}

// upTo gives the positions that are not behind n: what stands behind it is
// still to be handed over.
func upTo(positions teamlog.Ranges, n uint64) (some teamlog.Ranges) {
	for _, span := range positions.Spans() {
		if span.From <= n {
			some.AddSpan(teamlog.Span{From: span.From, To: min(span.To, n)})
		}
	}
	return some
}

// ownAfter gives this device's records after a count, as they would wait.
func (s *Sync) ownAfter(ctx context.Context, n uint64) (again []Waiting, err error) {
	me := s.author()
	if me == nil {
		return nil, nil
	}
	err = s.cfg.Store.Records(ctx, n, s.replay.Cursor.Count, func(r StoredRecord) error {
		opened, err := teamlog.Open(r.Record)
		if err != nil || opened.Device != me.device {
			return nil
		}
		record := teamlog.Record{ID: r.ID, Bytes: slices.Clone(r.Record)}
		again = append(again, Waiting{
			Pending:   Pending{ID: r.ID, Record: record.Bytes, Made: s.cfg.Clock.Now()},
			Decisions: waitingDecisions(me.member, record, opened.Envelope),
		})
		return nil
	})
	return again, err
}
