package pipedrive_test

import (
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/pipedrive"
	"postvak/backend/sandbox/crmserver"
)

// asked says how many requests reach the server while do runs.
func (r *rig) asked(do func()) int {
	before := len(r.server.Requests())
	do()
	return len(r.server.Requests()) - before
}

func (r *rig) refused(want time.Duration, says string) {
	r.t.Helper()
	_, err := r.FindPerson(r.ctx, "somebody@x.example", "", "")
	if inbox.CodeOf(err) != inbox.Unavailable || retryAfter(err) != want || !strings.Contains(err.Error(), says) {
		r.t.Errorf("retry after %v, not %v: %v", retryAfter(err), want, err)
	}
}

func TestNothingIsAskedUntilThen(t *testing.T) {
	for _, c := range []struct {
		name    string
		failure crmserver.Failure
		wait    time.Duration
		again   time.Duration // after the next refusal
		says    string
	}{
		{"a number of seconds", crmserver.TooMany, 7 * time.Second, 7 * time.Second, "at once"},
		{"nothing said", crmserver.TooManyBare, 2 * time.Second, 4 * time.Second, "at once"},
		{"shut out", crmserver.Capped, 15 * time.Minute, 30 * time.Minute, "shut this computer out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := open(t, crmserver.Config{})
			on := ref(inbox.Person, r.server.AddPerson(crmserver.Person{Name: "Jan"}))
			if _, err := r.Me(r.ctx); err != nil {
				t.Fatal(err)
			}
			r.server.Fail("", c.failure, 2)
			r.refused(c.wait, c.says)
			if q := r.Quota(); q.Waiting == "" || !q.Until.Equal(noon.Add(c.wait)) {
				t.Errorf("%+v", q)
			}
			r.clock.Advance(c.wait - time.Second)
			if n := r.asked(func() { r.refused(time.Second, c.says) }); n != 0 {
				t.Errorf("%d requests while it was to be left alone", n)
			}
			r.clock.Advance(time.Second)
			r.refused(c.again, c.says)
			r.clock.Advance(c.again)
			if _, err := r.Get(r.ctx, on); err != nil {
				t.Error(err)
			}
			if q := r.Quota(); q.Waiting != "" || !q.Until.IsZero() {
				t.Errorf("%+v", q)
			}
			r.server.Fail("", c.failure, 1)
			r.refused(c.wait, c.says) // an answer in between: it begins anew
		})
	}
}

// Who goes on after 429 is shut out; this client never does.
func TestIsNeverShutOut(t *testing.T) {
	r := open(t, crmserver.Config{DailyTokens: 30})
	for range 200 {
		_, _ = r.Find(r.ctx, inbox.Person, "jan", 5)
		_, err := r.FindPerson(r.ctx, "jan@x.example", "", "")
		if err != nil && strings.Contains(err.Error(), "shut") {
			t.Fatal(err)
		}
		r.clock.Advance(time.Minute)
	}
	if n := r.server.Asked("GET", "/api/v2/persons"); n > 15 {
		t.Errorf("%d searches in three hours without tokens", n)
	}
}

func TestBudget(t *testing.T) {
	r := open(t, crmserver.Config{DailyTokens: 50})
	if q := r.Quota(); q.Known {
		t.Errorf("known before anything was asked: %+v", q)
	}
	if _, err := r.Find(r.ctx, inbox.Person, "jan", 5); err != nil { // 20, and 2 for who it is
		t.Fatal(err)
	}
	if q := r.Quota(); q != (pipedrive.Quota{Limit: 50, Left: 28, Known: true}) {
		t.Errorf("%+v", q)
	}
	if n := r.asked(func() {
		for range 3 {
			for _, text := range []string{"jan", "JAN", " jan "} {
				if _, err := r.Find(r.ctx, inbox.Person, text, 5); err != nil {
					t.Fatal(err)
				}
			}
		}
	}); n != 0 {
		t.Errorf("the same search was asked %d times more", n)
	}
	r.clock.Advance(10 * time.Minute)
	if n := r.asked(func() { _, _ = r.Find(r.ctx, inbox.Person, "jan", 5) }); n != 1 {
		t.Errorf("after ten minutes it was asked %d times", n)
	}
	_, err := r.Find(r.ctx, inbox.Deal, "roof", 5)
	if retryAfter(err) != 30*time.Minute || !strings.Contains(err.Error(), "tokens of today") {
		t.Errorf("%v: %v", retryAfter(err), err)
	}
	r.clock.Advance(12 * time.Hour) // another day
	if _, err := r.Find(r.ctx, inbox.Deal, "roof", 5); err != nil {
		t.Error(err)
	}
}

// A burst that is used up costs a moment, not an error.
func TestBurstIsWaitedFor(t *testing.T) {
	r := open(t, crmserver.Config{Burst: 3})
	on := ref(inbox.Person, r.server.AddPerson(crmserver.Person{Name: "Jan"}))
	done := make(chan error, 1)
	go func() {
		for range 6 {
			if _, err := r.ReadNote(r.ctx, on, "1"); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for range 2 { // one and six requests: two pauses
		r.clock.BlockUntil(1)
		r.clock.Advance(2 * time.Second)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := len(r.server.Requests()); n != 7 {
		t.Errorf("%d requests", n)
	}
	for _, q := range r.server.Requests() {
		if q.Status == 429 {
			t.Error("one was refused")
		}
	}
}

// A clock that was set back does not make the pause longer than a day.
func TestClockSetBack(t *testing.T) {
	r := open(t, crmserver.Config{})
	on := ref(inbox.Person, r.server.AddPerson(crmserver.Person{Name: "Jan"}))
	r.server.Fail("", crmserver.TooMany, 1)
	if _, err := r.Get(r.ctx, on); err == nil {
		t.Fatal("nothing failed")
	}
	r.clock.Advance(-48 * time.Hour)
	if _, err := r.Get(r.ctx, on); err != nil {
		t.Error(err)
	}
}
