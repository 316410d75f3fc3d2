package teamlog

import (
	"errors"

	"postvak/backend/inbox"
)

// MemberRole changes what a member may do. Was is the role its author saw.
// Only admins, and the team always keeps one.
type MemberRole struct {
	Member inbox.MemberID `json:"member"`
	Role   Role           `json:"role"`
	Was    Role           `json:"was"`
}

// Kind implements Event.
func (*MemberRole) Kind() string { return "member.role" }

// Validate implements Event.
func (m *MemberRole) Validate() error {
	if m.Member == "" || m.Role != Admin && m.Role != Person {
		return errors.New("member.role: member and role are needed")
	}
	return nil
}

func (m *MemberRole) admit(t *Team, d *Decision) Reason {
	switch {
	case !t.admin(d.Author):
		return NotAdmin
	case !t.active(m.Member):
		return NotFound
	case t.members[m.Member].Role != m.Was:
		return FirstWins
	case m.Role != Admin && t.lastAdmin(m.Member):
		return LastAdmin
	}
	t.members[m.Member].Role = m.Role
	return Admitted
}
