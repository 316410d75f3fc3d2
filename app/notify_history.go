package app

import "context"

// notificationHistory gives a page of what became of events.
func (a *App) notificationHistory(_ context.Context, q NotificationQuery) (NotificationPage, error) {
	err := checkLimit(q.Limit)
	return NotificationPage{}, err
}
