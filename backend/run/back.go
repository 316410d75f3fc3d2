package run

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"
)

const (
	lookEvery = 5 * time.Second
	// drift is by how much the clock on the wall may run ahead of the program's
	// within one pause: more means that the computer slept, or was set.
	drift = 5 * time.Second
	// stalled is when a pause took too long for a busy computer: where sleep
	// counts as time that the program ran, too (Windows), there is no drift.
	stalled = time.Minute
)

// soonAfter is at which looks after the first one Back is called again: a
// network has names and routes only a while after it has an address.
var soonAfter = []int{3, 12}

// Seen is one look at the computer.
type Seen struct {
	Wall      time.Time     // what the clock on the wall says
	Ran       time.Duration // since some moment, without the time it slept
	Addresses []netip.Addr  // that others may reach it by: no loopback, nothing of one link
}

// Return notices that the computer woke up, or that it has a network that it
// did not have: then what failed is worth trying again, however long its pause
// still is. It looks every few seconds and asks nobody outside the computer. A
// network that goes is no reason to try anything.
type Return struct {
	Clock Clock       // paces the looks
	Look  func() Seen // ThisComputer's
	Back  func()      // called by Watch; must return soon
}

// Watch looks until ctx ends.
func (r Return) Watch(ctx context.Context) {
	before, looks := r.Look(), -1 // since the computer was back; -1: it was not
	for {
		select {
		case <-r.Clock.After(lookEvery):
		case <-ctx.Done():
			return
		}
		now := r.Look()
		switch {
		case now.isBack(before):
			looks = 0
		case looks >= 0:
			looks++
		}
		if looks == 0 || slices.Contains(soonAfter, looks) {
			r.Back()
		}
		before = now
	}
}

// isBack says whether between two looks the computer slept, or got an address.
func (s Seen) isBack(before Seen) bool {
	ran := s.Ran - before.Ran
	if s.Wall.Round(0).Sub(before.Wall.Round(0))-ran > drift || ran > lookEvery+stalled {
		return true
	}
	return slices.ContainsFunc(s.Addresses, func(a netip.Addr) bool { return !slices.Contains(before.Addresses, a) })
}

// ThisComputer gives looks at the computer that the program runs on.
func ThisComputer() func() Seen {
	began := time.Now()
	return func() Seen {
		now := time.Now()
		all, err := net.InterfaceAddrs()
		if err != nil {
			all = nil // some systems forbid it; sleep is noticed all the same
		}
		return Seen{Wall: now, Ran: now.Sub(began), Addresses: reachable(all)}
	}
}

// reachable leaves out what says nothing of a network: loopback, and what every
// interface gives itself.
func reachable(all []net.Addr) (kept []netip.Addr) {
	for _, a := range all {
		prefix, err := netip.ParsePrefix(a.String())
		if ip := prefix.Addr().Unmap(); err == nil && ip.IsGlobalUnicast() {
			kept = append(kept, ip)
		}
	}
	return kept
}
