package rest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// door is where a server listens. Shut, nobody gets in.
type door struct {
	mu      sync.Mutex
	http    *http.Server // nil while it is shut
	serving sync.WaitGroup
}

func (d *door) open(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.http = server
	d.serving.Go(func() { _ = server.Serve(listener) })
}

func (d *door) isOpen() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.http != nil
}

// shut cuts all connections and waits for the listener to be gone.
func (d *door) shut() error {
	d.mu.Lock()
	server := d.http
	d.http = nil
	d.mu.Unlock()
	if server == nil {
		return nil
	}
	err := server.Close()
	d.serving.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// SetOffline takes the server off the network, so that nobody reaches it, or puts
// it back at the same address. Twice is the same as once. An error says that
// another program took the port meanwhile.
func (s *Server) SetOffline(offline bool) error {
	if offline {
		return s.door.shut()
	}
	if s.door.isOpen() {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", s.address)
	if err != nil {
		return err
	}
	s.door.open(listener, s)
	return nil
}
