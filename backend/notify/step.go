package notify

import (
	"context"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// mentionedFor is how old an event from before this desktop's time may be to be
// in the history all the same; the rest would be a team's whole past.
const mentionedFor = time.Hour

// step does what was asked for and what is due. What the store could not take
// is done again later.
func (n *Notify) step(ctx context.Context) {
	t := n.take()
	n.me = n.cfg.Me()
	n.withdraw(t)
	err := n.catchUp(ctx)
	if err == nil {
		if err = n.record(ctx, t.heard); err == nil {
			t.heard = nil
		}
	}
	now := n.cfg.Clock.Now()
	due := !n.next.IsZero() && !n.next.After(now)
	if err == nil && (due || t.settings || len(t.opened) > 0) {
		err = n.settle(ctx, &t)
	}
	if err == nil {
		return
	}
	n.putBack(t)
	n.next = now.Add(retry)
	if ctx.Err() == nil {
		n.cfg.Log.Warn("notifications wait for the store", "error", err.Error())
	}
}

// catchUp stores what could not be stored before and, once, closes the rows of
// what a program that was killed may have shown.
func (n *Notify) catchUp(ctx context.Context) error {
	if err := n.save(ctx, nil); err != nil || n.recovered {
		return err
	}
	rows, err := n.cfg.Store.WaitingNotifications(ctx, inbox.MediumDesktop)
	if err != nil {
		return err
	}
	var stopped []inbox.NotificationRecord
	for _, r := range rows {
		if !r.Due.IsZero() {
			n.dueBy(r.Due)
			continue
		}
		r.Outcome, r.Reason = inbox.OutcomeFailed, inbox.ReasonStoppedBefore
		stopped = append(stopped, r)
	}
	if err := n.save(ctx, stopped); err != nil {
		return err
	}
	n.recovered = true
	return nil
}

// save stores rows after those that it owes the store.
func (n *Notify) save(ctx context.Context, rows []inbox.NotificationRecord) error {
	rows = append(slices.Clip(n.unsaved), rows...)
	if len(rows) == 0 {
		return nil
	}
	if err := n.cfg.Store.SetNotifications(ctx, rows); err != nil {
		return err
	}
	n.unsaved = nil
	n.cfg.Changed()
	return nil
}

// record gives each event its row, before anything is done about it. Those that
// had one are known already: a rewind of the mailbox, or another start.
func (n *Notify) record(ctx context.Context, all []heard) error {
	byID := map[string]heard{}
	var rows []inbox.NotificationRecord
	for _, h := range all {
		if _, twice := byID[h.ID]; !twice && n.matters(h) {
			byID[h.ID] = h
			rows = append(rows, rowOf(h, n.me.ID))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	fresh, err := n.cfg.Store.AddNotifications(ctx, rows)
	for _, r := range fresh {
		n.events[r.EventID] = byID[r.EventID]
		n.dueBy(r.Due)
	}
	return err
}

// matters leaves out what is nothing to the member, and the past of a team that
// this desktop has just joined.
func (n *Notify) matters(h heard) bool {
	if n.me.ID == "" || h.ID == "" || h.OccasionFor(n.me.ID) == "" {
		return false
	}
	return !h.At.Before(n.cfg.Since()) || h.at.Sub(h.At) <= mentionedFor
}

func rowOf(h heard, me inbox.MemberID) inbox.NotificationRecord {
	row := h.RecordFor(me, inbox.MediumDesktop)
	row.Due, row.Decided = h.at.Add(settle), h.at
	return row
}

// dueBy makes sure that the goroutine looks at that time.
func (n *Notify) dueBy(at time.Time) {
	if n.next.IsZero() || at.Before(n.next) {
		n.next = at
	}
}

// putBack keeps what could not be done. While the store refuses for good, the
// oldest events are given up: they are in the list of conversations anyway.
func (n *Notify) putBack(t todo) {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := append(t.heard, n.todo.heard...)
	if over := len(all) - mostHeard; over > 0 {
		n.cfg.Log.Warn("events without a notification", "count", over)
		all = all[over:]
	}
	n.todo.heard = all
	n.todo.settings = n.todo.settings || t.settings
	for key, at := range t.opened {
		n.todo.open(key, at)
	}
}

// withdraw takes down what was read, closed or looked past.
func (n *Notify) withdraw(t todo) {
	for key := range t.opened {
		n.drop(string(key))
	}
	for _, slot := range t.closed {
		n.drop(slot)
	}
	if t.looked && n.digest.count > 0 {
		n.drop(SlotDigest)
	}
}

// drop takes down a slot's notification.
func (n *Notify) drop(slot string) {
	n.cfg.Desk.Withdraw(slot)
	n.forget(slot)
}
