package desktoptest

import (
	"slices"
	"testing"
)

// What a person does at the screen. Each is heard on the bus when it returns.

// Click clicks on the notification itself, which closes it, as desktops do.
func (s *Server) Click(t testing.TB, id uint32) {
	t.Helper()
	s.Press(t, id, "default")
}

// Press presses the button of that key, which closes the notification.
func (s *Server) Press(t testing.TB, id uint32, key string) {
	t.Helper()
	s.Signal(t, "ActivationToken", id, "a token of the test")
	s.Signal(t, "ActionInvoked", id, key)
	s.close(t, id, Dismissed)
}

// Reply types an answer into the notification's field and sends it.
func (s *Server) Reply(t testing.TB, id uint32, text string) {
	t.Helper()
	s.Signal(t, "NotificationReplied", id, text)
	s.close(t, id, Dismissed)
}

// Dismiss closes a notification without having clicked on it.
func (s *Server) Dismiss(t testing.TB, id uint32) {
	t.Helper()
	s.close(t, id, Dismissed)
}

// Expire lets its time pass.
func (s *Server) Expire(t testing.TB, id uint32) {
	t.Helper()
	s.close(t, id, Expired)
}

// Signal sends any signal of the server's interface, also one that no sound
// server sends.
func (s *Server) Signal(t testing.TB, name string, args ...any) {
	t.Helper()
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	if conn == nil {
		t.Fatal("the server is stopped")
	}
	if err := conn.Emit(objectPath, busName+"."+name, args...); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) close(t testing.TB, id, reason uint32) {
	t.Helper()
	s.gone(id, reason)
	s.Signal(t, "NotificationClosed", id, reason)
}

// gone takes a notification off the screen and says whether it was there.
func (s *Server) gone(id, reason uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.open, func(n Shown) bool { return n.ID == id })
	if i < 0 {
		return false
	}
	s.open = slices.Delete(s.open, i, i+1)
	s.closed[id] = reason
	s.tell()
	return true
}
