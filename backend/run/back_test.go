package run

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// computer is one that is looked at: its clocks are moved, and its addresses
// changed, by hand.
type computer struct {
	clock *Manual
	seen  Seen
	backs int
}

// after lets pauses pass, and says how often the computer was found to be back.
func (c *computer) after(pauses int, change func(*Seen)) int {
	before := c.backs
	for range pauses {
		c.clock.BlockUntil(1)
		c.seen.Wall, c.seen.Ran = c.seen.Wall.Add(lookEvery), c.seen.Ran+lookEvery
		if change != nil {
			change(&c.seen)
			change = nil
		}
		c.clock.Advance(lookEvery)
	}
	c.clock.BlockUntil(1)
	return c.backs - before
}

func watched(t *testing.T, addresses ...string) *computer {
	t.Helper()
	c := &computer{clock: NewManual(start), seen: Seen{Wall: start, Addresses: ips(addresses...)}}
	g := NewGroup(context.Background())
	t.Cleanup(g.Stop)
	g.Go("watch", Return{Clock: c.clock, Look: func() Seen { return c.seen }, Back: func() { c.backs++ }}.Watch)
	return c
}

func ips(all ...string) (out []netip.Addr) {
	for _, a := range all {
		out = append(out, netip.MustParseAddr(a))
	}
	return out
}

func have(all ...string) func(*Seen) { return func(s *Seen) { s.Addresses = ips(all...) } }

func TestAComputerThatComesBack(t *testing.T) {
	for what, test := range map[string]struct {
		change func(*Seen)
		want   int
	}{
		"nothing":            {nil, 0},
		"sleep":              {func(s *Seen) { s.Wall = s.Wall.Add(8 * time.Hour) }, 1},
		"a nap":              {func(s *Seen) { s.Wall = s.Wall.Add(6 * time.Second) }, 1},
		"sleep that runs on": {func(s *Seen) { s.Wall, s.Ran = s.Wall.Add(time.Hour), s.Ran+time.Hour }, 1},
		"a busy computer":    {func(s *Seen) { s.Wall, s.Ran = s.Wall.Add(50*time.Second), s.Ran+50*time.Second }, 0},
		"a corrected clock":  {func(s *Seen) { s.Wall = s.Wall.Add(4 * time.Second) }, 0},
		"a clock set back":   {func(s *Seen) { s.Wall = s.Wall.Add(-time.Hour) }, 0},
		"another network":    {have("10.0.0.7"), 1},
		"one more network":   {have("192.168.1.5", "2001:db8::1"), 1},
		"in another order":   {have("2001:db8::5", "192.168.1.5"), 0},
		"no network":         {have(), 0},
		"one less":           {have("192.168.1.5"), 0},
	} {
		t.Run(what, func(t *testing.T) {
			c := watched(t, "192.168.1.5", "2001:db8::5")
			if n := c.after(1, nil); n != 0 {
				t.Errorf("back %d times at first", n)
			}
			if n := c.after(1, test.change); n != test.want {
				t.Errorf("back %d times, want %d", n, test.want)
			}
		})
	}
}

// What is tried in the first second finds no names yet: it is tried twice more,
// and then never again.
func TestItIsTriedAgainSoonAfter(t *testing.T) {
	c := watched(t, "10.0.0.7")
	c.after(1, have())
	for i, want := range []int{1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0} {
		var change func(*Seen)
		if i == 0 {
			change = have("10.0.0.7")
		}
		if n := c.after(1, change); n != want {
			t.Errorf("look %d: back %d times, want %d", i, n, want)
		}
	}
	if n := c.after(100, nil); n != 0 {
		t.Errorf("back %d times for nothing", n)
	}
}

// Every computer has loopback, and every interface gives itself an address:
// neither is a network.
func TestWhichAddressesCount(t *testing.T) {
	var all []net.Addr
	for _, a := range []string{
		"127.0.0.1/8", "::1/128", "169.254.7.7/16", "fe80::1/64", "0.0.0.0/0", "224.0.0.1/4", "192.168.1.5/24", "2001:db8::5/64", "fd00::5/64",
	} {
		ip, network, err := net.ParseCIDR(a)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &net.IPNet{IP: ip, Mask: network.Mask})
	}
	all = append(all, &net.UnixAddr{Name: "x"})
	if got, want := reachable(all), ips("192.168.1.5", "2001:db8::5", "fd00::5"); !slices.Equal(got, want) {
		t.Errorf("addresses %v, want %v", got, want)
	}
	look := ThisComputer()
	if first, second := look(), look(); first.isBack(second) || second.isBack(first) || second.Ran < first.Ran || first.Wall.IsZero() {
		t.Errorf("two looks at this computer: %+v, %+v", first, second)
	}
}
