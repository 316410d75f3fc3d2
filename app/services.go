package app

import (
	"context"
	"fmt"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Availability is the contract's service of that name: one's own green dot.
type Availability struct{ app *App }

// Get says whether I am available.
func (s *Availability) Get() (bool, error) {
	return do(s.app, "Availability.Get", func(context.Context) (bool, error) {
		me, _ := s.app.team.Member(s.app.team.Me())
		return me.Available, nil
	})
}

// Set switches my own availability. Conversations already assigned stay (R6).
func (s *Availability) Set(on bool) error {
	return s.app.run("Availability.Set", func(ctx context.Context) error {
		if me, ok := s.app.team.Member(s.app.team.Me()); ok && me.Available == on {
			return nil
		}
		_, err := s.app.decide(ctx, &teamlog.Avail{On: on})
		return err
	})
}

// Team is the contract's service of that name, as far as a team of one has it.
type Team struct{ app *App }

// Status gives the team as this computer sees it.
func (s *Team) Status() (TeamStatus, error) {
	return do(s.app, "Team.Status", func(ctx context.Context) (TeamStatus, error) { return s.app.teamStatus(ctx) })
}

// Members lists the people of the team.
func (s *Team) Members() ([]Member, error) {
	return do(s.app, "Team.Members", func(context.Context) ([]Member, error) {
		return mapped(s.app.team.Members(), memberOf), nil
	})
}

func (a *App) teamStatus(ctx context.Context) (TeamStatus, error) {
	state, err := a.team.State(ctx)
	if err != nil {
		return TeamStatus{}, err
	}
	me, _ := a.team.Member(a.team.Me())
	return TeamStatus{
		Team: a.team.Name(), Me: string(a.team.Me()), Role: string(me.Role), State: "solo",
		Log: LogStatus{Position: fmt.Sprintf("%s/%d", state.Position.Epoch, state.Position.N), Pending: state.Pending, Alarms: state.Alarms},
	}, nil
}

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

// Window is what only the window itself knows or can do.
type Window struct{ app *App }

// Focus tells which conversation is open and whether the window has the focus:
// nobody is notified of what is in front of them (R16).
func (s *Window) Focus(conversationID string, focused bool) error {
	return s.app.run("Window.Focus", func(context.Context) error {
		s.app.news.look(inbox.Key(conversationID), focused)
		return nil
	})
}
