package teamsync

import (
	"context"
	"slices"

	"postvak/backend/inbox"
)

// Exposed lists private channels whose decisions stand in the log itself: a
// team of one wrote them there before private channels had a book of their own.
// Whoever makes such a log a team's shows them to the team (R31).
func (s *Sync) Exposed() []inbox.Channel {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.DeleteFunc(s.replay.Team.Channels(), func(c inbox.Channel) bool { return c.Shared })
}

// KnownLog names the log that a store follows or asked to join; "" before the
// first.
func KnownLog(ctx context.Context, store Store) (string, error) {
	return store.Setting(ctx, settingLog)
}
