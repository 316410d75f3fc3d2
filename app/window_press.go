package app

import (
	wails_runtime "github.com/wailsapp/wails/v2/pkg/runtime"

	"postvak/app/desktop"
	"postvak/app/tray"
)

// frame is the window as Wails shows it.
type frame struct{ host *windowHost }

func (f frame) show() {
	if ctx := f.host.context(); ctx != nil {
		wails_runtime.WindowShow(ctx)
		wails_runtime.WindowUnminimise(ctx) // which also brings it to the front
	}
}

func (f frame) hide() {
	if ctx := f.host.context(); ctx != nil {
		wails_runtime.WindowHide(ctx)
		f.host.unseen()
	}
}

func (f frame) minimise() {
	if ctx := f.host.context(); ctx != nil {
		wails_runtime.WindowMinimise(ctx)
		f.host.unseen()
	}
}

// unseen says that nobody looks at the window any more: one that is hidden may
// never say so itself.
func (w *windowHost) unseen() { w.app.look("", "", false) }

func (f frame) end() {
	if ctx := f.host.context(); ctx != nil {
		wails_runtime.Quit(ctx)
	}
}

// wear hands what is unread to everything that shows it.
func (w *windowHost) wear(f face) {
	w.tray.Show(f.tray)
	desktop.Badge(w.app.opt.Desktop, f.tray.Unread)
	w.mu.Lock()
	w.title = f.title
	w.mu.Unlock()
	w.showTitle()
}

// showTitle does so as soon as there is a window.
func (w *windowHost) showTitle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx != nil && w.title != "" {
		wails_runtime.WindowSetTitle(w.ctx, w.title)
	}
}

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
