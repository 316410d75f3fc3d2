package app

import "context"

// Notifications is the contract's service of that name: the bell, and what
// became of everything that could have rung it.
type Notifications struct{ app *App }

// Get gives the choices behind the bell.
func (s *Notifications) Get() (NotificationSettings, error) {
	return do(s.app, "Notifications.Get", s.app.bell)
}

// Save stores the choices behind the bell; how long it is quiet, is Pause's.
func (s *Notifications) Save(settings NotificationSettings) error {
	return s.app.run("Notifications.Save", func(ctx context.Context) error { return s.app.saveBell(ctx, settings) })
}

// History gives what became of events, newest first (R19).
func (s *Notifications) History(q NotificationQuery) (NotificationPage, error) {
	return do(s.app, "Notifications.History", func(ctx context.Context) (NotificationPage, error) {
		return s.app.notificationHistory(ctx, q)
	})
}

// SelfTest tries everything that a notification needs, in the order in which a
// person would look: it really shows one and really sends an e-mail.
func (s *Notifications) SelfTest() ([]SelfTestStep, error) {
	return do(s.app, "Notifications.SelfTest", s.app.selfTest)
}

// Pause holds desktop notifications back for so many minutes from now; 0 ends
// the pause.
func (s *Notifications) Pause(minutes int) error {
	return s.app.run("Notifications.Pause", func(ctx context.Context) error { return s.app.pause(ctx, minutes) })
}
