package app

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing/fstest"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	wails_runtime "github.com/wailsapp/wails/v2/pkg/runtime"

	"postvak/app/desktop"
	"postvak/app/tray"
	"postvak/backend/inbox"
	"postvak/backend/run"
)

// The window's size when it opens, and the least at which nothing is cut.
const (
	windowWidth, windowHeight = 1280, 800
	leastWidth, leastHeight   = 640, 480
)

// RunWindow shows the window until the program is quit. Links are the deep
// links of second starts; place is the one of this start, as a place in the
// window.
func RunWindow(a *App, links <-chan string, place string, hidden bool) error {
	w := &windowHost{app: a, place: place, detach: func() {}}
	w.tray = tray.Start(w.pressed)
	w.life = newLife(wailsWindow{w}, w.tray.There, run.System)
	w.life.say, w.life.choice = w.sayLeft, a.closingChoice
	ctx, end := context.WithCancel(context.Background())
	var served sync.WaitGroup
	a.opened.Store(&openedWindow{w})
	w.serve(ctx, &served, links)
	err := runWails(w.options(w.life.begin(hidden)))
	end()
	served.Wait()
	w.tray.Close()
	w.detach()
	if err != nil {
		return noWindow().Because(err)
	}
	return nil
}

// serve runs what goes on beside the window, until ctx ends.
func (w *windowHost) serve(ctx context.Context, served *sync.WaitGroup, links <-chan string) {
	served.Go(w.app.registerLinks)
	served.Go(func() { w.takeLinks(ctx, links) })
	served.Go(func() { w.followSignals(ctx) })
	served.Go(func() { w.app.feedIndicators(ctx, w.indicate) })
	served.Go(func() { w.life.follow(ctx) })
	w.tray.Watch(w.life.trayChanged)
	w.life.trayChanged(w.tray.There()) // it may have come meanwhile
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
func Bindings() error { return wails.Run((&windowHost{app: &App{}}).options(inView)) }

// windowHost is the Wails side of an App.
type windowHost struct {
	app   *App
	tray  *tray.Tray
	life  *life
	place string // of the deep link of this start, until somebody listens
	heard bool   // somebody does

	toldMinimised sync.Once // on the desktop; the window says it each time

	mu     sync.Mutex
	title  string
	ctx    context.Context // Wails's, once it runs
	detach func()
}

func (w *windowHost) options(begin presence) *options.App {
	state := options.Normal
	if begin == minimised {
		state = options.Minimised
	}
	assets := w.app.opt.Assets
	if assets == nil || strings.Contains(string(indexPage(assets)), "This build has no window") {
		assets = fstest.MapFS{"index.html": {Data: []byte(notBuiltPage)}}
	}
	return &options.App{
		Title: "Postvak", Width: windowWidth, Height: windowHeight, MinWidth: leastWidth, MinHeight: leastHeight,
		WindowStartState: state, StartHidden: begin == hidden,
		AssetServer: &assetserver.Options{
			Assets:     assets,
			Handler:    http.HandlerFunc(w.serveFiles),
			Middleware: func(next http.Handler) http.Handler { return guard(next) },
		},
		OnStartup:          w.startup,
		OnDomReady:         w.ready,
		OnBeforeClose:      w.beforeClose,
		Bind:               w.app.Services(),
		ErrorFormatter:     w.app.formatError,
		Logger:             quietLogger{w.app},
		LogLevelProduction: logger.ERROR,
		Mac:                &mac.Options{OnUrlOpen: w.takeLink}, // where links are no arguments
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
	detach := w.app.hub.connect(func(e event) { wails_runtime.EventsEmit(ctx, e.name, e.payload) })
	w.mu.Lock()
	w.ctx, w.detach = ctx, detach
	w.mu.Unlock()
	wails_runtime.EventsOn(ctx, "listening", func(...any) { w.listens(ctx) })
	desktop.Started(ctx, w.app.opt.Desktop)
}

func (w *windowHost) ready(context.Context) {
	w.showTitle()
	w.life.ready()
}

// listens goes where the deep link of this start points, now that somebody
// listens: the page says so, some time after it is there.
func (w *windowHost) listens(ctx context.Context) {
	w.mu.Lock()
	place := w.place
	w.place, w.heard = "", true
	w.mu.Unlock()
	if place != "" {
		wails_runtime.EventsEmit(ctx, "navigate", Navigate{To: place})
	}
}

// takeLinks takes the deep links of second starts until ctx ends.
func (w *windowHost) takeLinks(ctx context.Context, links <-chan string) {
	for {
		select {
		case link := <-links:
			w.takeLink(link)
		case <-ctx.Done():
			return
		}
	}
}

// takeLink takes a deep link from the system or a second start. Before the page
// listens it is kept: the newest is where the person wants to be.
func (w *windowHost) takeLink(link string) {
	w.mu.Lock()
	heard := w.heard
	if place, err := ParseLink(link); !heard && err == nil {
		w.place = place
	}
	w.mu.Unlock()
	if heard {
		w.app.follow(link)
		return
	}
	w.life.show()
}

// beforeClose is asked before the program ends, also by the window's own cross
// and by SIGTERM: it lets it end only where that was decided. It never waits.
func (w *windowHost) beforeClose(context.Context) (stay bool) {
	if w.life.leaving() {
		return false
	}
	w.life.crossed()
	return true
}

// followSignals ends the program at SIGTERM, which Wails takes for a click on
// the window's cross.
func (w *windowHost) followSignals(ctx context.Context) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	w.life.quit()
}

func (w *windowHost) context() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ctx
}

// follow does what a second start is for: it brings the window to the front,
// at a deep link's place if there is one.
func (a *App) follow(link string) {
	if window := a.mainWindow(); window != nil {
		window.show()
	}
	if link == "" {
		return
	}
	place, err := ParseLink(link)
	if err != nil {
		a.log.Warn("a link was not followed", "error", err.Error())
		return
	}
	a.Navigate(place)
}

// Follow takes the deep links of second starts until ctx ends.
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

// Navigate sends connected windows to a place; one that comes later does not
// hear of it.
func (a *App) Navigate(place string) { a.hub.emit("navigate", Navigate{To: place}) }

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
