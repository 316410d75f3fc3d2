package run

import (
	"context"
	"sync"
)

// Group owns goroutines. Stop ends them in the reverse order of their start,
// each one wholly before the one it may rest on, so that what was started
// first (the database) is there until the last of its users is gone.
type Group struct {
	parent context.Context

	mu      sync.Mutex
	members []*member
	stopped bool
	done    chan struct{}
}

type member struct {
	name   string
	cancel context.CancelFunc
	done   chan struct{}
}

// NewGroup makes a group. When parent ends, all members are cancelled at once;
// Stop must be called all the same, to wait for them.
func NewGroup(parent context.Context) *Group {
	return &Group{parent: parent, done: make(chan struct{})}
}

// Go starts f, which returns soon after its context ends. It reports false, and
// does nothing, when the group was stopped.
func (g *Group) Go(name string, f func(context.Context)) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped {
		return false
	}
	ctx, cancel := context.WithCancel(g.parent)
	m := &member{name: name, cancel: cancel, done: make(chan struct{})}
	g.members = append(g.running(), m)
	go func() {
		defer close(m.done)
		defer cancel()
		f(ctx)
	}()
	return true
}

// Running names the members that have not ended, in the order of their start.
func (g *Group) Running() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var names []string
	for _, m := range g.running() {
		names = append(names, m.name)
	}
	return names
}

// running forgets members that ended by themselves. The caller holds mu.
func (g *Group) running() []*member {
	var left []*member
	for _, m := range g.members {
		select {
		case <-m.done:
		default:
			left = append(left, m)
		}
	}
	return left
}

// Stop cancels and waits for one member after the other, the newest first, and
// returns when none is left. It may be called again and from several
// goroutines, but not from a member: that one would wait for itself.
func (g *Group) Stop() {
	g.mu.Lock()
	first := !g.stopped
	g.stopped = true
	members := g.members
	g.mu.Unlock()
	if !first {
		<-g.done
		return
	}
	for i := len(members) - 1; i >= 0; i-- {
		members[i].cancel()
		<-members[i].done
	}
	close(g.done)
}
