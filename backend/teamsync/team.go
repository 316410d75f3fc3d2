package teamsync

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Membership is what this desktop is to its team.
type Membership string

// Solo is a team of one without a mailbox. A newcomer waits to be let in, and
// decides nothing; so does who was removed, and a computer that was revoked.
const (
	Solo     Membership = "solo"
	Newcomer Membership = "pending"
	Active   Membership = "member"
	Removed  Membership = "removed"
)

// Membership tells what this desktop is to its team.
func (s *Sync) Membership() Membership {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.membership()
}

// membership is Membership for who holds mu.
func (s *Sync) membership() Membership {
	if _, remote := s.line.engine.(teamlog.Remote); !remote {
		return Solo
	}
	if s.me == nil {
		return s.membershipOf(s.member)
	}
	device, known := s.replay.Team.Device(s.me.device)
	switch {
	case !known:
		return Newcomer
	case device.Revoked:
		return Removed
	}
	return s.membershipOf(device.Member)
}

func (s *Sync) membershipOf(id inbox.MemberID) Membership {
	member, known := s.replay.Team.Member(id)
	switch {
	case !known:
		return Newcomer
	case member.Removed:
		return Removed
	}
	return Active
}

// Me is the member at this desktop.
func (s *Sync) Me() inbox.MemberID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.member
}

// LogID is the team log's name; "" before it has one.
func (s *Sync) LogID() string { return s.id() }

// seen is the team as this desktop shows it, private channels included: a
// newcomer sees nothing of it before being let in. The caller holds mu.
func (s *Sync) seen() *teamlog.Team {
	if s.membership() == Newcomer {
		return teamlog.NewTeam()
	}
	return s.all
}

// Name is the team's name.
func (s *Sync) Name() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seen().Name
}

// Setting is a setting of the team; "" when it was never set.
func (s *Sync) Setting(key string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.replay.Team.Setting(key)
}

// Hint gives the newest hint about a channel, if there is one.
func (s *Sync) Hint(channel inbox.ChannelID) (hint teamlog.HintState, known bool) {
	s.view(func(t *teamlog.Team) { hint, known = t.Hints()[channel] })
	return hint, known
}

// view shows the team to a function, which must not keep it or change it.
func (s *Sync) view(show func(*teamlog.Team)) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	show(s.replay.Team)
}

// news is closed when the next stretch of the log was applied.
func (s *Sync) news() <-chan struct{} {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.flushed
}

// Members lists everybody who was ever in the team.
func (s *Sync) Members() []teamlog.Member {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seen().Members()
}

// Member gives a member by id.
func (s *Sync) Member(id inbox.MemberID) (teamlog.Member, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seen().Member(id)
}

// Device gives a device of the team by id.
func (s *Sync) Device(id string) (teamlog.Device, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seen().Device(id)
}

// Channels lists the connected channels that this member may see (R31).
func (s *Sync) Channels() []inbox.Channel {
	s.mu.RLock()
	defer s.mu.RUnlock()
	team := s.seen()
	var visible []inbox.Channel
	for _, c := range team.Channels() {
		if team.HasAccess(s.member, c.ID) {
			visible = append(visible, c)
		}
	}
	return visible
}

// Channel gives a connected channel by id, if this member may see it.
func (s *Sync) Channel(id inbox.ChannelID) (inbox.Channel, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	team := s.seen()
	c, ok := team.Channel(id)
	return c, ok && team.HasAccess(s.member, id)
}

// HasAccess says whether a member may see a channel.
func (s *Sync) HasAccess(member inbox.MemberID, channel inbox.ChannelID) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.all.HasAccess(member, channel)
}

// Phase is what this desktop and the log are doing.
type Phase string

// The phases. Waiting: the log is not the one that was read before, and nobody
// repaired it yet; what is decided waits. Paused: what is old waits for a
// person's word (Resume).
const (
	PhaseOK        Phase = "ok"
	PhaseOffline   Phase = "offline"
	PhaseSignIn    Phase = "needs_sign_in"
	PhaseBehind    Phase = "behind"
	PhaseMoving    Phase = "moving"
	PhaseRepairing Phase = "repairing"
	PhaseWaiting   Phase = "waiting"
	PhasePaused    Phase = "paused"
	PhaseReadOnly  Phase = "read_only"
)

// Progress is a phase, how far it is (Total 0: nobody knows), and why.
type Progress struct {
	Phase       Phase
	Done, Total uint64
	Reason      string `words:"own"`
}

// State is how the log is: how far it was read, how many own records wait, and
// what a person should know about it.
type State struct {
	Progress
	Position teamlog.Pos
	Count    uint64 // records accepted
	Pending  int
	Alarms   []string `words:"own"`
	// Err is the last exchange's error as the engine gave it; nil when it went
	// well.
	Err error
	// CheckedUpTo is up to which record everything was verified here; it is
	// behind Count after joining by a snapshot.
	CheckedUpTo uint64
}

// State tells how the log is.
func (s *Sync) State(ctx context.Context) (State, error) {
	waiting, err := s.cfg.Store.Pending(ctx)
	if err != nil {
		return State{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	cursor := s.replay.Cursor
	state := State{Progress: s.phase, Position: cursor.Pos, Count: cursor.Count, Pending: len(waiting), CheckedUpTo: cursor.Count, Err: s.failed}
	if s.floor > 0 {
		state.CheckedUpTo = s.duties.past
	}
	if s.asks && state.Phase == PhaseOK {
		state.Phase = PhasePaused
	}
	state.Alarms = s.alarms()
	return state, nil
}

// reasonOf is what a person reads about an error of the engine.
func reasonOf(err error) string {
	return inbox.SentenceOf(err, "The team's mailbox cannot be reached. Postvak tries again by itself.")
}

// Known is what this desktop has of an engine's present epoch: which positions
// it was given, and the newest record that counts, by which a restored or
// renumbered folder is told from the one that was read.
type Known struct {
	Epoch     string
	Positions teamlog.Ranges
	Anchor    teamlog.Pos
	AnchorID  string
	// Floor: positions up to it are being read elsewhere, after joining by a
	// snapshot. 0 is none.
	Floor uint64
}

// Known tells an engine what of it is known here. It may be called from
// within any call of the engine.
func (s *Sync) Known() Known {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.held != nil {
		return *s.held
	}
	cursor := s.replay.Cursor
	return Known{Epoch: cursor.Pos.Epoch, Positions: cursor.Positions, Anchor: s.anchor.at, AnchorID: s.anchor.id, Floor: s.floor}
}
