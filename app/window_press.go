package app

import "postvak/app/tray"

// pressed does what a person pressed in the tray.
func (w *windowHost) pressed(item tray.Item) {
	var err error
	switch item {
	case tray.Open:
		w.life.show()
	case tray.Available:
		err = w.app.switchAvailability()
	case tray.Quiet:
		err = w.app.switchQuiet()
	case tray.Settings:
		w.life.show()
		w.app.Navigate("/#/settings")
	case tray.Quit:
		w.life.quit()
	}
	if err != nil { // the window may be hidden: say it where they look
		w.app.tellDesktop("Postvak", w.app.failureOf(err).Message)
	}
}

// quietMinutes is how long the tray's quiet lasts.
const quietMinutes = 60

// switchAvailability is the green dot's other state, by the same call that the
// window makes.
func (a *App) switchAvailability() error {
	service := &Availability{a}
	on, err := service.Get()
	if err != nil {
		return err
	}
	return service.Set(!on)
}

// switchQuiet begins an hour of quiet, or ends what is left of one.
func (a *App) switchQuiet() error {
	service := &Notifications{a}
	now, err := service.Get()
	if err != nil {
		return err
	}
	minutes := quietMinutes
	if now.PausedUntil != "" {
		minutes = 0
	}
	return service.Pause(minutes)
}
