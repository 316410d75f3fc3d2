package teamsync

import (
	"context"

	"postvak/backend/teamlog"
)

// Replies lists the team's canned replies with what was decided here and waits
// for the log (R33), sorted by id. A newcomer sees none before being let in.
func (s *Sync) Replies(ctx context.Context) ([]teamlog.ReplyState, error) {
	if s.Membership() == Newcomer {
		return nil, nil
	}
	waiting, err := s.cfg.Store.Pending(ctx)
	if err != nil {
		return nil, err
	}
	var decisions []teamlog.Decision
	for _, p := range waiting {
		// What this computer wrote itself and cannot read back changes nothing.
		if opened, err := teamlog.Open(p.Record); err == nil {
			decisions = append(decisions, waitingDecisions(s.Me(), teamlog.Record{ID: p.ID}, opened.Envelope)...)
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.replay.Team.Replies(decisions...), nil
}
