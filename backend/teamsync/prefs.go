package teamsync

import (
	"encoding/json"
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Prefs gives what a member last said they wish (teamlog.Prefs), as far as this
// desktop read the log; nil when they never did. What waits to be sent is not
// in it yet.
func (s *Sync) Prefs(member inbox.MemberID) (value json.RawMessage) {
	s.view(func(t *teamlog.Team) { value = slices.Clone(t.Prefs(member)) })
	return value
}
