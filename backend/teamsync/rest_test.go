package teamsync_test

import (
	"testing"
	"time"

	"postvak/backend/run"
	"postvak/backend/teamsync"
)

// asked is a clock that tells how long it was asked to wait.
type asked struct {
	*run.Manual
	pauses chan time.Duration
}

func (a *asked) After(d time.Duration) <-chan time.Time {
	over := a.Manual.After(d)
	a.pauses <- d
	return over
}

// await returns when somebody waits for that long.
func (a *asked) await(d time.Duration) {
	for <-a.pauses != d {
	}
}

// follows starts a desktop as the program does, with a clock that tells.
func follows(t *testing.T, d *desktop) *asked {
	t.Helper()
	clock := &asked{d.clock, make(chan time.Duration, 10000)}
	cfg := d.config()
	cfg.Clock = clock
	d.sync = teamsync.New(cfg)
	group := run.NewGroup(t.Context())
	t.Cleanup(group.Stop)
	if err := d.sync.Start(t.Context(), group); err != nil {
		t.Fatal(err)
	}
	return clock
}

func TestPausesGrowWhileTheServerIsAway(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ben := m.desktops[1]
	ben.client.offline = true
	clock := follows(t, ben)
	for _, pause := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		clock.await(pause * time.Second)
		clock.Advance(pause * time.Second)
	}
}

func TestWakingTriesAtOnce(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	ann.note(t, "for ben")
	ann.exchange(t)
	ben.client.offline = true
	clock := follows(t, ben)
	clock.await(time.Second)
	ben.client.set(func(c *client) { c.offline = false })
	news := ben.sync.News()
	ben.sync.Wake()
	<-news
	wantNotes(t, ben, "for ben")
}

func TestWhatOthersDecideComesByItself(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	follows(t, ben)
	for _, text := range []string{"one", "two", "three"} {
		for want := len(ben.notes()) + 1; len(ben.notes()) < want; {
			news := ben.sync.News()
			if ann.phase(t).Pending == 0 && len(ann.notes()) < want {
				ann.note(t, text)
				ann.exchange(t)
			}
			if len(ben.notes()) < want {
				<-news
			}
		}
	}
	wantNotes(t, ben, "one", "two", "three")
}

// Another engine takes the place of one that hangs.
func TestAHangingEngineIsLeft(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	ann.note(t, "for ben")
	ann.exchange(t)
	hang := make(chan struct{})
	ben.client.set(func(c *client) { c.hang = hang })
	follows(t, ben)
	done := make(chan error, 1)
	other := &client{server: m.server, known: func() teamsync.Known { return ben.sync.Known() }}
	news := ben.sync.News()
	go func() { done <- ben.sync.Switch(t.Context(), other) }()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	<-news
	wantNotes(t, ben, "for ben")
}
