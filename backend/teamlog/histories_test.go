package teamlog_test

import (
	"flag"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"postvak/backend/teamlog"
	"postvak/backend/teamlog/logtest"
)

// histories is how many are played unless -rapid.checks says otherwise.
var histories = 2000

// searched is how many are looked through for one in which a fault shows.
const searched = 2000

// TestEveryHistoryEndsTheSameAndBreaksNoRule plays random histories of 2 to 8
// desktops. With -rapid.checks=100000 it plays as many.
func TestEveryHistoryEndsTheSameAndBreaksNoRule(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() == checks.DefValue {
		number := histories
		if testing.Short() {
			number = min(number, 200)
		}
		if err := checks.Value.Set(strconv.Itoa(number)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = checks.Value.Set(checks.DefValue) })
	}
	t.Cleanup(teamlog.RememberSignatures())
	all := logtest.NewHistories(t)
	rapid.Check(t, func(rt *rapid.T) {
		all.Play(func() {
			if broken := history(rt, fault{}); broken != nil {
				rt.Fatal(broken)
			}
		})
	})
}

// history plays one, and says which rule was broken first.
func history(rt *rapid.T, f fault) error {
	o := newOffice(rt, f, rapid.IntRange(2, 8).Draw(rt, "desktops"))
	o.play()
	o.finish()
	return o.broken
}

// TestEveryFaultIsNoticed makes one mistake at a time: a history must be found
// in which a rule is broken.
func TestEveryFaultIsNoticed(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Cleanup(teamlog.RememberSignatures())
			if f.believe {
				teamlog.BelieveSignatures()
			}
			outcome := rapid.Custom(func(rt *rapid.T) string {
				if broken := history(rt, f); broken != nil {
					return broken.Error()
				}
				return ""
			})
			for seed := range searched {
				if broken := outcome.Example(seed); broken != "" {
					t.Logf("noticed in history %d: %.200s", seed+1, broken)
					return
				}
			}
			t.Errorf("nobody notices in %d histories", searched)
		})
	}
}
