package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	wails_runtime "github.com/wailsapp/wails/v2/pkg/runtime"

	"postvak/backend/inbox"
)

// mainWindow is what only the program's own window can do. There is none in
// headless mode.
type mainWindow interface {
	openURL(address string) error
	pickFiles() ([]string, error)
	pickFile() (string, error)
	savePath(name string) (string, error)
	openDemo() error

	// show brings the window to the front.
	show()
	// seen says that the window has the focus: somebody is in front of it.
	seen()
	// closed does what the person chose closing the window to be.
	closed(keep bool)
	quit()
	trayThere() bool
}

// openedWindow is the main window once it is there: the program runs before.
type openedWindow struct{ mainWindow }

// mainWindow gives the program's own window, nil where it has none (yet).
func (a *App) mainWindow() mainWindow {
	if w := a.opened.Load(); w != nil {
		return w.mainWindow
	}
	return nil
}

// openURL opens a checked address by the system's own opener. Wails's refuses
// addresses with ( ) ~ ! * $ in them.
func (w *windowHost) openURL(address string) error {
	opener := []string{"xdg-open", address}
	switch runtime.GOOS {
	case "windows":
		opener = []string{"rundll32", "url.dll,FileProtocolHandler", address}
	case "darwin":
		opener = []string{"open", address}
	}
	command := exec.Command(opener[0], opener[1:]...) //nolint:noctx // what it opens outlives us
	if err := command.Start(); err != nil {
		return inbox.Errorf(inbox.Unavailable, "The system has no program to open this link with.").Because(err)
	}
	go func() { _ = command.Wait() }() // the opener ends by itself
	return nil
}

func (w *windowHost) pickFiles() ([]string, error) {
	return wails_runtime.OpenMultipleFilesDialog(w.context(), wails_runtime.OpenDialogOptions{})
}

func (w *windowHost) pickFile() (string, error) {
	return wails_runtime.OpenFileDialog(w.context(), wails_runtime.OpenDialogOptions{})
}

func (w *windowHost) savePath(name string) (string, error) {
	return wails_runtime.SaveFileDialog(w.context(), wails_runtime.SaveDialogOptions{
		DefaultFilename: name, CanCreateDirectories: true,
	})
}

// openDemo starts the demo team in a program of its own.
func (w *windowHost) openDemo() error {
	self, err := os.Executable()
	if err == nil {
		command := exec.Command(self, "--sandbox") //nolint:noctx // the demo outlives us
		command.Dir = filepath.Dir(self)
		if err = command.Start(); err == nil {
			err = command.Process.Release()
		}
	}
	if err != nil {
		return inbox.Errorf(inbox.Unavailable, "The demo team could not start. Start it from a terminal: postvak --sandbox").Because(err)
	}
	return nil
}

func (w *windowHost) show()            { w.life.show() }
func (w *windowHost) seen()            { w.life.seen() }
func (w *windowHost) closed(keep bool) { w.life.closed(keep) }
func (w *windowHost) quit()            { w.life.quit() }
func (w *windowHost) trayThere() bool  { return w.tray.There() }
