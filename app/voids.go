package app

import "context"

// Voids lists own decisions that had no effect and that nobody dismissed yet,
// the newest first.
func (s *Inbox) Voids() ([]Voided, error) {
	return do(s.app, "Inbox.Voids", s.app.voids)
}

// DismissVoid takes one from that list: its author has been told.
func (s *Inbox) DismissVoid(id string) error {
	return s.app.run("Inbox.DismissVoid", func(ctx context.Context) error { return s.app.dismissVoid(ctx, id) })
}

func (a *App) voids(context.Context) ([]Voided, error) { return nil, nil }

func (a *App) dismissVoid(context.Context, string) error { return nil }
