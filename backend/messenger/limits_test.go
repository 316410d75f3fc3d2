package messenger_test

import (
	"strconv"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
)

// Never more than two calls begin in a second.
func TestTwoCallsASecond(t *testing.T) {
	r := open(t)
	ids := r.crowd(80, 12)
	r.mustPoll()
	for n := range 8 {
		if got := r.Send(r.ctx, rendered("7001", strconv.Itoa(n)), inbox.Permit{}, yes); got.Outcome != inbox.Accepted {
			t.Fatalf("%+v", got)
		}
		_, _ = r.Check(r.ctx)
	}
	r.all(ids)
	calls := r.server.Requests()
	if len(calls) < 30 {
		t.Fatalf("only %d calls", len(calls))
	}
	for i := 2; i < len(calls); i++ {
		if gap := calls[i].At.Sub(calls[i-2].At); gap < time.Second {
			t.Errorf("three calls in %v", gap)
		}
	}
}

// The more of the budget is used, the less often the page is asked.
func TestBudget(t *testing.T) {
	for _, c := range []struct {
		used int
		want time.Duration
	}{{0, 40 * time.Second}, {50, 40 * time.Second}, {51, 80 * time.Second}, {60, 80 * time.Second}, {75, 320 * time.Second}, {90, 640 * time.Second}, {100, 15 * time.Minute}, {5000, 15 * time.Minute}} {
		r := open(t)
		r.crowd(2, 2)
		r.server.SetUsage(c.used, 0)
		r.mustPoll()
		if got := r.pace.quick[0]; got != c.want {
			t.Errorf("%d %%: %v, want %v", c.used, got, c.want)
		}
		if used, until := r.Budget(); used != c.used || !until.IsZero() {
			t.Errorf("%d, %v", used, until)
		}
		r.server.SetUsage(0, 0)
		r.mustPoll()
		if got := r.pace.quick[1]; got != 40*time.Second {
			t.Errorf("afterwards %v", got)
		}
	}
}

// While Meta says that there is none, nothing is asked, a message waits, and
// then it goes on by itself.
func TestNoBudgetLeft(t *testing.T) {
	r := open(t)
	ids := r.crowd(2, 2)
	r.server.SetUsage(100, 12)
	if err := r.poll(1); inbox.CodeOf(err) != inbox.Unavailable {
		t.Fatal(err)
	}
	asked := len(r.server.Requests())
	if got := r.Send(r.ctx, rendered("7000", "Hello"), inbox.Permit{}, yes); got.Outcome != inbox.Later || got.After < 11*time.Minute || got.After > 12*time.Minute {
		t.Errorf("%+v", got)
	}
	if _, until := r.Budget(); until.IsZero() || len(r.server.Requests()) != asked {
		t.Errorf("%v, %d calls", until, len(r.server.Requests())-asked)
	}
	r.server.SetUsage(0, 0)
	r.clock.Advance(12 * time.Minute)
	r.mustPoll()
	r.all(ids)
}

// Each further refusal doubles the rest, to an hour; an answer forgets them.
func TestRefusalsInARow(t *testing.T) {
	r := open(t)
	r.server.Fail("", metaserver.GraphError(613, 0), -1)
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		_ = r.poll(1)
		_, until := r.Budget()
		if got := until.Sub(r.clock.Now()); got != want*time.Minute {
			t.Errorf("%v, want %d minutes", got, want)
		}
		r.clock.Advance(want * time.Minute)
	}
	r.server.Heal()
	r.mustPoll()
	r.server.Fail("", rest.TooManyBare, -1)
	_ = r.poll(1)
	if _, until := r.Budget(); until.Sub(r.clock.Now()) != time.Minute {
		t.Errorf("%v", until)
	}
	r.clock.Advance(-48 * time.Hour) // the computer's clock was set back
	r.server.Heal()
	r.mustPoll()
}
