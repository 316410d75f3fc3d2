package app

import "testing"

// TestTheDemosClockHasAnEnd: beyond it times wrap around.
func TestTheDemosClockHasAnEnd(t *testing.T) {
	r := startDemo(t)
	r.refused("invalid", "Sandbox.Advance", "2000000h")
	call[*nothing](r, "Sandbox.Advance", "1000000h")
	r.refused("invalid", "Sandbox.Advance", "1000000h")
}
