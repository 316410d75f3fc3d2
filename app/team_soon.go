package app

import (
	"context"

	"postvak/backend/inbox"
)

// What a team of several has; not found until it is built.

func (a *App) createTeam(context.Context, CreateTeamRequest) error { return notBuilt("Team.Create") }
func (a *App) invite(context.Context) (InviteResult, error) {
	return InviteResult{}, notBuilt("Team.Invite")
}
func (a *App) readInvitation(string) (InvitationInfo, error) {
	return InvitationInfo{}, notBuilt("Team.ReadInvitation")
}
func (a *App) joinOther(context.Context, JoinTeamRequest) (JoinResult, error) {
	return JoinResult{}, notBuilt("Team.Join")
}
func (a *App) approve(context.Context, inbox.MemberID, string) error { return notBuilt("Team.Approve") }
func (a *App) removeMember(context.Context, inbox.MemberID) (RemoveResult, error) {
	return RemoveResult{}, notBuilt("Team.Remove")
}
func (a *App) setRole(context.Context, inbox.MemberID, string) error { return notBuilt("Team.SetRole") }
func (a *App) leaveTeam(context.Context) error                       { return notBuilt("Team.Leave") }
func (a *App) devices() []Device                                     { return []Device{} }
func (a *App) revokeDevice(context.Context, string) error            { return notBuilt("Team.RevokeDevice") }
func (a *App) checkMailbox(context.Context, MailboxRequest) ([]Step, error) {
	return nil, notBuilt("Team.Check")
}
func (a *App) signInTeam(context.Context, SignInRequest) error { return notBuilt("Team.SignIn") }
func (a *App) repairTeam(context.Context, bool) error          { return notBuilt("Team.Repair") }
func (a *App) resumeTeam(context.Context) error                { return notBuilt("Team.Resume") }
func (a *App) renameTeam(context.Context, string) error        { return notBuilt("Team.Rename") }
func (a *App) tick(context.Context, string) error              { return notBuilt("Team.Tick") }
