package teamlog

import (
	"crypto/ed25519"
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

// Device is one key that speaks for a member.
type Device struct {
	ID      string
	Member  inbox.MemberID
	Key     ed25519.PublicKey
	Revoked bool
}

// Team is the state of the team at one point of its log: the first of the two
// stages of the fold. It decides what is admitted; the second stage,
// FoldConversation, needs only that verdict. Not safe for concurrent use.
type Team struct {
	LogID    string
	Name     string
	Position Pos
	members  map[inbox.MemberID]*Member
	order    []inbox.MemberID
	devices  map[string]*Device
	channels map[inbox.ChannelID]*inbox.Channel
	// removals are the positions at which members left: their assignments end
	// there.
	removals map[inbox.MemberID][]Pos
	needs    string // kind of a critical event from a newer version
}

// NewTeam is the state before the first record.
func NewTeam() *Team {
	return &Team{
		members:  map[inbox.MemberID]*Member{},
		devices:  map[string]*Device{},
		channels: map[inbox.ChannelID]*inbox.Channel{},
		removals: map[inbox.MemberID][]Pos{},
	}
}

// Apply admits or voids a decision and applies what it does to the team. It
// must be called once for each decision, in the order of the log.
func (t *Team) Apply(d *Decision) Reason {
	t.Position = d.Pos
	_, beginning := d.Event.(*Genesis)
	if unknown, ok := d.Event.(*Unknown); ok && unknown.Critical {
		t.needs = unknown.Name
	}
	if !beginning && !t.active(d.Author) {
		d.Void = NotMember
		return d.Void
	}
	if anchor := Anchor(d.Event); anchor != "" && !t.HasAccess(d.Author, anchor.Channel()) {
		d.Void = NoAccess
		return d.Void
	}
	d.Void = d.Event.admit(t, d)
	return d.Void
}

// NeedsUpdate names a kind of event that this version must understand before
// it may go on; "" when there is none.
func (t *Team) NeedsUpdate() string { return t.needs }

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

// Device gives a device by id.
func (t *Team) Device(id string) (Device, bool) {
	if d := t.devices[id]; d != nil {
		return *d, true
	}
	return Device{}, false
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
// not known any more keeps its conversations readable to the whole team.
func (t *Team) HasAccess(id inbox.MemberID, channel inbox.ChannelID) bool {
	c := t.channels[channel]
	return c == nil || c.Shared || c.Installer == id
}

// Removals gives the positions at which members left, for FoldConversation.
func (t *Team) Removals() map[inbox.MemberID][]Pos { return t.removals }

func (t *Team) active(id inbox.MemberID) bool {
	m := t.members[id]
	return m != nil && !m.Removed
}

func (t *Team) admin(id inbox.MemberID) bool {
	return t.active(id) && t.members[id].Role == Admin
}

func (t *Team) lastAdmin(id inbox.MemberID) bool {
	return t.admin(id) && !slices.ContainsFunc(t.order, func(other inbox.MemberID) bool {
		return other != id && t.admin(other)
	})
}

func (t *Team) add(m Member, deviceKey []byte) Reason {
	if t.members[m.ID] != nil {
		return AlreadyExists
	}
	device := &Device{Member: m.ID, Key: ed25519.PublicKey(deviceKey)}
	device.ID = DeviceID(device.Key)
	t.members[m.ID] = &m
	t.order = append(t.order, m.ID)
	t.devices[device.ID] = device
	return Admitted
}
