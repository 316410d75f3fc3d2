package teamsync

import (
	"context"
	"crypto/ed25519"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Teammate gives the key of another member of the demo team, who is added to
// the team when they are not in it yet. The log must be local.
func (s *Sync) Teammate(ctx context.Context, id inbox.MemberID, name, email string) (*Author, error) {
	key, err := s.loadKey(ctx, s.cfg.KeyName+"/"+string(id), true)
	if err != nil {
		return nil, err
	}
	if _, known := s.Member(id); !known {
		add := &teamlog.MemberAdd{Member: id, Name: name, Email: email, Role: teamlog.Person, Key: key.Public().(ed25519.PublicKey)}
		if _, err := s.Decide(ctx, add); err != nil {
			return nil, err
		}
	}
	return newAuthor(id, key), nil
}

// DecideAs appends events signed by another author straight to the log, as
// that person's own desktop would have done at that time. The log must be
// local.
func (s *Sync) DecideAs(ctx context.Context, by *Author, at time.Time, events ...teamlog.Event) ([]Outcome, error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	engine, ctx, done := s.engine(ctx)
	defer done()
	var outcomes []Outcome
	for len(events) > 0 {
		record, envelope, err := s.sealAs(by, at, events)
		if err != nil {
			return nil, err
		}
		if _, err := engine.Append(ctx, record.ID, record.Bytes); err != nil {
			return nil, err
		}
		more := make([]Outcome, len(envelope.Events))
		verdicts := make([]chan teamlog.Reason, len(more))
		for i := range more {
			more[i] = Outcome{ID: teamlog.DecisionID(record.ID, i), Pending: true}
		}
		s.expect(more, verdicts)
		err = s.read(ctx)
		s.ignore(more)
		if err != nil {
			return nil, err
		}
		heard(more, verdicts)
		outcomes, events = append(outcomes, more...), events[len(more):]
	}
	return outcomes, nil
}

// sealAs seals for any author of a local log.
func (s *Sync) sealAs(by *Author, at time.Time, events []teamlog.Event) (teamlog.Record, teamlog.Envelope, error) {
	s.pen.Lock()
	defer s.pen.Unlock()
	stands := s.own
	if me := s.author(); me == nil || me.device != by.device {
		s.mu.RLock()
		stands.seq, stands.prev = s.replay.Chain(by.device)
		s.mu.RUnlock()
	}
	return s.seal(by, stands, at, events, 1)
}
