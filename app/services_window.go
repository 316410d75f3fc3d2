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
		if desk := s.app.desk(); desk != nil && s.from == "" && focused {
			desk.seen()
		}
		return nil
	})
}

// Closing answers the event window.closing, once and for all: closing the
// window keeps Postvak in the tray, or quits it. It does so at once.
func (s *Window) Closing(keep bool) error {
	return s.app.run("Window.Closing", func(ctx context.Context) error {
		desk := s.app.desk()
		if desk == nil {
			return notBuilt("Window.Closing")
		}
		if err := s.app.savePreferences(ctx, PreferenceChanges{KeepInTray: &keep}); err != nil {
			return err
		}
		if err := s.app.answeredClosing(ctx); err != nil {
			return err
		}
		desk.closed(keep)
		return nil
	})
}

// Quit ends the program, whatever closing the window does.
func (s *Window) Quit() error {
	return s.app.run("Window.Quit", func(context.Context) error {
		desk := s.app.desk()
		if desk == nil {
			return notBuilt("Window.Quit")
		}
		desk.quit()
		return nil
	})
}
