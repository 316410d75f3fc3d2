package teamsync_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// server is a mailbox's folder as the team's desktops share it, with the
// faults that folders have.
type server struct {
	mu      sync.Mutex
	epoch   int
	next    uint64
	records []message
	missing bool
	grown   chan struct{}
	set     [][]message // folders that were set aside
}

type message struct {
	n      uint64
	id     string
	bytes  []byte
	hidden bool // not visible yet: it turns up late
}

func newServer() *server { return &server{epoch: 1, next: 1, grown: make(chan struct{})} }

func (v *server) name() string { return fmt.Sprintf("uv%d", v.epoch) }

func (v *server) add(id string, record []byte, hidden bool) teamlog.Pos {
	at := teamlog.Pos{Epoch: v.name(), N: v.next}
	v.records = append(v.records, message{v.next, id, slices.Clone(record), hidden})
	v.next++
	v.wake()
	return at
}

func (v *server) wake() {
	close(v.grown)
	v.grown = make(chan struct{})
}

// change does something to the folder.
func (v *server) change(f func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f()
	v.wake()
}

// renumber gives every message another number, as a migration does.
func (v *server) renumber() {
	v.epoch++
	v.next = 1
	for i := range v.records {
		v.records[i].n = v.next
		v.next++
	}
}

// restore brings back the folder's first n messages and gives the numbers of
// the others away again, as an old backup does.
func (v *server) restore(n int) {
	v.records = slices.Clone(v.records[:min(n, len(v.records))])
	v.next = 1
	if len(v.records) > 0 {
		v.next = v.records[len(v.records)-1].n + 1
	}
}

// client is one desktop's engine on the server.
type client struct {
	server *server
	known  func() teamsync.Known

	mu      sync.Mutex
	offline bool
	noReply int // so many appends happen without an answer
	refuse  int // so many appends do not happen
	double  int // so many appends happen twice
	delay   int // so many appends turn up late
	after   int // so many appends and the network is gone; 0 is never
	hang    chan struct{}
	closed  bool
	fresh   int
}

var (
	errOffline = errors.New("no network")
	errNoReply = errors.New("no answer")
)

func (c *client) Remote() {}

func (c *client) set(f func(*client)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(c)
}

// fault takes one of a number of faults that are to come.
func (c *client) fault(n *int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if *n == 0 {
		return false
	}
	*n--
	return true
}

func (c *client) reachable(ctx context.Context) error {
	c.mu.Lock()
	hang, offline := c.hang, c.offline
	c.mu.Unlock()
	if hang != nil {
		select {
		case <-hang:
		case <-ctx.Done():
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if offline {
		return errOffline
	}
	return nil
}

// Append implements teamlog.Log.
func (c *client) Append(ctx context.Context, id string, record []byte) (teamlog.Pos, error) {
	if err := c.reachable(ctx); err != nil {
		return teamlog.Pos{}, err
	}
	if c.fault(&c.refuse) {
		return teamlog.Pos{}, errNoReply
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if c.server.missing {
		return teamlog.Pos{}, inbox.Errorf(inbox.NotFound, "no folder")
	}
	at := c.server.add(id, record, c.fault(&c.delay))
	if c.fault(&c.double) {
		c.server.add(id, record, false)
	}
	if c.fault(&c.after) {
		c.set(func(c *client) { c.offline = c.after == 0 })
	}
	if c.fault(&c.noReply) {
		return teamlog.Pos{}, errNoReply
	}
	return at, nil
}

// Read implements teamlog.Log.
func (c *client) Read(ctx context.Context, after teamlog.Pos, fn func(teamlog.Pos, []byte) error) (teamlog.Pos, error) {
	if err := c.reachable(ctx); err != nil {
		return after, err
	}
	messages, err := c.messages(after)
	if err != nil {
		return after, err
	}
	for _, m := range messages {
		if err := ctx.Err(); err != nil {
			return after, err
		}
		at := teamlog.Pos{Epoch: c.epoch(), N: m.n}
		if err := fn(at, m.bytes); err != nil {
			return after, err
		}
		if at.N > after.N || after.Epoch == "" {
			after = at
		}
	}
	return after, nil
}

func (c *client) epoch() string {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	return c.server.name()
}

// messages are what Read hands over: late ones first.
func (c *client) messages(after teamlog.Pos) (some []message, err error) {
	known := c.known()
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	switch {
	case c.server.missing && after.Epoch == "":
		return nil, inbox.Errorf(inbox.NotFound, "no folder")
	case c.server.missing, after.Epoch != "" && after.Epoch != c.server.name(), after.Epoch != "" && !c.server.fits(known):
		return nil, teamlog.ErrEpoch
	}
	for _, m := range c.server.records {
		late := after.Epoch != "" && known.Epoch == after.Epoch && m.n <= after.N && !known.Positions.Has(m.n)
		if !m.hidden && (m.n > after.N || late) {
			some = append(some, m)
		}
	}
	return some, nil
}

// fits says whether the record that is known by its place is there.
func (v *server) fits(k teamsync.Known) bool {
	if k.Epoch != v.name() || k.AnchorID == "" {
		return true
	}
	for _, m := range v.records {
		if m.n == k.Anchor.N {
			opened, err := teamlog.Open(m.bytes)
			return err == nil && opened.ID == k.AnchorID
		}
	}
	return false
}

// Wait implements teamlog.Log.
func (c *client) Wait(ctx context.Context, after teamlog.Pos) error {
	c.server.mu.Lock()
	news, grown := c.server.next > after.N+1 || after.Epoch != "" && after.Epoch != c.server.name(), c.server.grown
	c.server.mu.Unlock()
	if news {
		return nil
	}
	select {
	case <-grown:
	case <-ctx.Done():
	}
	return nil
}

// Renew implements teamlog.Renewer.
func (c *client) Renew(ctx context.Context, fresh bool) error {
	if err := c.reachable(ctx); err != nil {
		return err
	}
	c.set(func(c *client) { c.fresh++ })
	c.server.change(func() {
		if fresh || c.server.missing {
			c.server.set = append(c.server.set, c.server.records)
			c.server.epoch++
			c.server.records, c.server.next, c.server.missing = nil, 1, false
		}
	})
	return nil
}

// Close implements teamlog.Log.
func (c *client) Close() error {
	c.set(func(c *client) { c.closed = true })
	return nil
}
