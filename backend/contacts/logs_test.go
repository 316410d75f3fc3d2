package contacts_test

import (
	"context"

	"postvak/backend/contacts"
	"postvak/backend/teamlog"
)

type teamNote = teamlog.BookNote

// breaking takes so many batches and no more.
type breaking struct {
	*memory
	left int
}

func (b *breaking) Decide(ctx context.Context, events ...teamlog.Event) ([]contacts.Outcome, error) {
	if b.left--; b.left < 0 {
		return nil, errDisk
	}
	return b.memory.Decide(ctx, events...)
}

// counting is an empty book that only counts what is decided.
type counting struct {
	*memory
	n, most int
}

func newCounting() *counting { return &counting{memory: newMemory()} }

func (c *counting) book() *contacts.Book { return bookOf(c, c) }

func (c *counting) Decide(_ context.Context, events ...teamlog.Event) ([]contacts.Outcome, error) {
	c.n, c.most = c.n+len(events), max(c.most, len(events))
	return make([]contacts.Outcome, len(events)), nil
}
