package app

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"postvak/backend/run"
)

func TestBurstsAreJoinedAndNothingIsLost(t *testing.T) {
	clock := run.NewManual(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	h := newHub(clock)
	group := run.NewGroup(t.Context())
	group.Go("deliver", h.deliver)
	defer group.Stop()
	var mu sync.Mutex
	told := map[string]bool{}
	times := []time.Time{}
	arrived := make(chan struct{}, 1000)
	h.subscribe(func(e event) {
		mu.Lock()
		defer mu.Unlock()
		times = append(times, clock.Now())
		for _, id := range e.payload.(InboxChanged).ConversationIDs {
			told[id] = true
		}
		arrived <- struct{}{}
	})
	const bursts, each = 20, 50
	for burst := range bursts {
		for i := range each {
			h.emit("inbox.changed", InboxChanged{ConversationIDs: []string{fmt.Sprint(burst, "/", i)}, Sections: []string{"mine"}})
		}
		if burst == 0 {
			<-arrived // the very first goes at once
		}
		clock.BlockUntil(1)
		clock.Advance(eventSpacing)
		<-arrived
	}
	mu.Lock()
	defer mu.Unlock()
	for i := 1; i < len(times); i++ {
		if gap := times[i].Sub(times[i-1]); gap < eventSpacing {
			t.Errorf("two events %v apart", gap)
		}
	}
	if len(told) != bursts*each {
		t.Errorf("%d of %d conversations were told of", len(told), bursts*each)
	}
	if len(times) > bursts+1 {
		t.Errorf("%d events for %d bursts", len(times), bursts)
	}
}

// Each notification tells of something else: all of them are told, in order and
// no faster than the rest; what nobody could ever hear out is given up.
func TestNotificationsWaitForTheirTurn(t *testing.T) {
	clock := run.NewManual(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	h := newHub(clock)
	var told []string
	h.subscribe(func(e event) { told = append(told, e.payload.(Notification).Title) })
	emit := func(n int) {
		for i := range n {
			h.emit("notification", Notification{Title: fmt.Sprint(i)})
		}
	}
	emit(4)
	if len(told) != 1 {
		t.Errorf("at once: %v", told)
	}
	for range 3 {
		if wait, waits := h.flush(); !waits || wait != eventSpacing {
			t.Errorf("waits %v, %v", wait, waits)
		}
		clock.Advance(eventSpacing)
		h.flush()
	}
	if fmt.Sprint(told) != "[0 1 2 3]" {
		t.Errorf("told %v", told)
	}
	if _, waits := h.flush(); waits {
		t.Error("something waits still")
	}
	emit(3 * mostQueued)
	if waiting := h.kinds["notification"].waiting; len(waiting) != mostQueued || waiting[mostQueued-1].(Notification).Title != fmt.Sprint(3*mostQueued-1) {
		t.Errorf("%d wait", len(waiting))
	}
}

func TestTheFirstEventOfAKindGoesAtOnce(t *testing.T) {
	h := newHub(run.NewManual(time.Now()))
	var names []string
	h.subscribe(func(e event) { names = append(names, e.name) })
	h.emit("team.changed", Ping{})
	h.emit("outbox.changed", Ping{})
	h.emit("outbox.changed", Ping{})
	if fmt.Sprint(names) != "[team.changed outbox.changed]" {
		t.Errorf("sent at once: %v", names)
	}
}
