package poll_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// TestAFloodOfHintsIsNoFloodOfQuestions: a colleague's desktop that hints at
// something new every moment, by mistake or on purpose, does not use up what the
// provider lets be asked.
func TestAFloodOfHintsIsNoFloodOfQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		team := &oneTeam{}
		p := pacer(team, 0)
		began := time.Now()
		for i := range 100 {
			team.set("SM" + strconv.Itoa(i))
			paused(t, p)
		}
		if each := time.Since(began) / 100; each < 4*time.Second || each > quick {
			t.Errorf("asked every %v", each)
		}
	})
}
