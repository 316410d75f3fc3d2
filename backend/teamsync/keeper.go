package teamsync

import (
	"context"

	"postvak/backend/run"
)

// bootstrap begins an empty store with a snapshot, where there is one.
func (s *Sync) bootstrap(context.Context) error { return nil }

// startKeeper starts what every member's desktop does for the team.
func (s *Sync) startKeeper(*run.Group) {}
