package teamlog

import (
	"encoding/json"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// Role is what a member may do.
type Role string

// Admins change channels and settings; members do the work (R30).
const (
	Admin  Role = "admin"
	Person Role = "member"
)

// Member is a person of the team. A removed member stays known by name.
type Member struct {
	ID        inbox.MemberID
	Name      string
	Email     string
	Role      Role
	Removed   bool
	Available bool
	Since     time.Time // of being available or not, by the member's clock
}

// Team is the state of the team at one point of its log: the first of the two
// stages of the fold. It decides what is admitted; the second stage,
// FoldConversation, needs only that verdict. Not safe for concurrent use.
type Team struct {
	LogID    string
	Name     string
	members  map[inbox.MemberID]*Member
	order    []inbox.MemberID
	devices  map[string]*Device
	channels map[inbox.ChannelID]*inbox.Channel
	// removals are the records (N) by which members left: their assignments end
	// there.
	removals map[inbox.MemberID][]uint64
	genesis  inbox.MemberID
	invites  []*InviteState
	requests []*Request
	prefs    map[inbox.MemberID]json.RawMessage
	settings map[string]string
	secrets  map[string]*Secret
	hints    map[inbox.ChannelID]HintState
	replies  map[string]*ReplyState
	claims   claims
	heads    []SnapshotState
	epoch    EpochState
	view     bool // made by With: only channels and conversations are decided on it
}

// NewTeam is the state before the first record.
func NewTeam() *Team {
	return &Team{
		members:  map[inbox.MemberID]*Member{},
		devices:  map[string]*Device{},
		channels: map[inbox.ChannelID]*inbox.Channel{},
		removals: map[inbox.MemberID][]uint64{},
		prefs:    map[inbox.MemberID]json.RawMessage{},
		settings: map[string]string{},
		secrets:  map[string]*Secret{},
		hints:    map[inbox.ChannelID]HintState{},
		replies:  map[string]*ReplyState{},
		claims:   newClaims(),
	}
}

// Apply admits or voids a decision and applies what it does to the team. It
// must be called once for each decision, in the order of the log.
func (t *Team) Apply(d *Decision) Reason {
	d.Void = t.verdict(d)
	return d.Void
}

func (t *Team) verdict(d *Decision) Reason {
	if !t.mayDecide(d) || t.view && !ofView(d.Event) {
		return NotMember
	}
	if anchor := Anchor(d.Event); anchor != "" && !t.HasAccess(d.Author, anchor.Channel()) {
		return NoAccess
	}
	if about, ok := d.Event.(conversationEvent); ok && about.Anchor().Channel() == ChannelCRM {
		return NotFound // no conversation is there
	}
	return d.Event.admit(t, d)
}

// mayDecide says whether anybody listens: to an active member whose device is
// not revoked, and to a stranger who begins a log or asks to join it.
func (t *Team) mayDecide(d *Decision) bool {
	switch d.Event.(type) {
	case *Genesis, *Join:
		return !t.view
	}
	if device := t.devices[d.Device]; device != nil && (device.Revoked || device.Member != d.Author) {
		return false
	}
	return t.active(d.Author)
}

// Members lists everybody who was ever in the team, in the order of joining.
func (t *Team) Members() []Member {
	all := make([]Member, 0, len(t.order))
	for _, id := range t.order {
		all = append(all, *t.members[id])
	}
	return all
}

// Member gives a member by id.
func (t *Team) Member(id inbox.MemberID) (Member, bool) {
	if m := t.members[id]; m != nil {
		return *m, true
	}
	return Member{}, false
}

// Channels lists the connected channels, the first one connected first.
func (t *Team) Channels() []inbox.Channel {
	all := make([]inbox.Channel, 0, len(t.channels))
	for _, c := range t.channels {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b inbox.Channel) int {
		if byAge := a.NotifySince.Compare(b.NotifySince); byAge != 0 {
			return byAge
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return all
}

// Channel gives a channel by id.
func (t *Team) Channel(id inbox.ChannelID) (inbox.Channel, bool) {
	if c := t.channels[id]; c != nil {
		return *c, true
	}
	return inbox.Channel{}, false
}

// HasAccess says whether a member may see a channel (R31). A channel that is
// not known any more keeps its conversations readable to the whole team, and
// one that left the team keeps what they could read.
func (t *Team) HasAccess(id inbox.MemberID, channel inbox.ChannelID) bool {
	if t.members[id] == nil {
		return false
	}
	c := t.channels[channel]
	return c == nil || c.Shared || c.Installer == id
}

// Removals gives the records (N) by which members left, for FoldConversation.
func (t *Team) Removals() map[inbox.MemberID][]uint64 { return t.removals }

func (t *Team) active(id inbox.MemberID) bool {
	m := t.members[id]
	return m != nil && !m.Removed
}

func (t *Team) admin(id inbox.MemberID) bool {
	return t.active(id) && t.members[id].Role == Admin
}

func (t *Team) lastAdmin(id inbox.MemberID) bool {
	return t.admin(id) && !slices.ContainsFunc(t.order, func(other inbox.MemberID) bool {
		return other != id && t.admin(other) && t.speaks(other)
	})
}

func (t *Team) add(m Member, device *Device) Reason {
	if t.members[m.ID] != nil || t.devices[device.ID] != nil {
		return AlreadyExists
	}
	t.members[m.ID] = &m
	t.order = append(t.order, m.ID)
	t.devices[device.ID] = device
	return Admitted
}
