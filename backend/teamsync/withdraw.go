package teamsync

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Withdraw stops waiting to be let into a team: this computer forgets that
// team's log and begins a team of one again, in the engine given. The request
// stays in the team's log until an admin refuses it. Only for who waits
// (Conflict); the store has no messages then.
func (s *Sync) Withdraw(ctx context.Context, local teamlog.Log) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.Membership() != Newcomer {
		return inbox.Errorf(inbox.Conflict, "This computer does not wait to be let into a team.")
	}
	if err := s.forget(ctx, local, ""); err != nil {
		return err
	}
	defer s.Wake()
	return s.startLocal(ctx)
}
