package messenger

import (
	"testing"
	"time"

	"postvak/backend/run"
)

// Calls of several goroutines begin one after the other.
func TestCallsTakeTurns(t *testing.T) {
	clock, done := run.NewManual(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)), make(chan error)
	var l limits
	const calls = 6
	for range calls {
		go func() { done <- l.enter(t.Context(), clock) }()
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for left := calls - 1; left > 0; left-- {
		clock.BlockUntil(left)
		clock.Advance(apart - time.Millisecond)
		select {
		case <-done:
			t.Fatal("a call began too early")
		default:
		}
		clock.Advance(time.Millisecond)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}
