package teamlog

import (
	"crypto/ed25519"
	"errors"
	"strings"

	"postvak/backend/inbox"
)

const maxName = 200

func tooLong(name string) bool { return len(name) > maxName }

// MemberAdd brings a person into the team, available, with the key of their
// first device. Only admins. It takes the request of that device away.
type MemberAdd struct {
	Member inbox.MemberID `json:"member"`
	Name   string         `json:"name"`
	Email  string         `json:"email"`
	Role   Role           `json:"role"`
	Key    []byte         `json:"key"`
	// Recipient is the age recipient to which secrets for the device are sealed.
	Recipient string `json:"recipient,omitempty"`
	// Invite is the key of the invitation that proved the request, if one did:
	// it is used with this.
	Invite []byte `json:"invite,omitempty"`
}

// Kind implements Event.
func (*MemberAdd) Kind() string { return "member.add" }

// Validate implements Event.
func (m *MemberAdd) Validate() error {
	if m.Member == "" || len(m.Key) != ed25519.PublicKeySize || m.Role != Admin && m.Role != Person {
		return errors.New("member.add: member, key and role are needed")
	}
	if len(m.Member) > maxName || len(m.Name) > maxName || len(m.Email) > maxName || len(m.Recipient) > maxName {
		return errors.New("member.add: a name or address is too long")
	}
	return nil
}

func (m *MemberAdd) admit(t *Team, d *Decision) Reason {
	if !t.admin(d.Author) {
		return NotAdmin
	}
	if m.Invite != nil && !t.provedBy(m.Key, m.Invite) {
		return InviteUsed
	}
	member := Member{ID: m.Member, Name: m.Name, Email: m.Email, Role: m.Role, Available: true, Since: d.At}
	why := t.add(member, newDevice(m.Member, m.Key, m.Recipient, d))
	if why == Admitted {
		t.admitted(m.Key, m.Invite)
	}
	return why
}

// MemberUpdate changes one's own name or address.
type MemberUpdate struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Kind implements Event.
func (*MemberUpdate) Kind() string { return "member.update" }

// Validate implements Event.
func (m *MemberUpdate) Validate() error {
	if strings.TrimSpace(m.Name) == "" || len(m.Name) > maxName || len(m.Email) > maxName {
		return errors.New("member.update: a name is needed")
	}
	return nil
}

func (m *MemberUpdate) admit(t *Team, d *Decision) Reason {
	member := t.members[d.Author]
	member.Name, member.Email = m.Name, m.Email
	return Admitted
}

// MemberRemove ends a membership: later events of the member are void and
// their assignments become none (R30). Only admins, and never the last one.
type MemberRemove struct {
	Member inbox.MemberID `json:"member"`
}

// Kind implements Event.
func (*MemberRemove) Kind() string { return "member.remove" }

// Validate implements Event.
func (m *MemberRemove) Validate() error {
	if m.Member == "" {
		return errors.New("member.remove: a member is needed")
	}
	return nil
}

func (m *MemberRemove) admit(t *Team, d *Decision) Reason {
	switch {
	case !t.admin(d.Author) && d.Author != m.Member:
		return NotAdmin
	case !t.active(m.Member):
		return NotFound
	case t.lastAdmin(m.Member):
		return LastAdmin
	}
	t.members[m.Member].Removed = true
	t.removals[m.Member] = append(t.removals[m.Member], d.N)
	return Admitted
}
