package app

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"postvak/app/words"
	"postvak/backend/inbox"
	"postvak/backend/tidy"
)

//go:embed bridge.js
var bridgeScript []byte

// Limits of the headless host.
const (
	maxCall      = 48 << 20 // a file as base64 is the largest argument
	drainLimit   = 2 * time.Second
	headerLimit  = 10 * time.Second
	uploadLimit  = time.Minute     // for what is sent, however large
	idleLimit    = 2 * time.Minute // of a connection between requests
	heartbeat    = 20 * time.Second
	eventBacklog = 256
)

// Headless serves an App over HTTP on loopback, to those who have its token.
type Headless struct {
	live     atomic.Pointer[served]
	listener net.Listener
	server   *http.Server
	token    string
	hosts    []string
	cookie   string
	end      context.CancelFunc
}

// served is the App that answers now, nothing while the next one is being built.
type served struct {
	app   *App
	calls *caller
}

// app is the one that answers now, or answered last.
func (h *Headless) app() *App { return h.live.Load().app }

// Rest has every request wait for Use: the App is about to be closed.
func (h *Headless) Rest() { h.live.Store(&served{app: h.app()}) }

// Use serves another App at the same address and with the same token: the one
// that began on restored data. Event streams of the one before have ended with
// it, so that every window asks for everything again.
func (h *Headless) Use(a *App) { h.live.Store(&served{a, newCaller(a.Services())}) }

// ListenAddress checks a --listen value: loopback only.
func ListenAddress(address string) error {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	if err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return inbox.Errorf(inbox.Invalid, "--listen takes a loopback address such as 127.0.0.1:0, not %q.", address)
	}
	return nil
}

// NewHeadless listens; Serve must be called next.
func NewHeadless(a *App, address string) (*Headless, error) {
	if err := ListenAddress(address); err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(a.ctx, "tcp", address)
	if err != nil {
		return nil, inbox.Errorf(inbox.Unavailable, "Postvak cannot listen on %s. Choose another port with --listen.", address).Because(err)
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		listener.Close()
		return nil, inbox.Errorf(inbox.Invalid, "%s is not a loopback address.", address)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	base, end := context.WithCancel(context.Background())
	h := &Headless{
		listener: listener, token: rand.Text() + rand.Text(), end: end,
		hosts:  []string{listener.Addr().String(), "localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port},
		cookie: "postvak-" + port, // cookies do not know of ports
	}
	h.Use(a)
	h.server = &http.Server{
		Handler: h.guard(h.routes()), ReadHeaderTimeout: headerLimit, IdleTimeout: idleLimit,
		BaseContext: func(net.Listener) context.Context { return base },
		ErrorLog:    nil,
	}
	return h, nil
}

// URL is the address with the token, as the ready line gives it.
func (h *Headless) URL() string {
	return (&url.URL{Scheme: "http", Host: h.listener.Addr().String(), Path: "/", RawQuery: "token=" + h.token}).String()
}

// Announce writes the ready line.
func (h *Headless) Announce(w io.Writer) error {
	line, _ := json.Marshal(map[string]string{"url": h.URL()})
	_, err := fmt.Fprintf(w, "%s\n", line)
	return err
}

// Serve serves until Close.
func (h *Headless) Serve() error {
	if err := h.server.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends event streams at once and gives running calls a moment.
func (h *Headless) Close() {
	h.end()
	ctx, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	if h.server.Shutdown(ctx) != nil {
		_ = h.server.Close()
	}
}

func (h *Headless) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /call/{name}", inTime(h.serveCall))
	mux.HandleFunc("GET /events", h.serveEvents)
	mux.HandleFunc("POST /file", inTime(func(w http.ResponseWriter, r *http.Request) { h.app().receiveFile(w, r) }))
	mux.HandleFunc("GET /file/{id}", func(w http.ResponseWriter, r *http.Request) { h.app().serveFile(w, r) })
	mux.HandleFunc("GET /bridge.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(bridgeScript)
	})
	mux.HandleFunc("GET /{$}", h.serveIndex)
	mux.HandleFunc("GET /index.html", h.serveIndex)
	if h.app().opt.Assets != nil {
		mux.Handle("GET /", http.FileServerFS(h.app().opt.Assets))
	}
	return guard(mux)
}

func (h *Headless) serveIndex(w http.ResponseWriter, r *http.Request) {
	h.app().openedIn(words.Accepted(r.Header.Get("Accept-Language")))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(withBridge(indexPage(h.app().opt.Assets)))
}

// guard lets in only this computer's own pages and scripts that have the
// token. A foreign Host is a name that somebody pointed at loopback; a foreign
// Origin is another site's script.
func (h *Headless) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// To a browser, every program on this computer's other ports is the
		// same site: its cookie goes along, so it may neither frame nor embed.
		w.Header().Set("X-Frame-Options", "DENY")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		if !slices.Contains(h.hosts, r.Host) || !h.ownOrigin(r.Header.Values("Origin")) {
			h.app().answerError(w, inbox.Errorf(inbox.Forbidden, "This address is for Postvak's own pages only."))
			return
		}
		if !h.authorised(w, r) {
			h.app().answerError(w, inbox.Errorf(inbox.Auth,
				"The token is missing or of an earlier start. Open the address that Postvak printed when it started."))
			return
		}
		if h.live.Load().calls == nil {
			h.app().answerError(w, inbox.Errorf(inbox.Unavailable, "Postvak is starting again. Try again in a moment."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (h *Headless) ownOrigin(origins []string) bool {
	for _, origin := range origins {
		host, found := strings.CutPrefix(origin, "http://")
		if !found || !slices.Contains(h.hosts, host) {
			return false
		}
	}
	return true
}

// authorised accepts the token as bearer, as cookie, and once in the address
// of the page, which sets the cookie.
func (h *Headless) authorised(w http.ResponseWriter, r *http.Request) bool {
	if bearer, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); found {
		return h.right(bearer)
	}
	if r.Method == http.MethodGet && r.URL.Path == "/" && h.right(r.URL.Query().Get("token")) {
		http.SetCookie(w, &http.Cookie{
			Name: h.cookie, Value: h.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
		return true
	}
	cookie, err := r.Cookie(h.cookie)
	return err == nil && h.right(cookie.Value)
}

func (h *Headless) right(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(h.token)) == 1
}

func (h *Headless) serveCall(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
	if err != nil {
		h.app().answerError(w, inbox.Errorf(inbox.Invalid, "The arguments could not be read, or are larger than %d MB.", maxCall>>20))
		return
	}
	result, err := h.callsOf(r).call(r.PathValue("name"), body)
	if err != nil {
		h.app().answerError(w, err)
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{"result": result})
}

// windowHeader and windowQuery name the window that a browser's page is, in
// calls and for its events: several may look at different conversations.
const (
	windowHeader = "X-Postvak-Window"
	windowQuery  = "window"
	maxWindow    = 64
)

// windowOf names the window that a request comes from; scripts are one
// together.
func windowOf(r *http.Request) string {
	name := r.Header.Get(windowHeader)
	if name == "" {
		name = r.URL.Query().Get(windowQuery)
	}
	return "page " + tidy.Shorten(name, maxWindow)
}

// callsOf are the calls of a request: what a window says of itself needs to
// know which one it is.
func (h *Headless) callsOf(r *http.Request) *caller {
	if r.PathValue("name") != "Window.Focus" {
		return h.live.Load().calls
	}
	return newCaller([]any{&Window{app: h.app(), from: windowOf(r)}})
}

// inTime gives up on a caller who never ends what they send.
func inTime(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadLimit))
		next(w, r)
	}
}

func (a *App) answerError(w http.ResponseWriter, err error) {
	failure := a.failureOf(err)
	answerJSON(w, statusOf[inbox.Code(failure.Code)], map[string]any{"error": failure})
}

func answerJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":{"code":"internal","message":"`+somethingWrong+`","detail":""}}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}

// serveEvents streams events until the reader leaves or falls too far behind:
// it then reconnects and asks for everything again.
func (h *Headless) serveEvents(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		h.app().answerError(w, inbox.Errorf(inbox.Internal, somethingWrong))
		return
	}
	backlog, behind := make(chan event, eventBacklog), make(chan struct{})
	lost := false
	ended := h.app().ctx.Done()
	disconnect := h.app().hub.connect(func(e event) {
		select {
		case backlog <- e:
		default:
			if !lost {
				lost = true
				close(behind)
			}
		}
	})
	defer disconnect()
	if r.URL.Query().Has(windowQuery) {
		defer h.app().windowGone(windowOf(r))
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, "retry: 1000\n\n: ready\n\n")
	flusher.Flush()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case e := <-backlog:
			fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.name, e.json)
		case <-beat.C:
			fmt.Fprint(w, ": still here\n\n")
		case <-behind:
			return
		case <-r.Context().Done():
			return
		case <-ended:
			return
		}
		flusher.Flush()
	}
}
