package proof

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"postvak/backend/mime"
)

// heldServer takes mail and answers no more at a moment of the test's choice.
type heldServer struct {
	port int
	stop chan struct{}

	mu      sync.Mutex
	at      string // rcpt, taken: where it stops answering; "" never
	taken   []taken
	reached chan struct{} // one is in it when somebody waits for an answer
}

// taken is a mail that it has.
type taken struct{ to, subject, id string }

func newHeldServer(t testing.TB) *heldServer {
	t.Helper()
	h := &heldServer{stop: make(chan struct{}), reached: make(chan struct{}, 16)}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &heldSession{h: h}, nil }))
	server.AllowInsecureAuth = true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.port = l.Addr().(*net.TCPAddr).Port
	var served sync.WaitGroup
	served.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() {
		close(h.stop)
		server.Close()
		l.Close() // it may not have been served yet
		served.Wait()
	})
	return h
}

// holdAt chooses where it stops answering.
func (h *heldServer) holdAt(where string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = where
}

// hold keeps a client waiting when this is where it stops.
func (h *heldServer) hold(where string) {
	h.mu.Lock()
	held := h.at == where
	h.mu.Unlock()
	if held {
		h.reached <- struct{}{}
		<-h.stop
	}
}

func (h *heldServer) all() []taken {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]taken(nil), h.taken...)
}

type heldSession struct {
	h  *heldServer
	to string
}

func (s *heldSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *heldSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(string, string, string) error { return nil }), nil
}

func (s *heldSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *heldSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.h.hold("rcpt")
	s.to = to
	return nil
}

func (s *heldSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m := mime.Parse(raw)
	s.h.mu.Lock()
	s.h.taken = append(s.h.taken, taken{s.to, m.Subject, m.MessageID})
	s.h.mu.Unlock()
	s.h.hold("taken")
	return nil
}

func (s *heldSession) Reset()        { s.to = "" }
func (s *heldSession) Logout() error { return nil }
