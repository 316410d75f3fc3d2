package app

import "context"

// Diagnostics reports how this computer, its channels and the team log are,
// without any secret, for a person or a helper to read.
func (s *Settings) Diagnostics() (Diagnostics, error) {
	return do(s.app, "Settings.Diagnostics", s.app.diagnostics)
}

func (a *App) diagnostics(context.Context) (Diagnostics, error) { return Diagnostics{}, nil }
