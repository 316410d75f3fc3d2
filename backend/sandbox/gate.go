package sandbox

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// Server ports are taken from below the range from which systems choose the
// ports of outgoing connections, so that nobody else takes a port while its
// server is offline, and no client ever connects to itself by trying.
const (
	lowestPort  = 20000
	portSpan    = 12000
	portsToTry  = 200
	loopbackIP4 = "127.0.0.1"
)

// gate is a server's door on loopback: it can be shut, which cuts all
// connections, and opened again at the same port.
type gate struct {
	serve func(net.Listener) error
	port  int

	mu       sync.Mutex
	listener net.Listener
	conns    map[*gateConn]struct{}
	serving  sync.WaitGroup // the accept loop and all connections
}

// newGate opens a server's door at some free port.
func newGate(serve func(net.Listener) error) (*gate, error) {
	g := &gate{serve: serve, conns: map[*gateConn]struct{}{}}
	var err error
	for range portsToTry {
		g.port = lowestPort + rand.IntN(portSpan)
		if err = g.open(); err == nil {
			return g, nil
		}
	}
	return nil, fmt.Errorf("no free port on loopback: %w", err)
}

// open lets clients in. It does nothing when the door is open.
func (g *gate) open() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.listener != nil {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", fmt.Sprintf("%s:%d", loopbackIP4, g.port))
	if err != nil {
		return err
	}
	g.listener = listener
	g.serving.Add(1)
	go func() {
		defer g.serving.Done()
		_ = g.serve(&gateListener{Listener: listener, gate: g})
	}()
	return nil
}

// shut closes the door, cuts all connections and waits until the server is
// done with them.
func (g *gate) shut() {
	g.mu.Lock()
	if g.listener != nil {
		_ = g.listener.Close()
		g.listener = nil
	}
	for conn := range g.conns {
		_ = conn.Conn.Close()
	}
	g.mu.Unlock()
	g.serving.Wait()
}

type gateListener struct {
	net.Listener
	gate *gate
}

// Accept notes each connection. One that was accepted while the door was shut
// is not let in.
func (l *gateListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, net.ErrClosed
	}
	g := l.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.listener != l.Listener {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	noted := &gateConn{Conn: conn, gate: g}
	g.conns[noted] = struct{}{}
	g.serving.Add(1)
	return noted, nil
}

// gateConn is a connection whose Close by the server, the last thing that both
// servers do with it, says that the server is done.
type gateConn struct {
	net.Conn
	gate *gate
	once sync.Once
}

func (c *gateConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.gate.mu.Lock()
		delete(c.gate.conns, c)
		c.gate.mu.Unlock()
		c.gate.serving.Done()
	})
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// silent takes the servers' own log lines: a cut connection is no news here.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}
