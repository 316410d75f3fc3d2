package teamsync

import (
	"context"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Approve lets a waiting person in, after the four words were compared. Whose
// address is an active member's is that member with another computer. When an
// admin approves that, the member's older computers are retired: they are lost,
// or their owner was asked. The member's own approval, from a computer of
// theirs, retires nothing.
func (s *Sync) Approve(ctx context.Context, id inbox.MemberID, role teamlog.Role) error {
	me := s.Me()
	if role == "" {
		role = teamlog.Person
	}
	var event teamlog.Event
	var why error
	s.view(func(t *teamlog.Team) {
		request, err := waiting(t, id)
		if err != nil {
			why = err
			return
		}
		event, why = admission(t, request, me, role)
	})
	if why != nil {
		return why
	}
	_, err := s.Decide(ctx, event)
	return err
}

// admission is what lets a request in.
func admission(t *teamlog.Team, r teamlog.Request, me inbox.MemberID, role teamlog.Role) (teamlog.Event, error) {
	by, _ := t.Member(me)
	admin := by.Role == teamlog.Admin && !by.Removed
	if same, known := samePerson(t, r.Email); known {
		if !admin && same != me {
			return nil, notAdmin()
		}
		return &teamlog.DeviceAdd{Member: same, Key: r.Key, Recipient: r.Recipient, Retire: same != me}, nil
	}
	if !admin {
		return nil, notAdmin()
	}
	if _, taken := t.Member(r.Member); taken {
		return nil, inbox.Errorf(inbox.Conflict, "This computer asks under the name of somebody who is or was in the team. Refuse it, and let the person ask again.")
	}
	add := &teamlog.MemberAdd{Member: r.Member, Name: r.Name, Email: r.Email, Role: role, Key: r.Key, Recipient: r.Recipient}
	if r.Valid {
		add.Invite = r.Invite
	}
	return add, nil
}

// samePerson finds the active member of an address.
func samePerson(t *teamlog.Team, email string) (inbox.MemberID, bool) {
	email = strings.TrimSpace(email)
	for _, m := range t.Members() {
		if email != "" && !m.Removed && strings.EqualFold(strings.TrimSpace(m.Email), email) {
			return m.ID, true
		}
	}
	return "", false
}

// Remove ends a membership, or refuses somebody who waits. Only admins.
func (s *Sync) Remove(ctx context.Context, id inbox.MemberID) error {
	if err := s.mayAdmin(); err != nil {
		return err
	}
	if _, member := s.Member(id); member {
		return s.removeMember(ctx, id)
	}
	var request teamlog.Request
	var err error
	s.view(func(t *teamlog.Team) { request, err = waiting(t, id) })
	if inbox.CodeOf(err) == inbox.Conflict {
		return s.refuseAll(ctx, id)
	}
	if err == nil {
		_, err = s.Decide(ctx, &teamlog.Refuse{Device: request.Device})
	}
	return err
}

// refuseAll refuses every computer that asks under one name.
func (s *Sync) refuseAll(ctx context.Context, id inbox.MemberID) error {
	var events []teamlog.Event
	for _, r := range s.Requests() {
		if r.Member == id {
			events = append(events, &teamlog.Refuse{Device: r.Device})
		}
	}
	_, err := s.Decide(ctx, events...)
	return err
}

func (s *Sync) removeMember(ctx context.Context, id inbox.MemberID) error {
	if err := s.keepsAdmin(id); err != nil {
		return err
	}
	_, err := s.Decide(ctx, &teamlog.MemberRemove{Member: id})
	return err
}

// Leave ends this person's own membership. The last admin cannot.
func (s *Sync) Leave(ctx context.Context) error { return s.removeMember(ctx, s.Me()) }

// SetRole makes a member an admin, or an admin a member. Only admins, and the
// last one stays.
func (s *Sync) SetRole(ctx context.Context, id inbox.MemberID, role teamlog.Role) error {
	if err := s.mayAdmin(); err != nil {
		return err
	}
	member, known := s.Member(id)
	switch {
	case role != teamlog.Admin && role != teamlog.Person:
		return inbox.Errorf(inbox.Invalid, "A role is admin or member.")
	case !known || member.Removed:
		return inbox.Errorf(inbox.NotFound, "This person is not in the team.")
	case member.Role == role:
		return nil
	}
	if role != teamlog.Admin {
		if err := s.keepsAdmin(id); err != nil {
			return err
		}
	}
	_, err := s.Decide(ctx, &teamlog.MemberRole{Member: id, Role: role, Was: member.Role})
	return err
}

// keepsAdmin says why somebody must stay an admin, nil when others are there.
func (s *Sync) keepsAdmin(id inbox.MemberID) error {
	others, is := 0, false
	for _, m := range s.Members() {
		if m.Removed || m.Role != teamlog.Admin {
			continue
		}
		if m.ID == id {
			is = true
		} else {
			others++
		}
	}
	if is && others == 0 {
		return inbox.Errorf(inbox.Conflict, "The team needs an admin. Make somebody else an admin first.")
	}
	return nil
}

// Devices lists a member's computers, or everybody's with "", those that were
// retired too.
func (s *Sync) Devices(id inbox.MemberID) (all []teamlog.Device) {
	for _, m := range s.Members() {
		if id != "" && m.ID != id {
			continue
		}
		s.view(func(t *teamlog.Team) { all = append(all, t.Devices(m.ID)...) })
	}
	return all
}

// OwnDevice is the id of this computer; "" when its key is missing.
func (s *Sync) OwnDevice() string { return s.speaker() }

// RevokeDevice ends a computer: what it signs later counts for nothing. Admins
// may, and the member whose computer it is.
func (s *Sync) RevokeDevice(ctx context.Context, id string) error {
	device, known := s.Device(id)
	switch {
	case !known:
		return inbox.Errorf(inbox.NotFound, "The team does not know this computer.")
	case device.Revoked:
		return nil
	case id == s.speaker():
		return inbox.Errorf(inbox.Conflict, "This is the computer in front of you. Leave the team instead, or retire it from another computer.")
	}
	if device.Member != s.Me() {
		if err := s.mayAdmin(); err != nil {
			return err
		}
	}
	_, err := s.Decide(ctx, &teamlog.DeviceRevoke{Device: id})
	return err
}

// mayAdmin says why this member may not do what admins do (R30), nil when one
// asks.
func (s *Sync) mayAdmin() error {
	if err := s.mayDecide(); err != nil {
		return err
	}
	if me, known := s.Member(s.Me()); !known || me.Removed || me.Role != teamlog.Admin {
		return notAdmin()
	}
	return nil
}

func notAdmin() error {
	return inbox.Errorf(inbox.Forbidden, "Only an admin of the team can do this.")
}

// speaker is this desktop's device; "" when its key is missing.
func (s *Sync) speaker() string {
	if me := s.author(); me != nil {
		return me.device
	}
	return ""
}
