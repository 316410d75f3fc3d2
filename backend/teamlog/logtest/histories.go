package logtest

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// Histories counts random histories, and plays no more of them when
// POSTVAK_MINUTES have passed. The count is told at the test's end, with -v.
type Histories struct {
	played  int
	end     time.Time // zero: never
	playing bool      // not ended yet: at the next one's beginning it has failed
	failed  bool      // the property is being looked at: nothing is left out
}

// NewHistories begins to count.
func NewHistories(t testing.TB) *Histories {
	h := &Histories{}
	if minutes, err := strconv.ParseFloat(os.Getenv("POSTVAK_MINUTES"), 64); err == nil {
		h.end = time.Now().Add(time.Duration(minutes * float64(time.Minute)))
	}
	t.Cleanup(func() { t.Logf("%d histories played", h.played) })
	return h
}

// Play plays one, if there is time.
func (h *Histories) Play(one func()) {
	h.failed = h.failed || h.playing
	if !h.failed && !h.end.IsZero() && time.Now().After(h.end) {
		return
	}
	h.played++
	h.playing = true
	one()
	h.playing = false
}
