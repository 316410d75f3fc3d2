package teamsync

import (
	"context"
	"errors"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Outcome is what became of one event: its id, and why it is void. Of an
// event that the log has not given back yet, Pending is set and Void unknown.
type Outcome struct {
	ID      string
	Void    teamlog.Reason
	Pending bool
}

// Decide stores own events as pending, and returns when they are stored, with
// one outcome for each. A team of one hears at once what became of them; with
// a team mailbox they are pending, and the store tells later. What is about a
// private channel never leaves this computer and is decided at once (R31).
// Nothing is stored when this computer may not decide: it is not let in yet,
// its member was removed, its key is missing, or it needs an update.
func (s *Sync) Decide(ctx context.Context, events ...teamlog.Event) ([]Outcome, error) {
	if s.remote() {
		outcomes, _, err := s.put(ctx, events, putting{})
		s.poke()
		return outcomes, err
	}
	return s.decideHere(ctx, events, putting{expect: true})
}

// decideHere decides in a local log, which answers at once.
func (s *Sync) decideHere(ctx context.Context, events []teamlog.Event, how putting) ([]Outcome, error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	outcomes, verdicts, err := s.put(ctx, events, how)
	if err != nil {
		return nil, err
	}
	defer s.ignore(outcomes)
	if err := s.deliver(ctx); err != nil {
		s.cfg.Logger.Warn("a decision waits for the team log", "error", err.Error())
		s.poke()
	}
	heard(outcomes, verdicts)
	return outcomes, nil
}

// heard takes the verdicts that came already.
func heard(outcomes []Outcome, verdicts []chan teamlog.Reason) {
	for i, verdict := range verdicts {
		select {
		case outcomes[i].Void = <-verdict:
			outcomes[i].Pending = false
		default:
		}
	}
}

// decideNow decides in one record, whatever its size, and waits until the log
// gave it back: all of it happens, or nothing. When ctx ends before, its error is
// returned; what was decided waits all the same.
func (s *Sync) decideNow(ctx context.Context, events ...teamlog.Event) ([]Outcome, error) {
	how := putting{expect: true, whole: true}
	if !s.remote() {
		return s.decideHere(ctx, events, how)
	}
	outcomes, verdicts, err := s.put(ctx, events, how)
	defer s.ignore(outcomes)
	s.poke()
	if err != nil {
		return nil, err
	}
	for i, verdict := range verdicts {
		if verdict == nil {
			continue
		}
		select {
		case outcomes[i].Void = <-verdict:
			outcomes[i].Pending = false
		case <-ctx.Done():
			return outcomes, ctx.Err()
		}
	}
	return outcomes, nil
}

// putting is how events are stored.
type putting struct {
	expect bool // the verdict of each comes through a channel, once
	whole  bool // in one record
}

var errParted = errors.New("events about a private channel and others do not go into one record")

// put stores events: those about private channels as decided, the others as
// waiting.
func (s *Sync) put(ctx context.Context, events []teamlog.Event, how putting) ([]Outcome, []chan teamlog.Reason, error) {
	s.pen.Lock()
	defer s.pen.Unlock()
	if err := s.mayDecide(); err != nil {
		return nil, nil, err
	}
	outcomes := make([]Outcome, len(events))
	verdicts := make([]chan teamlog.Reason, len(events))
	for from := 0; from < len(events); {
		private, n, err := s.route(events[from:])
		if err != nil {
			return nil, nil, err
		}
		if how.whole && n < len(events) {
			return nil, nil, errParted
		}
		to := from + n
		if private {
			err = s.putPrivate(ctx, events[from:to], outcomes[from:to])
		} else {
			err = s.putShared(ctx, events[from:to], outcomes[from:to], how.whole)
		}
		if err != nil {
			return nil, nil, err
		}
		from = to
	}
	if how.expect {
		s.expect(outcomes, verdicts)
	}
	return outcomes, verdicts, nil
}

// putShared makes own records of events, or one of all. The caller holds pen.
func (s *Sync) putShared(ctx context.Context, events []teamlog.Event, outcomes []Outcome, whole bool) error {
	for len(events) > 0 {
		least := 1
		if whole {
			least = len(events)
		}
		record, envelope, err := s.seal(s.author(), s.own, s.cfg.Clock.Now(), events, least)
		if err != nil {
			return err
		}
		if err := s.putRecord(ctx, record, envelope); err != nil {
			return err
		}
		n := len(envelope.Events)
		for i := range n {
			outcomes[i] = Outcome{ID: teamlog.DecisionID(record.ID, i), Pending: true}
		}
		outcomes, events = outcomes[n:], events[n:]
	}
	return nil
}

// putRecord makes one own record wait. The caller holds pen.
func (s *Sync) putRecord(ctx context.Context, r teamlog.Record, e teamlog.Envelope) error {
	waiting := Pending{ID: r.ID, Record: r.Bytes, Made: s.cfg.Clock.Now()}
	if err := s.cfg.Store.AddPending(ctx, waiting, waitingDecisions(s.Me(), r, e)); err != nil {
		return err
	}
	s.own = chain{e.Seq, r.ID}
	return nil
}

// submit makes a record wait that was sealed elsewhere in this package: the
// request of a computer that nobody knows yet. It goes out as others do.
func (s *Sync) submit(ctx context.Context, r teamlog.Record) error {
	opened, err := teamlog.Open(r.Bytes)
	if err != nil {
		return err
	}
	s.pen.Lock()
	defer s.pen.Unlock()
	defer s.poke()
	return s.putRecord(ctx, r, opened.Envelope)
}

func (s *Sync) expect(outcomes []Outcome, verdicts []chan teamlog.Reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, o := range outcomes {
		if o.Pending {
			verdicts[i] = make(chan teamlog.Reason, 1)
			s.expected[o.ID] = verdicts[i]
		}
	}
}

// ignore ends the waiting for verdicts.
func (s *Sync) ignore(outcomes []Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range outcomes {
		delete(s.expected, o.ID)
	}
}

// ErrNotLetIn is what a newcomer's decisions meet until an admin approves them:
// a state that everybody who joins is in for a while.
var ErrNotLetIn = inbox.Errorf(inbox.Forbidden, "This computer is not let into the team yet. Ask an admin of the team to approve it.")

// mayDecide says why nothing can be decided here, nil when it can.
func (s *Sync) mayDecide() error {
	switch {
	case s.author() == nil:
		return inbox.Errorf(inbox.Auth, "The key with which this computer signs is missing from the keyring. "+
			"Restore the keyring, or connect your mailboxes again in a new folder.")
	case s.blocked():
		return inbox.Errorf(inbox.Unavailable, "A newer Postvak wrote something that this one cannot read. Update this computer.")
	}
	switch s.Membership() {
	case Newcomer:
		return ErrNotLetIn
	case Removed:
		return inbox.Errorf(inbox.Forbidden, "This computer is not in the team any more: nothing can be changed here. Ask an admin of the team to let you in again.")
	case Solo, Active:
	}
	return nil
}
