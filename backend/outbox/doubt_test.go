package outbox

import (
	"slices"
	"testing"
)

// killAnywhere lets a world happen once for each of its moments, killed there,
// and once as it is; check says what must hold of it then.
func killAnywhere(t *testing.T, make func() *world, check func(w *world) error) {
	t.Helper()
	whole := make()
	if err := whole.live(); err != nil {
		t.Fatal(err)
	}
	for k := range whole.steps + 1 { // the 0th is none
		w := make()
		if err := w.live(k); err != nil {
			t.Fatal(err)
		}
		if err := check(w); err != nil {
			t.Errorf("killed at %d of %d: %v", k, whole.steps, err)
		}
	}
}

// TestBeingPutOffIsNoLook: however often a provider said "later" before it took a
// message, its list is asked as often as always before that goes again by itself.
func TestBeingPutOffIsNoLook(t *testing.T) {
	for _, a := range []act{later, laterAtDot} {
		for n := range 2 + len(lookUps) {
			killAnywhere(t, func() *world {
				w := newChat(slices.Repeat([]act{a}, n)...)
				w.late = len(lookUps)
				w.put(0, "els", "hi")
				return w
			}, (*world).fair)
		}
	}
}
