package app

import "context"

// selfTest goes through what a notification needs, in the order in which a
// person would look.
func (a *App) selfTest(ctx context.Context) ([]SelfTestStep, error) {
	s, err := a.bell(ctx)
	if err != nil {
		return nil, err
	}
	step := SelfTestStep{Step: "bell", OK: s.Desktop != NotificationBell{} || s.Email != NotificationBell{}, Message: "The bell rings for something."}
	if !step.OK {
		step.Message, step.Fix = "Everything is switched off behind the bell. Switch on what you want to hear of.", "bell"
	}
	return []SelfTestStep{step}, nil
}
