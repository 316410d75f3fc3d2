package sqlite

import (
	"context"
	"database/sql"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Histories hands over the confirmed decisions of the team log with N ≤ upTo,
// anchor by anchor in the order of anchors, as one state of the cache has them:
// what a snapshot is written from. Where this cache itself began with a
// snapshot that is not settled they are as compacted as that, and upTo must not
// be before its end. fn must not use the cache for writing.
func (db *DB) Histories(ctx context.Context, upTo uint64, fn func(anchor inbox.Key, decisions []teamlog.Decision) error) error {
	return db.snapshot(ctx, func(r reading) error {
		h := gathering{fn: fn}
		err := r.each(`SELECT anchor, '' AS id, 0 AS n, 0 AS idx, value FROM bases
			UNION ALL SELECT anchor, id, n, idx, value FROM decisions WHERE book = 0 AND n <= ?
			ORDER BY 1, 3, 4`, []any{signed(upTo)}, h.row)
		if err != nil {
			return err
		}
		return h.flush()
	})
}

// gathering joins rows of one anchor.
type gathering struct {
	fn     func(inbox.Key, []teamlog.Decision) error
	anchor inbox.Key
	all    []teamlog.Decision
}

func (g *gathering) row(rows *sql.Rows) error {
	var anchor inbox.Key
	var d teamlog.Decision
	var value []byte
	if err := rows.Scan(&anchor, &d.ID, &d.N, &d.Index, &value); err != nil {
		return err
	}
	if anchor != g.anchor {
		if err := g.flush(); err != nil {
			return err
		}
		g.anchor, g.all = anchor, nil
	}
	if d.ID == "" {
		all, err := unpackDecisions(value, g.all)
		g.all = all
		return err
	}
	err := unpackDecision(value, &d, decodeEvent)
	g.all = append(g.all, d)
	return err
}

func (g *gathering) flush() error {
	if len(g.all) == 0 {
		return nil
	}
	sortDecisions(g.all)
	return g.fn(g.anchor, g.all)
}
