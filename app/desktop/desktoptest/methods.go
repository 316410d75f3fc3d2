package desktoptest

import (
	"slices"

	"github.com/godbus/dbus/v5"
)

// methods are what the bus may call, by the protocol's names.
type methods struct {
	s    *Server
	conn *dbus.Conn // over which they are called
}

// GetServerInformation gives name, maker, version and the protocol's version.
func (m methods) GetServerInformation() (name, vendor, version, spec string, err *dbus.Error) {
	return m.s.name, "Postvak", "1", "1.2", m.s.forbids()
}

// GetCapabilities gives what the server can do.
func (m methods) GetCapabilities() ([]string, *dbus.Error) { return m.s.caps, m.s.forbids() }

// forbids is the error of one who refuses everything, not only to show.
func (s *Server) forbids() *dbus.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil && s.refuse.Name == AccessDenied {
		return s.refuse
	}
	return nil
}

// Notify shows a notification and gives its number.
func (m methods) Notify(app string, replaces uint32, icon, title, body string,
	actions []string, hints map[string]dbus.Variant, timeout int32,
) (uint32, *dbus.Error) {
	s := m.s
	s.held()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != m.conn {
		return 0, dbus.NewError("org.freedesktop.DBus.Error.Failed", []any{"this server is gone"})
	}
	if s.refuse != nil {
		return 0, s.refuse
	}
	shown := Shown{
		Replaces: replaces, App: app, Icon: icon, Title: title, Body: body,
		Actions: actions, Hints: hints, Timeout: timeout,
	}
	shown.ID = s.place(shown)
	s.arrived = append(s.arrived, shown)
	s.tell()
	return shown.ID, nil
}

// held waits for Hold's release.
func (s *Server) held() {
	s.mu.Lock()
	hold := s.hold
	if hold != nil {
		s.waiting++
		s.tell()
	}
	s.mu.Unlock()
	if hold == nil {
		return
	}
	<-hold
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting--
	s.tell()
}

// place puts it where the one stands that it replaces, else at the end, as
// desktops do. The lock is held.
func (s *Server) place(n Shown) uint32 {
	i := slices.IndexFunc(s.open, func(o Shown) bool { return n.Replaces != 0 && o.ID == n.Replaces })
	if i >= 0 {
		n.ID = n.Replaces
		s.open[i] = n
		return n.ID
	}
	s.last++
	n.ID = s.last
	s.open = append(s.open, n)
	return n.ID
}

// CloseNotification takes one away.
func (m methods) CloseNotification(id uint32) *dbus.Error {
	if !m.s.gone(id, Withdrawn) {
		return dbus.NewError("org.freedesktop.DBus.Error.InvalidArgs", []any{"no such notification"})
	}
	m.s.mu.Lock()
	conn := m.s.conn
	m.s.mu.Unlock()
	if conn != nil {
		_ = conn.Emit(objectPath, busName+".NotificationClosed", id, Withdrawn) // a bus that ends tells nobody
	}
	return nil
}

// properties are the ones that desktops have beside the protocol.
type properties struct{ s *Server }

// Get gives one.
func (p properties) Get(iface, name string) (dbus.Variant, *dbus.Error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	value, ok := p.s.props[iface][name]
	if !ok {
		return dbus.Variant{}, dbus.NewError("org.freedesktop.DBus.Error.UnknownProperty", []any{"no such property"})
	}
	return dbus.MakeVariant(value), nil
}
