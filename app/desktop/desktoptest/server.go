package desktoptest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	busName    = "org.freedesktop.Notifications"
	objectPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// Why a notification was closed, as the protocol counts it.
const (
	Expired = uint32(iota + 1)
	Dismissed
	Withdrawn
)

// Capabilities are what a server says it can do, by the protocol's names.
type Capabilities []string

// Kinds of servers, as their makers describe them.
var (
	// Plain shows text and nothing else.
	Plain = Capabilities{"body"}
	// Dunst is a small one: markup and actions, no sound, no reply.
	Dunst = Capabilities{"actions", "body", "body-hyperlinks", "body-markup", "icon-static", "x-dunst-stack-tag"}
	// Gnome plays sounds.
	Gnome = Capabilities{"actions", "body", "body-markup", "icon-static", "persistence", "sound"}
	// Plasma has a field to answer in.
	Plasma = Capabilities{"actions", "body", "body-hyperlinks", "body-images", "body-markup", "icon-static", "inline-reply", "persistence"}
)

// Shown is a notification as it came over the bus.
type Shown struct {
	ID       uint32 // as the server answered
	Replaces uint32 // what the program asked to replace; 0 for nothing
	App      string
	Icon     string // app_icon
	Title    string
	Body     string
	Actions  []string // key, label, key, label …
	Hints    map[string]dbus.Variant
	Timeout  int32
}

// String leaves out pictures: a test that fails says what stood on the screen.
func (s Shown) String() string {
	var hints []string
	for name, hint := range s.Hints {
		if text := hint.String(); len(text) < 200 {
			hints = append(hints, name+"="+text)
		}
	}
	slices.Sort(hints)
	return fmt.Sprintf("{ID %d, replaces %d, by %q, %q: %q, actions %q, hints %q}", s.ID, s.Replaces, s.App, s.Title, s.Body, s.Actions, hints)
}

// Label is what the button of that key says; "" when there is none.
func (s Shown) Label(key string) string {
	for i := 0; i+1 < len(s.Actions); i += 2 {
		if s.Actions[i] == key {
			return s.Actions[i+1]
		}
	}
	return ""
}

// Hint is the value of a hint, nil when there is none.
func (s Shown) Hint(name string) any { return s.Hints[name].Value() }

// Server is a desktop's notification server.
type Server struct {
	bus  string
	name string
	caps Capabilities

	mu      sync.Mutex
	conn    *dbus.Conn
	changed chan struct{} // closed, and made anew, at each change
	last    uint32
	arrived []Shown
	open    []Shown
	closed  map[uint32]uint32
	refuse  *dbus.Error
	hold    chan struct{} // what Notify waits for, nil for nothing
	waiting int           // for that
	props   map[string]map[string]any
}

// NewServer starts a server on a bus. It ends with the test.
func NewServer(t testing.TB, bus string, caps Capabilities) *Server {
	t.Helper()
	return NewNamedServer(t, bus, "postvak test desktop", caps)
}

// NewNamedServer is a server that calls itself by a name, as a desktop's does.
func NewNamedServer(t testing.TB, bus, name string, caps Capabilities) *Server {
	t.Helper()
	s := &Server{
		bus: bus, name: name, caps: caps, changed: make(chan struct{}),
		closed: map[uint32]uint32{}, props: map[string]map[string]any{},
	}
	s.Start(t)
	t.Cleanup(s.Stop)
	return s
}

// Start begins anew after Stop: the server knows nothing of what it showed and
// counts from 1 again. What it was ever asked stays in Arrived.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.start(t, 0)
}

func (s *Server) start(t testing.TB, flags dbus.RequestNameFlags) (before *dbus.Conn) {
	t.Helper()
	conn := connect(t, s.bus)
	if err := s.export(conn); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	before, s.conn, s.last, s.open, s.hold = s.conn, conn, 0, nil, nil
	s.mu.Unlock()
	reply, err := conn.RequestName(busName, flags|dbus.NameFlagDoNotQueue|dbus.NameFlagAllowReplacement)
	if err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("there is a notification server on this bus already: %v, %v", reply, err)
	}
	return before
}

func (s *Server) export(conn *dbus.Conn) error {
	for _, err := range []error{
		conn.Export(methods{s, conn}, objectPath, busName),
		conn.Export(properties{s}, objectPath, "org.freedesktop.DBus.Properties"),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// Stop goes away as a server that dies does: without a word. Stopping twice is
// stopping once.
func (s *Server) Stop() {
	s.mu.Lock()
	conn := s.conn
	s.conn = nil
	s.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
}

// Restart is Stop and Start, but so that there is no moment without a server.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	_ = s.start(t, dbus.NameFlagReplaceExisting).Close() // gone, whatever it says
}

// AccessDenied is the error of a system that does not let a program notify.
const AccessDenied = "org.freedesktop.DBus.Error.AccessDenied"

// Refuse answers the next notifications with an error of that name, until it is
// given "". AccessDenied is the answer to every other question too.
func (s *Server) Refuse(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = nil
	if name != "" {
		s.refuse = dbus.NewError(name, []any{"refused by the test"})
	}
}

// Hold keeps the answers to notifications until release is called; calling it
// twice is calling it once.
func (s *Server) Hold() (release func()) {
	hold := make(chan struct{})
	s.mu.Lock()
	s.hold = hold
	s.mu.Unlock()
	return sync.OnceFunc(func() {
		s.mu.Lock()
		if s.hold == hold {
			s.hold = nil
		}
		s.mu.Unlock()
		close(hold)
	})
}

// Held is how many notifications wait for Hold's release.
func (s *Server) Held() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting
}

// SetProperty sets a property of the server's object: "paused" of
// "org.dunstproject.cmd0", or "Inhibited" of "org.freedesktop.Notifications".
func (s *Server) SetProperty(iface, name string, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.props[iface] == nil {
		s.props[iface] = map[string]any{}
	}
	s.props[iface][name] = value
}

// Arrived is everything it was asked to show, in that order.
func (s *Server) Arrived() []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.arrived)
}

// Open is what stands on the screen now.
func (s *Server) Open() []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.open)
}

// Closed says why a notification was closed; 0: it was not.
func (s *Server) Closed(id uint32) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed[id]
}

// Wait waits for a notification that fits among all that arrived, the newest
// first, and gives it.
func (s *Server) Wait(t testing.TB, fits func(Shown) bool) Shown {
	t.Helper()
	var found Shown
	s.Until(t, "a notification arrives", func() bool {
		all := s.Arrived()
		slices.Reverse(all)
		i := slices.IndexFunc(all, fits)
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	return found
}

// Until waits until something is so that changes with what the server sees.
func (s *Server) Until(t testing.TB, what string, so func() bool) {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if so() {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			t.Fatalf("waited %s in vain until %s; arrived: %+v", patience, what, s.Arrived())
		}
	}
}

// tell wakes who waits. The lock is held.
func (s *Server) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}
