package poll_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"postvak/backend/poll"
	"postvak/backend/run"
)

const quick = 15 * time.Second

// oneTeam is a team as one desktop sees it, all of it said by the test.
type oneTeam struct {
	alone   bool
	mu      sync.Mutex // guards newest
	newest  string
	hints   []string
	claims  int
	claimed []string
	give    *oneClaim // what Claim gives; nil: somebody else has it
	err     error
}

type oneClaim struct {
	until   time.Time
	renews  int
	lost    bool
	failing error
}

func (c *oneClaim) Mine() bool { return !c.lost && time.Now().Before(c.until) }

func (c *oneClaim) Renew(context.Context) (bool, error) {
	if c.failing != nil || c.lost {
		return false, c.failing
	}
	c.renews++
	c.until = time.Now().Add(poll.Lease / 2)
	return true, nil
}

func (t *oneTeam) Alone() bool { return t.alone }

func (t *oneTeam) Hinted() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.newest
}

func (t *oneTeam) set(newest string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.newest = newest
}

func (t *oneTeam) Hint(newest string) error {
	t.hints = append(t.hints, newest)
	t.set(newest)
	return nil
}

func (t *oneTeam) Claim(_ context.Context, work string, lease time.Duration) (poll.Claim, error) {
	t.claims++
	t.claimed = append(t.claimed, work)
	if t.give == nil || t.err != nil {
		return nil, t.err
	}
	t.give.until = time.Now().Add(lease / 2)
	return t.give, nil
}

// pacer makes one without chance: every pause is its middle.
func pacer(t *oneTeam, random float64) *poll.Pacer {
	return poll.New(poll.Config{Channel: "wa", Team: t, Clock: run.System, Rand: func() float64 { return random }})
}

// paused says how long Next took.
func paused(t *testing.T, p *poll.Pacer) time.Duration {
	t.Helper()
	began := time.Now()
	if err := p.Next(t.Context(), quick); err != nil {
		t.Fatal(err)
	}
	return time.Since(began)
}

func TestWhoIsAloneAsksOftenAndTellsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		team := &oneTeam{alone: true}
		for random, want := range map[float64]time.Duration{0: 12 * time.Second, 0.5: quick} {
			p := pacer(team, random)
			p.Found("SM1")
			if got := paused(t, p); got != want {
				t.Errorf("at chance %v it waits %v, want %v", random, got, want)
			}
			if s := p.State(); !s.Alone || !s.Turn || !s.Last.Equal(time.Now()) {
				t.Errorf("%+v", s)
			}
		}
		if team.claims+len(team.hints) != 0 {
			t.Errorf("%d claims, hints %v: a private channel is nobody else's business (R31)", team.claims, team.hints)
		}
	})
}

func TestWhoHasTheTurnAsksOftenAndRenewsItAtHalf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		team := &oneTeam{give: &oneClaim{}}
		p := pacer(team, 0.5)
		for range 4 * 60 { // an hour
			if got := paused(t, p); got != quick {
				t.Fatalf("it waits %v", got)
			}
		}
		if team.claims != 1 || team.claimed[0] != "poll/wa" || team.give.renews != 11 {
			t.Errorf("%d claims of %v, %d renewals in an hour", team.claims, team.claimed, team.give.renews)
		}
		if s := p.State(); s.Alone || !s.Turn {
			t.Errorf("%+v", s)
		}
	})
}

func TestWhoHasNoTurnAsksSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, team := range []*oneTeam{{}, {err: errors.New("the log is out of reach")}} {
			p := pacer(team, 0.99)
			if got := paused(t, p); got > poll.Slow || got < poll.Slow*9/10 {
				t.Errorf("it waits %v", got)
			}
			if team.claims < 10 {
				t.Errorf("it looked for the turn %d times only", team.claims)
			}
			p.Found("SM1")
			if len(team.hints) > 0 || p.State().Turn {
				t.Errorf("it hints %v, %+v", team.hints, p.State())
			}
		}
	})
}

func TestATurnThatWasLostIsNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, lose := range []func(*oneClaim){
			func(c *oneClaim) { c.lost = true },
			func(c *oneClaim) { c.failing = errors.New("no network"); c.until = time.Time{} },
		} {
			team := &oneTeam{give: &oneClaim{}}
			p := pacer(team, 0.5)
			paused(t, p)
			lose(team.give)
			team.give = nil
			p.Found("SM1")
			if got := paused(t, p); got <= quick || len(team.hints) > 0 {
				t.Errorf("it waits %v and hints %v", got, team.hints)
			}
		}
	})
}

func TestAProviderThatIsShortOfBudgetIsAskedSeldomByAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pacer(&oneTeam{}, 0.5)
		began := time.Now()
		if err := p.Next(t.Context(), time.Hour); err != nil || time.Since(began) < time.Hour*4/5 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestAHintHasTheChannelAskedAtOnceAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		team := &oneTeam{newest: "SM0"}
		p := pacer(team, 0.5)
		if got := paused(t, p); got < poll.Slow/2 {
			t.Errorf("what was hinted at before the start wakes it after %v", got)
		}
		hint := func(newest string) {
			time.AfterFunc(20*time.Second, func() { team.set(newest); p.LogChanged() })
		}
		hint("SM1")
		if got := paused(t, p); got != 21*time.Second {
			t.Errorf("a hint wakes it after %v", got)
		}
		hint("SM1")
		if got := paused(t, p); got < poll.Slow/2 {
			t.Errorf("the same hint again wakes it after %v", got)
		}
		p.Found("SM2") // by its own poll, before the hint arrives
		hint("SM2")
		if got := paused(t, p); got < poll.Slow/2 {
			t.Errorf("a hint at what it has wakes it after %v", got)
		}
		team.set("SM3") // while it was asking
		if got := paused(t, p); got != time.Second {
			t.Errorf("a hint that came before is heard after %v", got)
		}
	})
}

// Of what a poller's own member sent nobody hints: the log tells of it, and asks.
func TestAWishHasTheChannelAskedAtOnceAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pacer(&oneTeam{}, 0.5)
		time.AfterFunc(20*time.Second, func() { p.Ask(); p.Ask() })
		if got := paused(t, p); got != 21*time.Second {
			t.Errorf("a wish wakes it after %v", got)
		}
		if got := paused(t, p); got < poll.Slow/2 {
			t.Errorf("it is asked again after %v", got)
		}
		p.Ask() // while it was asking
		if got := paused(t, p); got != time.Second {
			t.Errorf("a wish that came before is heard after %v", got)
		}
	})
}

func TestAPollIsHintedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		team := &oneTeam{give: &oneClaim{}}
		p := pacer(team, 0.5)
		paused(t, p)
		p.Found("SM1")
		p.Found("SM1")
		p.Found("")
		want := "SM1"
		if got := strings.Join(team.hints, " "); got != want {
			t.Errorf("told %q, want %q", got, want)
		}
		p.Found("SM2") // something newer in the same poll waits for its end
		p.Found("SM3")
		if got := strings.Join(team.hints, " "); got != want {
			t.Errorf("told %q, want %q", got, want)
		}
		paused(t, p)
		paused(t, p)
		if got, want := strings.Join(team.hints, " "), "SM1 SM3"; got != want {
			t.Errorf("told %q, want %q", got, want)
		}
		p.Found(strings.Repeat("m", 1000))
		if last := team.hints[len(team.hints)-1]; len(last) > 100 || !strings.HasPrefix(last, "sha256:") {
			t.Errorf("a long name is told as %q", last)
		}
	})
}

func TestWakingAsksAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pacer(&oneTeam{}, 0.5)
		time.AfterFunc(7*time.Second, p.Wake)
		if got := paused(t, p); got != 7*time.Second {
			t.Errorf("woken after %v", got)
		}
		if got := paused(t, p); got < poll.Slow/2 {
			t.Errorf("it stays awake: %v", got)
		}
		ctx, end := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, end)
		if err := p.Next(ctx, quick); !errors.Is(err, context.Canceled) {
			t.Errorf("the end gives %v", err)
		}
	})
}

// wall is a clock on the wall, which can be set while a pause runs on.
type wall struct{ set atomic.Int64 }

func (w *wall) Now() time.Time                         { return time.Now().Add(time.Duration(w.set.Load())) }
func (w *wall) After(d time.Duration) <-chan time.Time { return time.After(d) }

// The wall clock of a computer jumps: by sleep, by hand, by the demo.
func TestAClockThatJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for jump, most := range map[time.Duration]time.Duration{25 * time.Hour: time.Minute, -25 * time.Hour: poll.Slow + 2*time.Minute} {
			clock := &wall{}
			p := poll.New(poll.Config{Channel: "wa", Team: &oneTeam{}, Clock: clock, Rand: func() float64 { return 0.5 }})
			time.AfterFunc(7*time.Second, func() { clock.set.Store(int64(jump)) })
			if got := paused(t, p); got > most || got < 7*time.Second {
				t.Errorf("after a jump of %v it asks after %v", jump, got)
			}
		}
	})
}
