package app

import (
	wails_runtime "github.com/wailsapp/wails/v2/pkg/runtime"

	"postvak/app/desktop"
)

// wailsWindow is the window as Wails shows it.
type wailsWindow struct{ host *windowHost }

func (w wailsWindow) show() {
	if ctx := w.host.context(); ctx != nil {
		wails_runtime.WindowShow(ctx)
		wails_runtime.WindowUnminimise(ctx) // which also brings it to the front
	}
}

func (w wailsWindow) hide() {
	if ctx := w.host.context(); ctx != nil {
		wails_runtime.WindowHide(ctx)
		w.host.unseen()
	}
}

func (w wailsWindow) minimise() {
	if ctx := w.host.context(); ctx != nil {
		wails_runtime.WindowMinimise(ctx)
		w.host.unseen()
	}
}

// unseen says that nobody looks at the window any more: one that is hidden may
// never say so itself.
func (w *windowHost) unseen() { w.app.look("", "", false) }

func (w wailsWindow) end() {
	if ctx := w.host.context(); ctx != nil {
		wails_runtime.Quit(ctx)
	}
}

// indicate hands what is unread to everything that shows it.
func (w *windowHost) indicate(i indicators) {
	w.tray.Show(i.tray)
	desktop.Badge(w.app.opt.Desktop, i.tray.Unread)
	w.mu.Lock()
	w.title = i.title
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
