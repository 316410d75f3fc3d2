package app

import (
	"context"

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
