package tray

import (
	"context"
	"runtime"

	"fyne.io/systray"
)

// begin gives the tray a thread of its own: Windows hands a window's messages
// to the thread that made it. Until the menu is built the thread handles none.
func begin(build func()) {
	go func() { // ends with end
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		systray.Run(build, nil)
	}()
}

func end() { systray.Quit() }

func setIcon(s State) { systray.SetIcon(drawICO(s.Unread, s.Quiet)) }

func title(State) string { return "Postvak" }

// watchHosts: the taskbar always has a place for it.
func watchHosts(_ context.Context, tell func(bool)) { tell(true) }
