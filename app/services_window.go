package app

import (
	"context"

	"postvak/backend/inbox"
)

// Window is what only the window itself knows or can do.
type Window struct {
	app  *App
	from string // which of the windows that are connected; "" is the program's own
}

// Focus tells which conversation is open and whether the window has the focus:
// nobody is notified of what is in front of them (R16).
func (s *Window) Focus(conversationID string, focused bool) error {
	return s.app.run("Window.Focus", func(context.Context) error {
		s.app.look(s.from, inbox.Key(conversationID), focused)
		if window := s.app.mainWindow(); window != nil && s.from == "" && focused {
			window.seen()
		}
		return nil
	})
}

// Closing answers the event window.closing, once and for all: closing the
// window keeps Postvak in the tray, or quits it. It does so at once.
func (s *Window) Closing(keep bool) error {
	return s.app.run("Window.Closing", func(ctx context.Context) error {
		window := s.app.mainWindow()
		if window == nil {
			return notBuilt("Window.Closing")
		}
		if err := s.app.savePreferences(ctx, PreferenceChanges{KeepInTray: &keep}); err != nil {
			return err
		}
		if err := s.app.answeredClosing(ctx); err != nil {
			return err
		}
		window.closed(keep)
		return nil
	})
}

// Quit ends the program, whatever closing the window does.
func (s *Window) Quit() error {
	return s.app.run("Window.Quit", func(context.Context) error {
		window := s.app.mainWindow()
		if window == nil {
			return notBuilt("Window.Quit")
		}
		window.quit()
		return nil
	})
}
