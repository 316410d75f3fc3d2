package rest

import (
	"net/http"
	"sync"
)

// Held is a point at which one request waits, for tests that end a program
// right there.
type Held struct {
	path    string
	after   bool
	taken   bool
	user    string
	arrived chan struct{}
	free    chan struct{}
	once    sync.Once
}

// Hold lets the next request of a path (as Fail's) wait before anything is done
// about it; one whose caller has gone when it is released is not done at all.
func (s *Server) Hold(path string) *Held { return s.hold(path, false) }

// HoldAfter lets the next request of a path wait after its work was done,
// before it is answered.
func (s *Server) HoldAfter(path string) *Held { return s.hold(path, true) }

func (s *Server) hold(path string, after bool) *Held {
	h := &Held{path: path, after: after, arrived: make(chan struct{}), free: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holds = append(s.holds, h)
	return h
}

// Arrived is closed as soon as a request waits here.
func (h *Held) Arrived() <-chan struct{} { return h.arrived }

// User is whose request waits here. It may be asked once Arrived is closed.
func (h *Held) User() string { return h.user }

// Release lets it go on. A point that nobody reached yet is gone then.
func (h *Held) Release() { h.once.Do(func() { close(h.free) }) }

// wait holds a request where it is to be held. It returns false when its
// caller has gone, or the server is closing.
func (s *Server) wait(r *http.Request, after bool) bool {
	h := s.takeHold(r, after)
	if h == nil {
		return true
	}
	select {
	case <-h.free:
		return r.Context().Err() == nil
	case <-r.Context().Done():
	case <-s.closed:
	}
	return false
}

func (s *Server) takeHold(r *http.Request, after bool) *Held {
	user := s.who(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.holds {
		if h.after != after || h.taken || !fits(h.path, r) {
			continue
		}
		select {
		case <-h.free:
			continue
		default:
		}
		h.taken, h.user = true, user
		close(h.arrived)
		return h
	}
	return nil
}
