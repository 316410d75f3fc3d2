package imaplog

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"postvak/backend/imap"
	"postvak/backend/teamlog"
)

// batchSize is how many messages are on their way at a time.
const batchSize = 200

// pipeline fetches messages and hands them over in the order of their UIDs.
func (r *reading) pipeline(ctx context.Context, uids []uint32) error {
	type batch struct {
		items []imap.Item
		err   error
	}
	fetched := make(chan batch, 1)
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(fetched)
		for some := range slices.Chunk(uids, batchSize) {
			items, err := r.fetch(ctx, some)
			select {
			case fetched <- batch{items, err}:
			case <-stop:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	defer func() { close(stop); <-done }()
	for b := range fetched {
		if err := r.giveAll(b.items); err != nil {
			return err
		}
		if b.err != nil {
			return b.err
		}
	}
	return nil
}

// batch fetches some messages and hands them over.
func (r *reading) batch(ctx context.Context, uids []uint32) error {
	items, err := r.fetch(ctx, uids)
	if given := r.giveAll(items); given != nil {
		return given
	}
	return err
}

// fetch gets some messages, in the order of their UIDs. With an error it gives
// those before the first that is missing.
func (r *reading) fetch(ctx context.Context, uids []uint32) ([]imap.Item, error) {
	items := make([]imap.Item, 0, len(uids))
	err := r.lk.conn.Fetch(ctx, uids, imap.WantBody, func(item imap.Item) error {
		items = append(items, recordOnly(item))
		return nil
	})
	slices.SortFunc(items, func(a, b imap.Item) int { return cmp.Compare(a.UID, b.UID) })
	if err != nil {
		items = complete(items, uids)
	}
	return items, err
}

// complete keeps items as long as they are what was asked for: what a broken
// fetch left out may still come.
func complete(items []imap.Item, uids []uint32) []imap.Item {
	for i, item := range items {
		if item.UID != uids[i] {
			return items[:i]
		}
	}
	return items
}

func (r *reading) giveAll(items []imap.Item) error {
	for _, item := range items {
		if err := r.give(item); err != nil {
			return err
		}
	}
	return nil
}

// recordID is the id that a record's author gave it, "" of no record.
func recordID(record []byte) string {
	if len(record) == 0 {
		return ""
	}
	if _, payload, found := bytes.Cut(record, []byte("\n")); found {
		return teamlog.RecordID(payload)
	}
	return teamlog.RecordID(record)
}
