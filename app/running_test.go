package app

import (
	"slices"
	"testing"
	"time"

	"postvak/backend/run"
)

// After a sleep nobody waits for a pause to end that began before it: on a
// clock that stands still only the return can make the program try again.
func TestAReturnTriesAgainAtOnce(t *testing.T) {
	r := startRig(t, Options{Sandbox: true, Quiet: true, Clock: run.NewManual(time.Now())})
	l := r.listen()
	online := func(want bool) {
		t.Helper()
		until(r, l, "the status to follow the network", func() (bool, bool) {
			return true, call[Status](r, "Settings.Status").Online == want
		})
	}
	until(r, l, "all channels to be read", func() (bool, bool) {
		call[*nothing](r, "Sandbox.Advance", "1s") // Meta may be asked twice in a second
		return true, call[Status](r, "Settings.Status").Online
	})
	call[*nothing](r, "Sandbox.Offline", true)
	online(false)
	if err := r.app.demo.setOffline(false); err != nil {
		t.Fatal(err)
	}
	r.app.watchReturn().Back()
	online(true)
	if running := r.app.group.Running(); !slices.Contains(running, "network") {
		t.Errorf("nobody looks: %q", running)
	}
}
