package app

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
	"postvak/backend/tidy"
)

// members lists the people of the team, then those who wait. Who waits
// themself sees nobody.
func (a *App) members() []Member {
	if a.team.Membership() == teamsync.Newcomer {
		return []Member{}
	}
	all := mapped(a.team.Members(), memberOf)
	for _, r := range a.team.Requests() {
		all = append(all, a.waiting(r))
	}
	return all
}

func memberOf(m teamlog.Member) Member {
	state := "active"
	if m.Removed {
		state = "removed"
	}
	return Member{
		ID: string(m.ID), Name: shown(m.Name), Email: shown(m.Email), Role: string(m.Role), State: state,
		Available: m.Available && !m.Removed, Since: stamp(m.Since),
	}
}

// shown cleans what somebody else's computer wrote into the log: nothing in it
// may pretend to be more than a name.
func shown(text string) string { return tidy.Line(text, maxAddress) }

// waiting shows a request: with the words that prove whose it is, and whose
// address it has. It goes by its computer's id, which nobody else can have: a
// stranger may ask under a member's id, and refusing them would remove that
// member.
func (a *App) waiting(r teamlog.Request) Member {
	m := Member{ID: r.Device, Name: shown(r.Name), Email: shown(r.Email), Role: string(teamlog.Person), State: "pending", Since: stamp(r.At)}
	words, err := a.team.Words(r)
	if err == nil {
		m.Words = words[:]
	}
	if known, same := a.team.SamePerson(r); same {
		m.SamePerson = string(known)
	}
	return m
}

// roleOf reads a role; "" is a member's.
func roleOf(text string) (teamlog.Role, error) {
	switch role := teamlog.Role(text); role {
	case teamlog.Admin, teamlog.Person:
		return role, nil
	case "":
		return teamlog.Person, nil
	}
	return "", inbox.Errorf(inbox.Invalid, "A role is admin or member, not %q.", text)
}

func (a *App) approve(ctx context.Context, id inbox.MemberID, role string) error {
	wanted, err := roleOf(role)
	if err != nil {
		return err
	}
	return a.team.Approve(ctx, id, wanted)
}

func (a *App) setRole(ctx context.Context, id inbox.MemberID, role string) error {
	wanted, err := roleOf(role)
	if err != nil {
		return err
	}
	return a.team.SetRole(ctx, id, wanted)
}

// removeMember ends a membership and begins the list of what only a person can
// do about it.
func (a *App) removeMember(ctx context.Context, id inbox.MemberID) (RemoveResult, error) {
	if id == a.team.Me() {
		return RemoveResult{}, inbox.Errorf(inbox.Invalid, "You cannot remove yourself. Leave the team instead.")
	}
	leaver, known := a.team.Member(id)
	if err := a.team.Remove(ctx, id); err != nil || !known {
		return RemoveResult{}, err
	}
	todo := a.todoAfter(leaver)
	return RemoveResult{Tasks: todo}, a.keepTodo(ctx, id, todo)
}

// leaveTeam ends one's own membership. What this computer has stays readable.
// Who is not in yet stops waiting: this is a team of one again.
func (a *App) leaveTeam(ctx context.Context) error {
	a.changing.Lock()
	defer a.changing.Unlock()
	switch a.team.Membership() {
	case teamsync.Solo:
		return inbox.Errorf(inbox.Conflict, "This is a team of one: there is nothing to leave.")
	case teamsync.Removed:
		return &inbox.Error{Code: inbox.Forbidden, Message: notInMore}
	case teamsync.Newcomer:
		if err := a.team.Withdraw(ctx, a.db.Log()); err != nil {
			return err
		}
		return a.forgetMailbox(ctx)
	case teamsync.Active:
	}
	return a.team.Leave(ctx)
}

func (a *App) devices() []Device {
	if a.team.Membership() == teamsync.Newcomer {
		return []Device{}
	}
	own := a.team.OwnDevice()
	return mapped(a.team.Devices(""), func(d teamlog.Device) Device {
		return Device{ID: d.ID, MemberID: string(d.Member), Current: d.ID == own, Added: stamp(d.Added), Revoked: d.Revoked}
	})
}

func (a *App) revokeDevice(ctx context.Context, id string) error { return a.team.RevokeDevice(ctx, id) }

// setInstaller gives a channel whose installer left its next one (R11).
func (a *App) setInstaller(ctx context.Context, id inbox.ChannelID, to inbox.MemberID) error {
	channel, err := a.ownChannel(id)
	if err != nil {
		return err
	}
	if now, known := a.team.Member(channel.Installer); known && !now.Removed {
		return inbox.Errorf(inbox.Conflict, "%s connected this channel and is still in the team. Only after leaving can somebody else take it over.", shown(now.Name))
	}
	next, known := a.team.Member(to)
	if !known || next.Removed {
		return inbox.Errorf(inbox.NotFound, "There is no member %q in the team.", string(to))
	}
	_, err = a.decide(ctx, &teamlog.ChannelInstaller{ID: id, To: to})
	return err
}
