package teamsync

import (
	"context"
	"testing"

	"pgregory.net/rapid"
)

// keep is what a user of claims does whose work never ends: hold it, act while
// it is its own, renew it.
func (d *claimDesktop) keep(ctx context.Context) {
	for {
		d.catchUp()
		claim, err := d.claims.Hold(ctx, testWork, testLease)
		if err != nil || claim == nil {
			d.wait()
			continue
		}
		d.holding = claim
		for mine := true; mine; {
			d.wait()
			if !claim.Mine() {
				mine, err = claim.Renew(ctx)
				mine = mine && err == nil
			}
		}
		d.holding = nil
	}
}

// Work that is held while a program runs has one owner, whatever dies, sleeps
// or is started again.
func TestWorkThatIsHeldHasOneOwner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range 10 {
			w := newClaimWorld(t, rapid.IntRange(2, 6).Draw(t, "desktops"), true)
			for _, d := range w.desktops {
				d.does = (*claimDesktop).keep
			}
			for range rapid.IntRange(20, 300).Draw(t, "steps") {
				w.happen()
			}
			w.stop()
		}
	})
}

// A desktop that is started again has what it held at once; another waits for
// the lease.
func TestAStartTakesBackWhatTheDesktopHeld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newClaimWorld(t, 2, true)
		defer w.stop()
		mine, other := w.desktops[0], w.desktops[1]
		for _, d := range w.desktops {
			d.does = (*claimDesktop).keep
		}
		has := func(d *claimDesktop) bool {
			for range 100 { // the log loses one exchange in five
				if d.step(true); d.holding != nil {
					return true
				}
			}
			return false
		}
		if !has(mine) {
			t.Fatal("nobody gets the work")
		}
		mine.step(false)
		if mine.holding = nil; has(other) {
			t.Fatal("another takes it before its lease has passed")
		}
		if !has(mine) {
			t.Fatal("the desktop that held it waits for itself")
		}
	})
}
