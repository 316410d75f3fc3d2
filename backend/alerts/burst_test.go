package alerts_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"postvak/backend/alerts"
	"postvak/backend/inbox"
)

// steps counts how many rows are noted at once.
type steps struct {
	alerts.Store
	rows []int
}

func (s *steps) AddNotifications(ctx context.Context, rows []inbox.NotificationRecord) ([]inbox.NotificationRecord, error) {
	s.rows = append(s.rows, len(rows))
	return s.Store.AddNotifications(ctx, rows)
}

// A burst in a big team is noted in small steps: whoever presses something
// meanwhile waits for one of them.
func TestABurstInABigTeam(t *testing.T) {
	w := newWorld(t)
	for i := range 50 {
		w.member(inbox.MemberID(fmt.Sprint("m", i)))
		w.members[i].Settings.Email = inbox.Bell{}
	}
	d := w.desk("m0-1", "m0")
	store := &steps{Store: d.cache}
	d.alerts = alerts.New(alerts.Config{Team: d, Store: store, Post: d, Clock: w})
	for i := range 300 {
		w.events = append(w.events, w.message(fmt.Sprint("e", i), inbox.Key(fmt.Sprint("k", i))))
	}
	w.pass(d)
	all := 0
	for _, n := range store.rows {
		all += n
		if n > 500 || n%50 != 0 {
			t.Errorf("%d rows at once", n)
		}
	}
	if all != 300*50 {
		t.Errorf("%d rows", all)
	}
}

// More is due at once than is sent at once: each has its turn, the longest due
// first, and what is due later does not push in.
func TestALongLineIsServedInItsOrder(t *testing.T) {
	w := team(t)
	d := w.desks["ann-1"]
	for i := range 30 {
		e := w.message(fmt.Sprintf("e%02d", i), inbox.Key(fmt.Sprintf("k%02d", i)))
		e.From.Address = fmt.Sprintf("c%d@customer.example", i)
		w.events = append(w.events, e)
		w.pass(d)
		w.now = w.now.Add(time.Millisecond)
	}
	w.now = w.now.Add(2 * alerts.Settle)
	for range 30 {
		w.pass(d)
	}
	var toAnn []string
	for _, l := range w.mail {
		if l.by == "ann-1" && l.mime.To[0].Address == "ann@bakery.example" {
			toAnn = append(toAnn, l.mark)
		}
	}
	if len(toAnn) != 30 {
		t.Fatalf("%d e-mails to Ann", len(toAnn))
	}
	for i, e := range w.events {
		if toAnn[i] != w.markOf(e, "ann") {
			t.Errorf("the e-mail about %s is not number %d", e.ID, i)
		}
	}
}
