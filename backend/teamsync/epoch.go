package teamsync

import (
	"context"
	"errors"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// meetEpoch looks at the log behind a new epoch and does one of three things.
// It has all our records, in our order: it is ours, under other numbers. An
// admin's epoch record stands in it behind what we share, or a record by which
// an admin goes on in it: it was repaired, or only we had what it lacks, and it
// is taken from there on; own records that it lacks wait again. Else writing
// stops until somebody repairs it, and this desktop does so by itself when it
// is of the member who began the log. The caller holds turn.
func (s *Sync) meetEpoch(ctx context.Context) error {
	c, err := s.behold(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.common() == s.replay.Cursor.Count:
		return s.adopt(ctx, c)
	case c.declared:
		return s.takeOver(ctx, c)
	case s.repairsByItself():
		return s.repair(ctx, false)
	}
	s.stop(c)
	return nil
}

// behold reads the log behind a new epoch, on from where it was read before.
func (s *Sync) behold(ctx context.Context) (*candidate, error) {
	c := s.candidate
	for range maxRewinds {
		if c == nil {
			c = s.newCandidate()
		}
		err := c.read(ctx)
		if err == nil {
			return c, nil
		}
		s.hold(nil)
		if errors.Is(err, teamlog.ErrUpdate) {
			return nil, s.refuse(ctx)
		}
		if !errors.Is(err, errMoved) && !errors.Is(err, teamlog.ErrEpoch) {
			return nil, err
		}
		c = nil
	}
	return nil, inbox.Errorf(inbox.Unavailable, "The team's folder keeps changing under the reader. Postvak tries again.")
}

// stop keeps a log that is not to be taken yet: nothing is written into it.
func (s *Sync) stop(c *candidate) {
	first := s.phaseNow() != PhaseWaiting
	s.hold(c)
	s.mu.Lock()
	s.phase = Progress{Phase: PhaseWaiting, Done: c.common(), Total: s.replay.Cursor.Count, Reason: "The team's folder was emptied, restored or replaced. " +
		"Decisions wait until the computer of whoever began the team repairs it, or an admin presses Repair."}
	s.mu.Unlock()
	if first {
		s.Report(teamlog.Finding{Kind: teamlog.NewEpoch, Detail: c.pos.Epoch, Count: 1})
	}
	s.cfg.Changed()
}

func (s *Sync) phaseNow() Phase {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.phase.Phase
}

// hold keeps how far the log behind a new epoch was read, nil for none, and
// tells the engine that by Known.
func (s *Sync) hold(c *candidate) {
	s.candidate = c
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held = nil; c != nil {
		known := c.known()
		s.held = &known
	}
}

// adopt goes on in the new epoch: the log is ours under other numbers.
func (s *Sync) adopt(ctx context.Context, c *candidate) error {
	s.pen.Lock()
	defer s.pen.Unlock()
	cursor := s.replay.Cursor
	cursor.Pos = teamlog.Pos{}
	if n := c.common(); n > 0 {
		cursor.Pos = c.at[n-1]
	}
	cursor.Positions = upTo(c.positions, cursor.Pos.N)
	if cursor.Count > 0 {
		if err := s.cfg.Store.Renumber(ctx, cursor, c.at); err != nil {
			return err
		}
	}
	s.applied = cursor
	s.hold(nil)
	s.mu.Lock()
	s.replay.Cursor = cursor
	s.anchor.at = cursor.Pos
	s.phase = Progress{Phase: PhaseOK}
	s.mu.Unlock()
	clear(s.handed)
	return nil
}

// takeOver goes back to what the repaired log shares with ours, and on in it.
func (s *Sync) takeOver(ctx context.Context, c *candidate) error {
	lost := s.replay.Cursor.Count - c.common()
	if s.replay.Cursor.Count > 0 { // a newcomer had nothing that could be other than it was
		s.Report(teamlog.Finding{Kind: teamlog.NewEpoch, Detail: c.pos.Epoch, Count: max(lost, 1)})
	}
	if err := s.rewind(ctx, c.common()); err != nil {
		return err
	}
	if s.replay.Cursor.Count != c.common() { // a snapshot stands in front: all of it anew
		c.at, c.positions = nil, teamlog.Ranges{}
	}
	return s.adopt(ctx, c)
}

// repairsByItself says whether this desktop is of the member who began the log,
// and may.
func (s *Sync) repairsByItself() bool {
	s.mu.RLock()
	genesis := s.replay.Team.Genesis()
	s.mu.RUnlock()
	return s.mayRepair() && s.Me() == genesis
}

func (s *Sync) mayRepair() bool { return s.Membership() == Active && s.mayAdmin() == nil }

// Repair makes the team's folder whole again from this computer's copy: an
// admin's click. Fresh sets the present folder aside and fills a new one; it is
// for a folder out of which records were removed, or into which others were
// mixed. It may take minutes; State tells how far it is. Doing it again, or
// from two computers at once, gives the same log.
func (s *Sync) Repair(ctx context.Context, fresh bool) error {
	if !s.mayRepair() {
		return inbox.Errorf(inbox.Forbidden, "Only an admin of the team can repair its folder.")
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.stale {
		if err := s.load(ctx); err != nil {
			return err
		}
	}
	if err := s.repair(ctx, fresh); err != nil {
		return err
	}
	if err := s.read(ctx); err != nil {
		return err
	}
	return s.deliver(ctx)
}

// repair appends what the log behind the new epoch lacks of ours, in order and
// with the same bytes, and takes it then. The epoch record, by which the others
// know that it is whole, waits from the beginning: a kill in between repeats
// the repair, and ids make what was appended twice count once. A folder in which
// somebody went on who was removed since is set aside: what they say there would
// count before their removal. So is one with a hole: what was decided first
// cannot be put in behind what was decided later. The caller holds turn.
func (s *Sync) repair(ctx context.Context, fresh bool) error {
	phase := PhaseRepairing
	if s.applied.Pos.Epoch == teamlog.LocalEpoch {
		phase = PhaseMoving
	}
	s.progress(phase, 0, s.replay.Cursor.Count)
	if err := s.owe(ctx); err != nil {
		return err
	}
	if err := s.renew(ctx, fresh); err != nil {
		return err
	}
	s.hold(nil)
	c, err := s.behold(ctx)
	for range maxRewinds {
		if err != nil {
			return err
		}
		if c.common() == s.replay.Cursor.Count {
			return s.adopt(ctx, c)
		}
		if c.spoiled && fresh {
			return inbox.Errorf(inbox.Unavailable, "Somebody who is not in the team any more writes into the team's folder. Change the password of its mailbox.")
		}
		if c.spoiled || c.torn && !fresh {
			return s.repair(ctx, true)
		}
		var whole bool
		if whole, err = s.refill(ctx, c, phase); err != nil {
			return err
		}
		if whole {
			return s.takeOver(ctx, c)
		}
		s.hold(c)
		c, err = s.behold(ctx)
	}
	return inbox.Errorf(inbox.Unavailable, "The team's folder does not keep what is put into it. Look at it with a mail program, or choose another mailbox.")
}

// refill appends our records that the candidate lacks. Whole says that it
// lacks none.
func (s *Sync) refill(ctx context.Context, c *candidate, phase Phase) (whole bool, err error) {
	whole = true
	count, done := s.replay.Cursor.Count, c.common()
	err = s.cfg.Store.Records(ctx, done, count, func(r StoredRecord) error {
		if done++; c.tail[r.ID] {
			return nil
		}
		whole = false
		if done%50 == 0 {
			s.progress(phase, done, count)
		}
		return s.append(ctx, r.ID, r.Record)
	})
	return whole, err
}

// owe makes the record wait that ends a repair, unless one does.
func (s *Sync) owe(ctx context.Context) error {
	waiting, err := s.cfg.Store.Pending(ctx)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		if opened, err := teamlog.Open(p.Record); err == nil && len(opened.Events) == 1 {
			if _, owed := opened.Events[0].(*teamlog.Epoch); owed {
				return nil
			}
		}
	}
	s.pen.Lock()
	defer s.pen.Unlock()
	event := &teamlog.Epoch{Old: s.applied.Base()}
	return s.putShared(ctx, []teamlog.Event{event}, make([]Outcome, 1), true)
}

func (s *Sync) renew(ctx context.Context, fresh bool) error {
	engine, ctx, done := s.engine(ctx)
	defer done()
	if r, can := engine.(teamlog.Renewer); can {
		return r.Renew(ctx, fresh)
	}
	return nil
}

// Switch follows another engine from now on: a mailbox in the place of the
// local table, or the same mailbox under another password. What is there is
// looked at first: after an error everything is as before, and the caller
// closes the engine. Else the engine that was in use is closed. What the new
// one lacks is appended in the background by the writer of genesis (State says
// how far it is); nobody else's desktop writes into it before it is whole.
func (s *Sync) Switch(ctx context.Context, engine teamlog.Log) error {
	var begins teamlog.Pos
	look := func(at teamlog.Pos, _ []byte) error {
		begins = at
		return errLooked
	}
	if _, err := engine.Read(ctx, teamlog.Pos{}, look); err != nil && !errors.Is(err, errLooked) && inbox.CodeOf(err) != inbox.NotFound {
		return err
	}
	s.currentLine().cut() // whoever has the turn may wait for an engine that never answers
	s.turn.Lock()
	defer s.turn.Unlock()
	same := s.remote() && begins.Epoch != "" && begins.Epoch == s.replay.Cursor.Pos.Epoch
	s.replace(engine)
	s.hold(nil)
	if !same && s.Membership() != Removed {
		s.hold(s.newCandidate()) // compared before anything else
	}
	s.Wake()
	return nil
}

var errLooked = errors.New("it can be read")

// replace puts an engine in the place of the present one, which is closed. The
// caller holds turn.
func (s *Sync) replace(engine teamlog.Log) {
	s.mu.Lock()
	old := s.line
	s.line = newLine(engine)
	s.phase = Progress{Phase: PhaseBehind}
	s.mu.Unlock()
	clear(s.handed)
	old.cut()
	if old.engine != engine {
		if err := old.engine.Close(); err != nil {
			s.cfg.Logger.Warn("closing the team log", "error", err.Error())
		}
	}
	s.cfg.Changed()
}

// forget leaves the log that was followed for another, which this desktop asks
// to join: the store forgets decisions and what waits; a conflict when it holds
// messages. The caller holds turn.
func (s *Sync) forget(ctx context.Context, engine teamlog.Log, logID string) error {
	s.pen.Lock()
	defer s.pen.Unlock()
	if err := s.cfg.Store.ResetTeam(ctx); err != nil {
		return err
	}
	for key, value := range map[string]string{
		settingLog: logID, settingPrivate: "", settingFindings: "", settingStanding: "", settingDistrust: "", settingChecked: "",
	} {
		if err := s.cfg.Store.SetSetting(ctx, key, value); err != nil {
			return err
		}
	}
	s.own, s.applied = chain{}, teamlog.Cursor{}
	s.hold(nil)
	s.mu.Lock()
	s.logID, s.private, s.findings, s.anchor, s.floor = logID, nil, findings{}, anchor{}, 0
	s.mu.Unlock()
	s.use(teamlog.NewReplay(logID))
	s.replace(engine)
	return nil
}
