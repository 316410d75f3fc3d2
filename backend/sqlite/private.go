package sqlite

import (
	"context"
	"database/sql"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// AddPrivate stores decisions about private channels (R31), which enter no log:
// each gets the next number of a book of their own, and Seen the one before,
// since one desktop writes it. It is on the disk when the call returns. Doing
// it again with the same ids changes nothing.
func (db *DB) AddPrivate(ctx context.Context, decisions []teamlog.Decision) (Changed, error) {
	return db.update(ctx, durable, func(t *tx) error {
		var n uint64
		if _, err := t.one("SELECT coalesce(max(n), 0) FROM decisions WHERE book = 1", nil, &n); err != nil {
			return err
		}
		for _, d := range decisions {
			known := false
			if err := t.each("SELECT 1 FROM decisions WHERE id = ?", []any{d.ID}, func(*sql.Rows) error { known = true; return nil }); err != nil {
				return err
			}
			if known {
				continue
			}
			n++
			d.N, d.Seen, d.Index, d.Pending = n, n-1, 0, false
			if err := t.putDecision(d, entering{book: bookPrivate}); err != nil {
				return err
			}
		}
		return nil
	})
}

// PrivateDecisions gives what was decided about a private channel's
// conversations, in order.
func (db *DB) PrivateDecisions(ctx context.Context, channel inbox.ChannelID) (all []teamlog.Decision, err error) {
	err = db.reading(ctx).each("SELECT id, book, n, idx, told, value FROM decisions WHERE book = 1 AND n IS NOT NULL ORDER BY n", nil,
		func(rows *sql.Rows) error {
			d, _, _, err := scanDecision(rows, decodeEvent)
			if err == nil && teamlog.Anchor(d.Event).Channel() == channel {
				all = append(all, d)
			}
			return err
		})
	return all, err
}

// DropPrivate forgets them: the channel was shared, and they were decided again
// in the team log.
func (db *DB) DropPrivate(ctx context.Context, channel inbox.ChannelID) (Changed, error) {
	all, err := db.PrivateDecisions(ctx, channel)
	if err != nil {
		return Changed{}, err
	}
	return db.update(ctx, durable, func(t *tx) error {
		for _, d := range all {
			if err := t.touchAll("SELECT conversation FROM decisions WHERE id = ? AND conversation IS NOT NULL", d.ID); err != nil {
				return err
			}
			if err := t.exec("DELETE FROM decisions WHERE id = ? AND book = 1", d.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
