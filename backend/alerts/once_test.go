package alerts_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postvak/backend/alerts"
	"postvak/backend/inbox"
)

// troubledTeam is Ann with two desktops, Ben with one, and the office's, which
// stays on. All but that one break in every way.
func troubledTeam(t testing.TB, draw func(int) int) *world {
	w := team(t)
	w.member("office")
	w.desk("office-1", "office").steady = true
	w.draw = draw
	return w
}

// live lets a bad hour pass: mail comes, desktops go on and off, are cut off
// and killed, everybody at any moment of the others.
func (w *world) live() {
	w.faulty = true
	for range 20 {
		w.now = w.now.Add(time.Duration(1+w.draw(25)) * time.Second)
		w.happen()
		for _, name := range slices.Sorted(maps.Keys(w.desks)) {
			d := w.desks[name]
			w.change(d)
			if w.draw(3) != 1 || d.steady {
				d.enter(w)
			}
		}
	}
	w.faulty = false
	w.run(100*time.Minute, 20*time.Second)
}

// happen brings a message, an assignment, or a member who reads.
func (w *world) happen() {
	conversation := inbox.Key(fmt.Sprint("k", w.draw(2)))
	e := w.message(fmt.Sprint("e", len(w.events)), conversation)
	e.From.Address = e.ID + "@customer.example" // else they are soon too many
	switch w.draw(8) {
	case 1, 2, 3:
		w.events = append(w.events, e)
	case 4:
		e.Assignment, e.Assignee, e.By, e.Device = true, "ann", "ben", "ben-1"
		w.events = append(w.events, e)
	case 5:
		w.reads[readKey{conversation, "ann"}] = w.now
	}
}

// change switches a desktop on or off, or cuts it off.
func (w *world) change(d *desk) {
	if d.steady {
		return
	}
	switch w.draw(8) {
	case 1:
		d.alerts = nil
	case 2, 3:
		if d.alerts == nil {
			d.start()
		}
	case 4:
		d.offline = !d.offline
	case 5:
		d.noPost = !d.noPost
	}
}

// faults lists what must never be.
func (w *world) faults() (all []string) {
	wrong := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	office := w.desks["office-1"]
	if n := office.alerts.Jobs(); n != 0 {
		wrong("the office has %d alerts to see to after an hour and a half", n)
	}
	for _, e := range w.events {
		for _, m := range []inbox.MemberID{"ann", "ben", "office"} {
			if e.Assignment && e.Assignee != m {
				continue
			}
			copies, doubt := w.copies(e, m), w.doubt[w.markOf(e, m)]
			read, ok := w.reads[readKey{e.Conversation, m}]
			wanted := !ok || read.Before(e.At)
			if copies > 1 {
				wrong("%d e-mails to %s about %s", copies, m, e.ID)
			}
			if copies == 0 && wanted && !doubt {
				wrong("no e-mail to %s about %s, though the office was on: it says %s", m, e.ID, office.outcome(e, m))
			}
			for name, d := range w.desks {
				w.honest(d, e, m, copies, doubt, func(why string) { wrong("%s: %s about %s: %s", name, m, e.ID, why) })
			}
		}
	}
	return all
}

// honest says where a desktop's history tells what is not so (R19).
func (w *world) honest(d *desk, e inbox.NotificationEvent, m inbox.MemberID, copies int, doubt bool, wrong func(string)) {
	row, there := d.cache.rows[rowKey{e.ID, m}]
	if !there {
		return
	}
	on := d.alerts != nil && !d.offline
	switch {
	case row.Outcome == inbox.OutcomeWaiting && on:
		wrong("still open")
	case row.Outcome == inbox.OutcomeSent && copies == 0:
		wrong("sent, it says")
	case row.Outcome == inbox.OutcomeFailed && copies > 0:
		wrong("failed, it says")
	case row.Outcome == inbox.OutcomeUnknown && copies == 0 && !doubt:
		wrong("possibly sent, it says, but nobody began")
	case row.Reason == inbox.ReasonGrouped && copies == 0 && !doubt:
		wrong("grouped with nothing")
	}
}

// For each member, conversation and minute at most one e-mail goes out,
// whoever is killed, cut off or left without an answer, whenever; exactly one
// while some desktop stays on, unless one broke down in the very moment of
// handing it over (R18).
func TestNeverTwiceAndOnceWhileSomebodyIsOn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := troubledTeam(t, func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "") })
		w.live()
		for _, fault := range w.faults() {
			rt.Error(fault)
		}
	})
}

// chance draws from a seed, for tests that need many quick teams.
func chance(seed uint64) func(int) int {
	r := rand.New(rand.NewPCG(seed, 18))
	return r.IntN
}

// The same life without the word in the log before the last byte sends twice:
// the simulation finds it, so that its silence above means something. And it is
// not silent because everybody always dies: most e-mails do go.
func TestTheSimulationFindsDoubles(t *testing.T) {
	const lives = 300
	doubles, gone, doubts := 0, 0, 0
	for seed := range uint64(lives) {
		w := troubledTeam(t, chance(seed))
		w.live()
		if faults := w.faults(); len(faults) > 0 {
			t.Errorf("seed %d: %q", seed, faults)
		}
		gone, doubts = gone+len(w.mail), doubts+len(w.doubt)
		w = troubledTeam(t, chance(seed))
		w.unguarded = true
		w.live()
		if w.doubled() {
			doubles++
		}
	}
	if doubles < lives/50 {
		t.Errorf("without the guard only %d of %d lives had a double", doubles, lives)
	}
	if gone < 4*doubts {
		t.Errorf("%d e-mails went, and %d stayed in doubt: the lives are too hard to tell anything", gone, doubts)
	}
	t.Logf("%d lives: %d e-mails, %d in doubt; unguarded %d with a double", lives, gone, doubts, doubles)
}

func (w *world) doubled() bool {
	seen := map[string]bool{}
	for _, l := range w.mail {
		if seen[l.mark] {
			return true
		}
		seen[l.mark] = true
	}
	return false
}

// One desktop is killed at each of its steps in turn; the other member's
// desktop, which is on, does the rest.
func TestKilledAtEveryStep(t *testing.T) {
	unknown := 0
	for at := 1; ; at++ {
		w := team(t)
		w.desks["ann-2"].alerts = nil
		w.faulty = true
		w.desks["ben-1"].steady = true
		step, reached := 0, false
		w.draw = func(n int) int {
			if n != stepKinds || !w.desks["ann-1"].acting || w.desks["ben-1"].acting {
				return 0
			}
			if step++; step == at {
				reached = true
				return 1 // killed
			}
			return 0
		}
		e := w.message("e1", "k1")
		w.events = append(w.events, e)
		w.run(20*time.Minute, 5*time.Second)
		if !reached {
			if at < 8 {
				t.Fatalf("there are only %d steps", at-1)
			}
			break
		}
		copies, doubt := w.copies(e, "ann"), w.doubt[w.markOf(e, "ann")]
		if copies > 1 || copies == 0 && !doubt {
			t.Errorf("killed at step %d: %d e-mails", at, copies)
		}
		if got := w.desks["ben-1"].outcome(e, "ann"); got == "unknown/possibly_sent" {
			unknown++
		} else if got != "sent/" {
			t.Errorf("killed at step %d: Ben's history says %s", at, got)
		}
	}
	if unknown == 0 {
		t.Error("it was never killed with the last byte on its way")
	}
}

// While the log cannot be asked nobody sends: it might be the second time. Too
// late for an alert by then, the history says what was in the way.
func TestALogThatIsAwayForHours(t *testing.T) {
	w := team(t)
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.run(5*time.Second, 5*time.Second)
	for _, d := range w.desks {
		d.offline = true
	}
	w.run(2*time.Hour, 30*time.Second)
	if len(w.mail) != 0 {
		t.Errorf("%d e-mails", len(w.mail))
	}
	for _, d := range w.desks {
		d.offline = false
	}
	w.run(20*time.Minute, 30*time.Second)
	w.told(e, "ann", 0, "suppressed/no_log")
	w.told(e, "ben", 0, "suppressed/no_log")
}

// behind is a desktop that reads the log only when it asks for work.
type behind struct {
	*desk
	news func()
}

func (b behind) Claim(ctx context.Context, work string, lease time.Duration) (alerts.Claim, error) {
	b.news()
	return b.desk.Claim(ctx, work, lease)
}

// A desktop that reads the log seldom learns only by its own claim that the
// member read the conversation long ago: it sends nothing then.
func TestWhatAClaimBringsToLightCounts(t *testing.T) {
	w := team(t)
	w.desks["ann-1"].alerts, w.desks["ann-2"].alerts = nil, nil
	ben := w.desks["ben-1"]
	e := w.message("e1", "k1")
	asked := 0
	ben.alerts = alerts.New(alerts.Config{
		Team: behind{ben, func() { asked++; w.reads[readKey{e.Conversation, "ann"}] = e.At }}, Store: ben.cache, Post: ben, Clock: w,
		Words: func(_, sentence string) string { return sentence },
	})
	w.members[1].Settings.Email = inbox.Bell{}
	w.events = append(w.events, e)
	w.run(15*time.Minute, 5*time.Second)
	if got := ben.outcome(e, "ann"); got != "suppressed/read_meanwhile" || len(w.mail) != 0 || asked != 1 {
		t.Errorf("%s, %d e-mails, asked %d times", got, len(w.mail), asked)
	}
}
