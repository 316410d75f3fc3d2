package teamsync_test

import (
	"fmt"
	"testing"

	"postvak/backend/teamlog"
)

// killAt lets the program die at its n-th write, counting both before and after
// each. It says whether it died.
func (d *desktop) killAt(n int, run func()) (died bool) {
	d.store.Step = func(string, bool) error {
		if n--; n < 0 {
			died = true
			return errKilled
		}
		return nil
	}
	run()
	d.store.Step = nil
	return died
}

// everyKill plays a scene once for each write that it makes, and lets the
// program die there; what then happens ends as it does without a kill.
func everyKill(t *testing.T, scene func(t *testing.T) (m *team, victim *desktop, act func())) {
	t.Helper()
	for n := range 400 {
		m, victim, act := scene(t)
		died := victim.killAt(n, act)
		victim.start(t)
		m.settle(t)
		m.equal(t)
		m.once(t)
		if t.Failed() {
			t.Fatalf("killed at write %d", n)
		}
		if !died {
			if n < 4 {
				t.Fatalf("the scene writes %d times only", n)
			}
			t.Logf("%d kills", n)
			return
		}
	}
	t.Fatal("the scene does not end")
}

func TestKilledWhileItDecidesAndExchanges(t *testing.T) {
	everyKill(t, func(t *testing.T) (*team, *desktop, func()) {
		m := newTeam(t, "ann", "ben")
		ann, ben := m.desktops[0], m.desktops[1]
		ann.note(t, "from ann")
		ann.exchange(t)
		return m, ben, func() {
			for i := range 3 {
				o, err := ben.sync.Decide(t.Context(), &teamlog.Note{Conversation: thread, Text: fmt.Sprint("note ", i)})
				if err == nil {
					ben.made = append(ben.made, o[0].ID)
				}
				_ = ben.sync.Exchange(t.Context())
			}
		}
	})
}

func TestKilledWhileItMovesIntoAMailbox(t *testing.T) {
	everyKill(t, func(t *testing.T) (*team, *desktop, func()) {
		m := newTeam(t, "ann", "ben")
		ann := m.desktops[0]
		m.decideEverywhere(t)
		m.settle(t)
		m.server.change(func() { m.server.missing = true })
		return m, ann, func() { _ = ann.sync.Exchange(t.Context()) }
	})
}

func TestKilledWhileItRewinds(t *testing.T) {
	everyKill(t, func(t *testing.T) (*team, *desktop, func()) {
		m := newTeam(t, "ann", "ben", "carol")
		ann, ben := m.desktops[0], m.desktops[1]
		ann.client.delay = 1
		ann.note(t, "late")
		ann.exchange(t)
		ben.note(t, "one")
		ben.exchange(t)
		ben.note(t, "two")
		ben.exchange(t)
		m.server.change(func() { show(m.server) })
		return m, ben, func() { _ = ben.sync.Exchange(t.Context()) }
	})
}

// The repairer dies, and so does a desktop that takes the repaired log over.
func TestKilledWhileItTakesARepairedLogOver(t *testing.T) {
	everyKill(t, func(t *testing.T) (*team, *desktop, func()) {
		m := newTeam(t, "ann", "ben", "carol")
		ann, ben, carol := m.desktops[0], m.desktops[1], m.desktops[2]
		m.decideEverywhere(t)
		carol.client.offline = true
		m.settle(t)
		before := len(m.server.records)
		ben.note(t, "only ben has it")
		ben.exchange(t)
		m.server.change(func() { m.server.restore(before - 2) })
		ann.exchange(t)
		carol.client.offline = false
		return m, ben, func() { _ = ben.sync.Exchange(t.Context()) }
	})
}

// The engine dies instead of the program: at every append of a repair.
func TestTheConnectionEndsAtEveryAppendOfARepair(t *testing.T) {
	for n := range 20 {
		m := newTeam(t, "ann", "ben", "carol")
		ann := m.desktops[0]
		m.decideEverywhere(t)
		m.settle(t)
		m.server.change(func() { m.server.epoch++; m.server.restore(0) })
		ann.client.after = n
		err := ann.sync.Exchange(t.Context())
		ann.client.set(func(c *client) { c.offline, c.after = false, 0 })
		ben := m.desktops[1]
		ben.note(t, "while it is half full")
		_ = ben.sync.Exchange(t.Context())
		m.settle(t)
		m.equal(t)
		m.once(t)
		if err == nil && n > 0 {
			return
		}
	}
	t.Error("the repair never came to its end")
}
