package app

import (
	"context"

	"postvak/backend/inbox"
)

// Team is the contract's service of that name: who shares this inbox, and the
// mailbox that they share it through.
type Team struct{ app *App }

// Status gives the team as this computer sees it.
func (s *Team) Status() (TeamStatus, error) {
	return do(s.app, "Team.Status", func(ctx context.Context) (TeamStatus, error) { return s.app.teamStatus(ctx) })
}

// Members lists the people of the team, and those who ask to be let in.
func (s *Team) Members() ([]Member, error) {
	return do(s.app, "Team.Members", func(context.Context) ([]Member, error) { return s.app.members(), nil })
}

// Create moves the team of one into a mailbox, with all its history. It
// stores nothing when the mailbox cannot be used.
func (s *Team) Create(r CreateTeamRequest) error {
	return s.app.run("Team.Create", func(ctx context.Context) error { return s.app.createTeam(ctx, r) })
}

// Invite makes an invitation for one person. Only admins.
func (s *Team) Invite() (InviteResult, error) {
	return do(s.app, "Team.Invite", func(ctx context.Context) (InviteResult, error) { return s.app.invite(ctx) })
}

// ReadInvitation says what an invitation holds, before anything is done with
// it.
func (s *Team) ReadInvitation(text string) (InvitationInfo, error) {
	return do(s.app, "Team.ReadInvitation", func(context.Context) (InvitationInfo, error) { return s.app.readInvitation(text) })
}

// Join asks to be let into a team and gives the words that an admin compares.
// It stores nothing when the mailbox cannot be used or holds no such team.
func (s *Team) Join(r JoinTeamRequest) (JoinResult, error) {
	return do(s.app, "Team.Join", func(ctx context.Context) (JoinResult, error) { return s.app.joinOther(ctx, r) })
}

// Approve lets a waiting person in, with a role; "" is that of a member. Only
// admins.
func (s *Team) Approve(memberID, role string) error {
	return s.app.run("Team.Approve", func(ctx context.Context) error {
		return s.app.approve(ctx, inbox.MemberID(memberID), role)
	})
}

// Remove ends a membership, or refuses a waiting person, and says what the
// admin must do besides. Only admins.
func (s *Team) Remove(memberID string) (RemoveResult, error) {
	return do(s.app, "Team.Remove", func(ctx context.Context) (RemoveResult, error) {
		return s.app.removeMember(ctx, inbox.MemberID(memberID))
	})
}

// SetRole makes a member an admin, or an admin a member. Only admins, and
// never the last one.
func (s *Team) SetRole(memberID, role string) error {
	return s.app.run("Team.SetRole", func(ctx context.Context) error {
		return s.app.setRole(ctx, inbox.MemberID(memberID), role)
	})
}

// Leave ends one's own membership.
func (s *Team) Leave() error { return s.app.run("Team.Leave", s.app.leaveTeam) }

// Devices lists the computers that speak for the team's members.
func (s *Team) Devices() ([]Device, error) {
	return do(s.app, "Team.Devices", func(context.Context) ([]Device, error) { return s.app.devices(), nil })
}

// RevokeDevice ends what a computer may say: one's own, or for an admin
// anybody's.
func (s *Team) RevokeDevice(deviceID string) error {
	return s.app.run("Team.RevokeDevice", func(ctx context.Context) error { return s.app.revokeDevice(ctx, deviceID) })
}

// Check tries whether a mailbox can hold a team, step by step. With an empty
// password it tries the present team mailbox with the password kept here.
func (s *Team) Check(r MailboxRequest) ([]Step, error) {
	return do(s.app, "Team.Check", func(ctx context.Context) ([]Step, error) { return s.app.checkMailbox(ctx, r) })
}

// SignIn checks a new password of the team mailbox, or one's own login to it,
// and stores it.
func (s *Team) SignIn(r SignInRequest) error {
	return s.app.run("Team.SignIn", func(ctx context.Context) error { return s.app.signInTeam(ctx, r) })
}

// Repair writes the team's folder again from what is kept here, after it was
// damaged; fresh sets the present folder aside first. Only admins.
func (s *Team) Repair(fresh bool) error {
	return s.app.run("Team.Repair", func(ctx context.Context) error { return s.app.repairTeam(ctx, fresh) })
}

// Resume sends decisions that waited so long that they ask first.
func (s *Team) Resume() error { return s.app.run("Team.Resume", s.app.resumeTeam) }

// Rename changes the team's name. Only admins.
func (s *Team) Rename(name string) error {
	return s.app.run("Team.Rename", func(ctx context.Context) error { return s.app.renameTeam(ctx, name) })
}

// Tick takes something that was done off the list in TeamStatus.
func (s *Team) Tick(todoID string) error {
	return s.app.run("Team.Tick", func(ctx context.Context) error { return s.app.tick(ctx, todoID) })
}
