package notify

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// mostAtOnce is how many conversations one burst may notify of, each by itself;
// more become one digest.
const mostAtOnce = 3

// item is a row that is due, with its event and what is decided about it.
type item struct {
	row     inbox.NotificationRecord
	event   heard
	verdict inbox.Verdict
}

// settle decides what is due, stores it, shows what is to be shown, and stores
// what became of that. A failure before anything was shown leaves the rows due.
func (n *Notify) settle(ctx context.Context, t *todo) error {
	now := n.cfg.Clock.Now()
	items, err := n.dueItems(ctx, t, now)
	if err != nil || len(items) == 0 {
		return err
	}
	if err := n.judge(ctx, items, t, now); err != nil {
		return err
	}
	rows := make([]inbox.NotificationRecord, len(items))
	for i := range items {
		items[i].row = decided(items[i], now)
		rows[i] = items[i].row
	}
	if err := n.save(ctx, rows); err != nil {
		return err
	}
	for _, it := range items {
		delete(n.events, it.row.EventID)
		if !it.row.Due.IsZero() {
			n.dueBy(it.row.Due)
		}
		if it.row.Outcome == inbox.OutcomeSuppressed && it.row.Decided.Equal(now) {
			title, body := n.single(it.event.NotificationEvent, 1)
			n.cfg.Emit(Told{it.row, title, body})
		}
	}
	n.showAll(ctx, items)
	return nil
}

// dueItems gives the rows that are due, oldest event first, and notes when the
// others are.
func (n *Notify) dueItems(ctx context.Context, t *todo, now time.Time) ([]item, error) {
	rows, err := n.cfg.Store.WaitingNotifications(ctx, inbox.MediumDesktop)
	if err != nil {
		return nil, err
	}
	n.next = time.Time{}
	n.keepEvents(rows)
	// What came after the first of a burst is decided with it.
	over := slices.ContainsFunc(rows, func(r inbox.NotificationRecord) bool { return isGathered(r) && !r.Due.After(now) })
	var items []item
	for _, r := range rows {
		switch {
		case r.Due.IsZero(): // being shown
		case over && isGathered(r), isDue(r, t, now):
			h, err := n.eventOf(ctx, r, now)
			if err != nil {
				return nil, err
			}
			items = append(items, item{row: r, event: h})
		default:
			n.dueBy(r.Due)
		}
	}
	slices.SortStableFunc(items, func(a, b item) int {
		if c := a.row.At.Compare(b.row.At); c != 0 {
			return c
		}
		return strings.Compare(a.row.EventID, b.row.EventID)
	})
	return items, nil
}

// keepEvents forgets what was heard of and has no row that waits any more: its
// conversation was deleted, and its text with it (R12).
func (n *Notify) keepEvents(rows []inbox.NotificationRecord) {
	waits := make(map[string]bool, len(rows))
	for _, r := range rows {
		waits[r.EventID] = true
	}
	maps.DeleteFunc(n.events, func(id string, _ heard) bool { return !waits[id] })
}

// mostHeld is longer than anything holds rows back: quiet hours that follow each
// other end, or are looked at again, after eight days.
const mostHeld = 9 * 24 * time.Hour

// isDue: its time has come, its conversation was opened, or what held it back may
// have gone. A row that waits for longer than a burst lasts, or than anything is
// held back, was written before the clock was set back.
func isDue(r inbox.NotificationRecord, t *todo, now time.Time) bool {
	if !r.Due.After(now) || t.read(r) {
		return true
	}
	if isHeld(r) {
		return t.settings || r.Due.Sub(now) > mostHeld
	}
	return r.Due.Sub(now) > settle
}

// read says whether the row's conversation was opened since there was the row.
func (t *todo) read(r inbox.NotificationRecord) bool {
	at, opened := t.opened[r.Conversation]
	return opened && !at.Before(r.Decided)
}

// isHeld tells rows that quiet hours or a pause held back from those of a burst.
func isHeld(r inbox.NotificationRecord) bool { return r.Outcome != inbox.OutcomeWaiting }

// isGathered tells rows of a burst that is not decided yet.
func isGathered(r inbox.NotificationRecord) bool { return !isHeld(r) && !r.Due.IsZero() }

// eventOf gives a row's event: as it was heard of or, later and after another
// start, as the cache knows it. Heard of is then now: it is no news any more.
//
// Of a reply window the cache is always asked: it may have moved since.
func (n *Notify) eventOf(ctx context.Context, r inbox.NotificationRecord, now time.Time) (heard, error) {
	h, told := n.events[r.EventID]
	if told && !h.Closing() {
		return h, nil
	}
	e, known, err := n.cfg.Store.Event(ctx, r)
	switch {
	case err != nil:
		return heard{}, err
	case !known && told:
		h.Over = true
		return h, nil
	case !known:
		e = fromRow(r)
	case told:
		now = h.at
	}
	return heard{e, now}, nil
}

// fromRow makes the event of what its row kept of it.
func fromRow(r inbox.NotificationRecord) inbox.NotificationEvent {
	e := inbox.NotificationEvent{
		ID: r.EventID, Conversation: r.Conversation, Channel: r.Channel, At: r.At, From: inbox.Address{Address: r.Contact},
		Over: true, // of a window: its conversation is gone
	}
	return e.As(r.Occasion, r.Member)
}

// judge decides each item by itself, and then what they are together (R20).
func (n *Notify) judge(ctx context.Context, items []item, t *todo, now time.Time) error {
	unread, err := n.cfg.Store.UnreadIn(ctx, conversations(items))
	if err != nil {
		return err
	}
	for i := range items {
		it := &items[i]
		read := !unread[it.row.Conversation]
		if !it.event.News() { // it leaves nothing unread: opening it is reading it
			read = t.read(it.row)
		}
		it.verdict = n.decide(it, read, now)
	}
	if shown := slices.DeleteFunc(slices.Clone(items), item.hidden); len(conversations(shown)) > mostAtOnce {
		for i := range items {
			if v := &items[i].verdict; v.Do == inbox.DoShow {
				*v = inbox.Verdict{Do: inbox.DoGather, Reason: inbox.ReasonDigest}
			}
		}
	}
	return nil
}

func (n *Notify) decide(it *item, read bool, now time.Time) inbox.Verdict {
	if it.row.Member != n.me.ID { // this computer is somebody else's now
		return inbox.Verdict{Reason: inbox.ReasonRemoved}
	}
	open, focused := n.inFront(it.row.Conversation)
	v := inbox.DecideNotification(inbox.NotificationFacts{
		Event: it.event.NotificationEvent, Medium: inbox.MediumDesktop, Member: n.me,
		Now: now.In(n.cfg.Zone), HeardAt: it.event.at, Since: n.cfg.Since(),
		Open: open, Focused: focused, Read: read,
	})
	switch {
	case v == inbox.Verdict{}: // it was about the member, and is no more
		v.Reason = inbox.ReasonRead
	case isHeld(it.row) && (v.Do == inbox.DoShow || v.Do == inbox.DoGather):
		v = inbox.Verdict{Do: inbox.DoGather, Reason: inbox.ReasonDigest}
	}
	return v
}

// hidden: nobody sees anything of it now.
func (it item) hidden() bool {
	return it.verdict.Do != inbox.DoShow && it.verdict.Do != inbox.DoGather
}

// inFront gives what is open in a window that has the focus: the conversation
// that is asked about, if it is open in any of them.
func (n *Notify) inFront(conversation inbox.Key) (open inbox.Key, focused bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, open = range n.focused {
		if open == conversation {
			break
		}
	}
	return open, len(n.focused) > 0
}

// decided is the row after the decision and before anything is shown.
func decided(it item, now time.Time) inbox.NotificationRecord {
	r, v := it.row, it.verdict
	if isHeld(r) && v.Do == inbox.DoHold && v.Reason == r.Reason {
		r.Due = v.Until // nothing new but how long
		return r
	}
	r.Reason, r.Due, r.Decided = v.Reason, v.Until, now
	r.Outcome = inbox.OutcomeSuppressed
	if !it.hidden() {
		r.Outcome, r.Reason = inbox.OutcomeWaiting, inbox.ReasonNone
	}
	return r
}

// conversations are those of some items, each once.
func conversations(items []item) []inbox.Key {
	var keys []inbox.Key
	seen := map[inbox.Key]bool{}
	for _, it := range items {
		if key := it.row.Conversation; !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}
