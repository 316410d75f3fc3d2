package alerts_test

import (
	"context"
	"errors"
	"time"

	"postvak/backend/alerts"
	"postvak/backend/inbox"
)

// rowKey is what makes a row of the history one.
type rowKey struct {
	event  string
	member inbox.MemberID
}

// cache is a desk's database: it outlives the program.
type cache struct {
	d     *desk
	rows  map[rowKey]inbox.NotificationRecord
	order []rowKey
	full  bool // the disk refuses to write
}

var errFull = errors.New("the disk is full")

func (c *cache) AddNotifications(_ context.Context, rows []inbox.NotificationRecord) ([]inbox.NotificationRecord, error) {
	c.d.w.step(c.d)
	if c.full {
		return nil, errFull
	}
	var fresh []inbox.NotificationRecord
	for _, row := range rows {
		key := rowKey{row.EventID, row.Member}
		if _, there := c.rows[key]; !there {
			c.rows[key] = row
			c.order = append(c.order, key)
			fresh = append(fresh, row)
		}
	}
	c.d.w.step(c.d)
	return fresh, nil
}

func (c *cache) SetNotifications(_ context.Context, rows []inbox.NotificationRecord) error {
	c.d.w.step(c.d)
	if c.full {
		return errFull
	}
	for _, row := range rows {
		if _, there := c.rows[rowKey{row.EventID, row.Member}]; there {
			c.rows[rowKey{row.EventID, row.Member}] = row
		}
	}
	c.d.w.step(c.d)
	return nil
}

func (c *cache) WaitingNotifications(context.Context, inbox.Medium) (all []inbox.NotificationRecord, err error) {
	for _, key := range c.order {
		if row := c.rows[key]; row.Outcome == inbox.OutcomeWaiting || !row.Due.IsZero() {
			all = append(all, row)
		}
	}
	return all, nil
}

// HasSeen is known as soon as the log was read.
func (c *cache) HasSeen(_ context.Context, row inbox.NotificationRecord) (bool, error) {
	read, ok := c.d.w.reads[readKey{local(row.Conversation), row.Member}]
	return ok && !read.Before(row.At) && !c.d.offline, nil
}

func (c *cache) AlertsSince(_ context.Context, m inbox.MemberID, contact string, since time.Time) (n int, err error) {
	told := map[string]bool{}
	for _, row := range c.rows {
		if row.Member == m && row.Contact == contact && !row.Decided.Before(since) &&
			(row.Outcome == inbox.OutcomeSent || row.Outcome == inbox.OutcomeUnknown) {
			told[alerts.WorkOf(row)] = true
		}
	}
	return len(told), nil
}

func (c *cache) Event(_ context.Context, row inbox.NotificationRecord) (inbox.NotificationEvent, bool, error) {
	for _, e := range c.d.w.events {
		if e.ID == row.EventID && !c.d.w.deleted[e.Conversation] {
			e.Conversation = row.Conversation
			return e, true, nil
		}
	}
	return inbox.NotificationEvent{}, false, nil
}
