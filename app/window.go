package app

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing/fstest"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	wails_runtime "github.com/wailsapp/wails/v2/pkg/runtime"

	"postvak/backend/inbox"
)

// The window's size when it opens, and the least at which nothing is cut.
const (
	windowWidth, windowHeight = 1280, 800
	leastWidth, leastHeight   = 640, 480
)

// RunWindow shows the window until it is closed. Links are the deep links of
// second starts; link is the one of this start, as a place in the window.
func RunWindow(a *App, links <-chan string, place string, hidden bool) error {
	w := &windowHost{app: a, place: place}
	a.sits.Store(&sitting{w})
	ended := make(chan struct{})
	var served sync.WaitGroup
	served.Go(func() { w.followLinks(links, ended) })
	err := runWails(w.options(hidden))
	close(ended)
	served.Wait()
	w.detach()
	if err != nil {
		return noWindow().Because(err)
	}
	return nil
}

// CheckDisplay asks before GTK does, which ends the program where there is
// none.
func CheckDisplay() error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return noWindow()
	}
	return nil
}

func noWindow() *inbox.Error {
	return inbox.Errorf(inbox.Internal, "The window could not open. Is there a display? Without one, start with --headless.")
}

// runWails gives as an error what Wails panics with when GTK cannot start.
func runWails(o *options.App) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%v", cause)
		}
	}()
	return wails.Run(o)
}

// Bindings runs Wails so that it writes the frontend's bindings and nothing
// else happens: it is called in builds with tag "bindings" only.
func Bindings() error { return wails.Run((&windowHost{app: &App{}}).options(false)) }

// windowHost is the Wails side of an App.
type windowHost struct {
	app   *App
	place string

	mu     sync.Mutex
	ctx    context.Context // Wails's, once it runs
	detach func()
}

func (w *windowHost) options(hidden bool) *options.App {
	w.detach = func() {}
	state := options.Normal
	if hidden {
		state = options.Minimised // until there is a tray to start in
	}
	assets := w.app.opt.Assets
	if assets == nil || strings.Contains(string(indexPage(assets)), "This build has no window") {
		assets = fstest.MapFS{"index.html": {Data: []byte(notBuiltPage)}}
	}
	return &options.App{
		Title: "Postvak", Width: windowWidth, Height: windowHeight, MinWidth: leastWidth, MinHeight: leastHeight,
		WindowStartState: state,
		AssetServer: &assetserver.Options{
			Assets:     assets,
			Handler:    http.HandlerFunc(w.serveFiles),
			Middleware: func(next http.Handler) http.Handler { return guard(next) },
		},
		OnStartup:          w.startup,
		OnDomReady:         w.ready,
		Bind:               w.app.Services(),
		ErrorFormatter:     w.app.formatError,
		Logger:             quietLogger{w.app},
		LogLevelProduction: logger.ERROR,
		Linux:              &linux.Options{ProgramName: "postvak", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	}
}

// serveFiles gives GET /file/ID in the window too.
func (w *windowHost) serveFiles(rw http.ResponseWriter, r *http.Request) {
	id, found := strings.CutPrefix(r.URL.Path, "/file/")
	if !found || r.Method != http.MethodGet {
		http.NotFound(rw, r)
		return
	}
	r.SetPathValue("id", id)
	w.app.serveFile(rw, r)
}

func (w *windowHost) startup(ctx context.Context) {
	detach := w.app.hub.subscribe(func(e event) { wails_runtime.EventsEmit(ctx, e.name, e.payload) })
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ctx, w.detach = ctx, detach
}

// ready goes where the deep link of this start points, once somebody listens.
func (w *windowHost) ready(ctx context.Context) {
	w.mu.Lock()
	place := w.place
	w.place = ""
	w.mu.Unlock()
	if place != "" {
		wails_runtime.EventsEmit(ctx, "navigate", Navigate{To: place})
	}
}

// followLinks shows the window at each second start.
func (w *windowHost) followLinks(links <-chan string, ended <-chan struct{}) {
	for {
		select {
		case link := <-links:
			w.app.follow(link)
			if ctx := w.context(); ctx != nil {
				wails_runtime.WindowUnminimise(ctx)
				wails_runtime.WindowShow(ctx)
			}
		case <-ended:
			return
		}
	}
}

func (w *windowHost) context() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ctx
}

// follow sends connected windows to a deep link's place.
func (a *App) follow(link string) {
	if link == "" {
		return
	}
	place, err := ParseLink(link)
	if err != nil {
		a.log.Warn("a link was not followed", "error", err.Error())
		return
	}
	a.hub.emit("navigate", Navigate{To: place})
}

// Follow takes the deep links of second starts until links ends or ctx does:
// headless mode's part of it.
func (a *App) Follow(ctx context.Context, links <-chan string) {
	for {
		select {
		case link := <-links:
			a.follow(link)
		case <-ctx.Done():
			return
		}
	}
}

// Navigate sends the window to a place once it is there: for the link of this
// very start in headless mode.
func (a *App) Navigate(place string) { a.hub.emit("navigate", Navigate{To: place}) }

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

// quietLogger sends what Wails has to say into the log.
type quietLogger struct{ app *App }

func (l quietLogger) say(level string, message string) {
	if l.app.log != nil {
		l.app.log.Debug("window", "level", level, "message", message)
	}
}

func (l quietLogger) Print(message string)   { l.say("print", message) }
func (l quietLogger) Trace(string)           {}
func (l quietLogger) Debug(string)           {}
func (l quietLogger) Info(message string)    { l.say("info", message) }
func (l quietLogger) Warning(message string) { l.say("warning", message) }
func (l quietLogger) Error(message string)   { l.say("error", message) }
func (l quietLogger) Fatal(message string)   { l.say("fatal", message) }
