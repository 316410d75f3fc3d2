package oauth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"postvak/backend/inbox"
)

const (
	hurry      = 10 * time.Second // for a request's header
	goodbye    = 2 * time.Second  // for the page to leave
	mostHeader = 32 << 10         // bytes of a request: Microsoft's codes have about two kilobytes
)

// listener takes the one answer that the browser brings back (RFC 8252, 7.3).
// Any program on this computer may knock: without the state it learns nothing
// and changes nothing.
type listener struct {
	say      func(string) string
	state    string
	redirect string
	host     string
	server   *http.Server
	serving  sync.WaitGroup
	taken    atomic.Bool
	answers  chan url.Values // room for the one
	verdict  chan struct{}   // closed when it is known whether it worked
	worked   bool            // once it is closed
}

func (c *Client) listen(ctx context.Context) (*listener, error) {
	socket, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, inbox.Errorf(inbox.Unavailable, "The browser's answer cannot be received on this computer. Something keeps Postvak from listening on 127.0.0.1.").Because(err)
	}
	port := socket.Addr().(*net.TCPAddr).Port
	l := &listener{
		say: c.cfg.Say, state: rand.Text(), host: net.JoinHostPort(c.cfg.Provider.host, strconv.Itoa(port)),
		answers: make(chan url.Values, 1), verdict: make(chan struct{}),
	}
	l.redirect = "http://" + l.host
	l.server = &http.Server{
		Handler: l, ReadHeaderTimeout: hurry, IdleTimeout: hurry, MaxHeaderBytes: mostHeader,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), // it would name the address asked for
	}
	l.serving.Go(func() { _ = l.server.Serve(socket) })
	return l, nil
}

// end tells the browser how it went, stops listening, and waits until that is
// over.
func (l *listener) end(worked bool) {
	l.worked = worked
	close(l.verdict)
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	if l.server.Shutdown(ctx) != nil {
		_ = l.server.Close()
	}
	l.serving.Wait()
}

// ServeHTTP implements http.Handler.
func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := r.URL.Query()
	right := subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(l.state)) == 1
	switch {
	case r.Method != http.MethodGet || r.URL.Path != "/" || r.Host != l.host || !right || !answer.Has("code") && !answer.Has("error"):
		l.page(w, http.StatusNotFound, "There is nothing here", "This page belongs to no sign-in.")
	case l.taken.Swap(true):
		l.page(w, http.StatusGone, "This sign-in is over", "Go back to Postvak and begin again if it did not work.")
	default:
		l.answers <- answer
		l.conclude(w, r)
	}
}

// conclude keeps the browser waiting until there is something to say.
func (l *listener) conclude(w http.ResponseWriter, r *http.Request) {
	select {
	case <-l.verdict:
	case <-r.Context().Done():
		return
	}
	if l.worked {
		l.page(w, http.StatusOK, "You are signed in", "You can close this page and go back to Postvak.")
		return
	}
	l.page(w, http.StatusOK, "The sign-in did not work", "Go back to Postvak: it says why.")
}
