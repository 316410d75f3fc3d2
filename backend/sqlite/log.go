package sqlite

import (
	"context"
	"database/sql"

	"postvak/backend/teamlog"
)

// Log is the local engine of the team log: a table, for the team of one.
// Closing it leaves the cache open.
func (db *DB) Log() teamlog.Log { return localLog{db} }

type localLog struct{ db *DB }

// Append implements teamlog.Log. The record is on the disk when it returns.
func (l localLog) Append(ctx context.Context, id string, record []byte) (teamlog.Pos, error) {
	pos := teamlog.Pos{Epoch: teamlog.LocalEpoch}
	_, err := l.db.update(ctx, durable, func(t *tx) error {
		_, err := t.one("INSERT INTO log (id, record) VALUES (?, ?) RETURNING pos", []any{id, record}, &pos.N)
		return err
	})
	if err != nil {
		return teamlog.Pos{}, err
	}
	l.db.logMu.Lock()
	defer l.db.logMu.Unlock()
	close(l.db.logGrown)
	l.db.logGrown = make(chan struct{})
	return pos, nil
}

// Read implements teamlog.Log. It reads in pages, so that fn may use the cache.
func (l localLog) Read(ctx context.Context, after teamlog.Pos, fn func(teamlog.Pos, []byte) error) (teamlog.Pos, error) {
	if after.Epoch != "" && after.Epoch != teamlog.LocalEpoch {
		return after, teamlog.ErrEpoch
	}
	for {
		page, err := l.page(ctx, after.N)
		if err != nil || len(page) == 0 {
			return after, err
		}
		for _, r := range page {
			next := teamlog.Pos{Epoch: teamlog.LocalEpoch, N: r.pos}
			if err := fn(next, r.record); err != nil {
				return after, err
			}
			after = next
		}
	}
}

type logRecord struct {
	pos    uint64
	record []byte
}

func (l localLog) page(ctx context.Context, after uint64) (page []logRecord, err error) {
	err = l.db.reading(ctx).each("SELECT pos, record FROM log WHERE pos > ? ORDER BY pos LIMIT 500", []any{int64(after)},
		func(rows *sql.Rows) error {
			var r logRecord
			err := rows.Scan(&r.pos, &r.record)
			page = append(page, r)
			return err
		})
	return page, err
}

// Wait implements teamlog.Log.
func (l localLog) Wait(ctx context.Context, after teamlog.Pos) error {
	l.db.logMu.Lock()
	grown := l.db.logGrown
	l.db.logMu.Unlock()
	page, err := l.page(ctx, after.N)
	if err != nil || len(page) > 0 {
		return err
	}
	select {
	case <-grown:
	case <-ctx.Done():
	}
	return nil
}

// Close implements teamlog.Log.
func (l localLog) Close() error { return nil }
