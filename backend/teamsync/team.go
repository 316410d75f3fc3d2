package teamsync

import (
	"context"
	"maps"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Me is the member at this desktop.
func (s *Sync) Me() inbox.MemberID { return s.cfg.Me }

// Name is the team's name.
func (s *Sync) Name() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.team.Name
}

// Members lists everybody who was ever in the team.
func (s *Sync) Members() []teamlog.Member {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.team.Members()
}

// Member gives a member by id.
func (s *Sync) Member(id inbox.MemberID) (teamlog.Member, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.team.Member(id)
}

// Channels lists the connected channels that this member may see (R31).
func (s *Sync) Channels() []inbox.Channel {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var visible []inbox.Channel
	for _, c := range s.team.Channels() {
		if s.team.HasAccess(s.cfg.Me, c.ID) {
			visible = append(visible, c)
		}
	}
	return visible
}

// Channel gives a connected channel by id, if this member may see it.
func (s *Sync) Channel(id inbox.ChannelID) (inbox.Channel, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.team.Channel(id)
	return c, ok && s.team.HasAccess(s.cfg.Me, id)
}

// HasAccess says whether a member may see a channel.
func (s *Sync) HasAccess(member inbox.MemberID, channel inbox.ChannelID) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.team.HasAccess(member, channel)
}

// State is how far the log was read, how many own records wait, and what a
// person should know about it.
type State struct {
	Position teamlog.Pos
	Pending  int
	Alarms   []string
}

// State tells how the log is.
func (s *Sync) State(ctx context.Context) (State, error) {
	waiting, err := s.cfg.Store.Pending(ctx)
	if err != nil {
		return State{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	state := State{Position: s.cursor.Pos, Pending: len(waiting)}
	if kind := s.team.NeedsUpdate(); kind != "" {
		state.Alarms = append(state.Alarms, "A newer Postvak wrote something that this one cannot read. Update this computer.")
	}
	if s.me == nil {
		state.Alarms = append(state.Alarms, "The key with which this computer signs is missing from the keyring.")
	}
	return state, nil
}

// describe adds what the team is after a stretch.
func (s *Sync) describe(to *Stretch) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	to.Channels, to.Removals = s.team.Channels(), maps.Clone(s.team.Removals())
}
