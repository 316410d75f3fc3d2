package app

import (
	"context"
	"fmt"

	"postvak/backend/teamlog"
)

func (a *App) teamStatus(ctx context.Context) (TeamStatus, error) {
	state, err := a.team.State(ctx)
	if err != nil {
		return TeamStatus{}, err
	}
	me, _ := a.team.Member(a.team.Me())
	return TeamStatus{
		Team: a.team.Name(), Me: string(a.team.Me()), Role: string(me.Role), State: "solo",
		Log: LogStatus{
			Position: fmt.Sprintf("%s/%d", state.Position.Epoch, state.Position.N), Pending: state.Pending, Alarms: state.Alarms,
			Phase: "ok", Checked: true,
		},
	}, nil
}

func (a *App) members() []Member { return mapped(a.team.Members(), memberOf) }

func memberOf(m teamlog.Member) Member {
	state := "active"
	if m.Removed {
		state = "removed"
	}
	return Member{
		ID: string(m.ID), Name: m.Name, Email: m.Email, Role: string(m.Role), State: state,
		Available: m.Available && !m.Removed, Since: stamp(m.Since),
	}
}
