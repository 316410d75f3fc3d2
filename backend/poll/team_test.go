package poll_test

import (
	"testing"
	"testing/synctest"
	"time"

	"postvak/backend/poll"
)

// known is how long a message may stay unknown to a desktop that runs and
// reaches the provider: the slow turn, one quick one, and what one look at log
// and provider may take.
const known = poll.Slow + quick*6/5 + 35*time.Second

// everybodyKnows checks, at the end, that no message came late to a desktop that
// could have asked.
func (w *world) everybodyKnows(within time.Duration) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for _, d := range w.desks {
		for i, came := range w.messages {
			since, has := d.known[i]
			switch {
			case d.up.IsZero() || d.up.After(came) || now.Sub(came) < within: // it may not know yet
			case !has || since.Sub(came) > within:
				w.t.Errorf("%s learns of message %d after %v (%v)", d.name, i, since.Sub(came), has)
			}
		}
	}
}

// ends switches everybody off.
func (w *world) ends() {
	for _, d := range w.desks {
		if d.program != nil {
			d.kill()
		}
	}
	time.Sleep(10 * time.Second) // what is on its way arrives
}

// A team at work: one desktop asks often, and the others have its news within
// moments.
func TestOnePollsAndAllKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, 3)
		for _, d := range w.desks {
			d.start()
		}
		time.Sleep(2 * time.Minute)
		began := time.Now()
		for range 200 {
			time.Sleep(w.upTo(time.Minute))
			w.message()
			if turns := w.turns(); len(turns) > 1 {
				t.Fatalf("%v ask often", turns)
			}
		}
		time.Sleep(time.Minute)
		w.everybodyKnows(35 * time.Second)
		w.ends()
		quickly := map[string]int{}
		for _, p := range w.polls {
			if p.quick && p.at.After(began) {
				quickly[p.by.name]++
			}
		}
		if len(quickly) != 1 || w.hints > 200 {
			t.Errorf("quick polls %v, %d hints for 200 messages", quickly, w.hints)
		}
	})
}

// When the one that asks often dies, everybody still asks, and after a lease
// another takes its place. It does not take it back.
func TestTheOneThatPollsDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 2, 3)
		for _, d := range w.desks {
			d.start()
		}
		time.Sleep(10 * time.Minute)
		holder := w.turns()
		for _, d := range w.desks {
			if d.name == holder[0] {
				d.kill()
				defer func() { w.ends() }()
				died := time.Now()
				for len(w.turns()) == 0 && time.Since(died) < time.Hour {
					w.message()
					time.Sleep(time.Second)
				}
				if took := time.Since(died); took > poll.Lease+time.Minute || took < poll.Lease/2 {
					t.Errorf("nobody asked often for %v", took)
				}
				next := w.turns()
				d.start()
				time.Sleep(20 * time.Minute)
				if now := w.turns(); len(now) != 1 || len(next) != 1 || now[0] != next[0] || now[0] == d.name {
					t.Errorf("after %v and %v: %v", holder, next, now)
				}
			}
		}
		w.everybodyKnows(known)
	})
}

// A team whose only desktop is started again does not wait for itself.
func TestTheOnlyDesktopIsStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 3, 1)
		w.desks[0].start()
		time.Sleep(time.Minute)
		w.desks[0].kill()
		w.desks[0].start()
		time.Sleep(time.Minute)
		if turns := w.turns(); len(turns) != 1 {
			t.Errorf("%v ask often", turns)
		}
		w.ends()
	})
}

// happen is one thing that happens to a team.
func (w *world) happen() {
	d := w.desks[int(w.upTo(time.Duration(len(w.desks))))]
	set := func(b *bool, v bool) {
		w.mu.Lock()
		*b = v
		w.mu.Unlock()
		d.reach()
	}
	switch what := int(w.upTo(20)); {
	case what < 9:
		w.message()
	case what == 9 && d.program != nil:
		d.kill()
	case what < 12 && d.program == nil:
		d.start()
	case what == 12:
		set(&d.logDown, true)
	case what == 13:
		set(&d.provDown, true)
	case what == 14 && d.program != nil:
		d.program.pacer.Wake()
	case what < 18:
		set(&d.logDown, false)
		set(&d.provDown, false)
		d.catchUp()
	}
	time.Sleep(w.upTo(4 * time.Minute))
}

// Whatever dies, sleeps and is cut off: at no moment two desktops ask often, and
// every desktop that can ask knows of every message in time.
func TestAnyTeamsHistory(t *testing.T) {
	histories := 1000
	if testing.Short() {
		histories = 100
	}
	for seed := range uint64(histories) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, seed, 2+int(seed%4))
			began := time.Now()
			events := 0
			for range 60 {
				w.happen()
				events++
				if turns := w.turns(); len(turns) > 1 {
					t.Errorf("%v ask often", turns)
				}
			}
			w.modest(time.Since(began), events)
			w.everybodyKnows(known)
			w.ends()
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// modest checks that a team asks a provider no more often than it may: one
// desktop often, and all of them slowly, for hints, and when something happened
// to them.
func (w *world) modest(in time.Duration, events int) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	often := int(in/(quick*4/5)) + 1
	each := int(in/(poll.Slow*4/5)) + 1 + w.hints + events
	if most := often + len(w.desks)*each; len(w.polls) > most {
		w.t.Errorf("%d polls in %v, %d would do", len(w.polls), in, most)
	}
}
