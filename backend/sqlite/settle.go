package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Backfill stores verified records from behind a snapshot with their
// decisions. It shows nothing: the snapshot's histories stand for them until
// Settle. Without a snapshot, or again, it changes nothing.
func (db *DB) Backfill(ctx context.Context, records []Record, decisions []teamlog.Decision) error {
	_, err := db.update(ctx, relaxed, func(t *tx) error {
		snapshot, found, err := loadSnapshot(t)
		if err != nil || !found {
			return err
		}
		t.anchors = map[inbox.Key]sql.NullInt64{}
		behind := records[:0:0]
		for _, r := range records {
			if r.N <= snapshot.N {
				behind = append(behind, r)
			}
		}
		if err := t.putRecords(behind); err != nil {
			return err
		}
		for _, d := range decisions {
			if d.N > snapshot.N {
				continue
			}
			if err := t.putDecision(d, entering{book: bookBehind}); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// settleStep is how many anchors are settled in one transaction: other writes
// get their turn between.
const settleStep = 500

// Settle puts what Backfill stored in the place of the snapshot's histories,
// step by step. States stay as they are; lines of activity and ids that the
// snapshot left out come back. Cut short, it is done again.
func (db *DB) Settle(ctx context.Context) (Changed, error) {
	all := changes{}
	for {
		done := false
		step, err := db.update(ctx, relaxed, func(t *tx) (err error) {
			done, err = t.settleStep()
			return err
		})
		all.add(step)
		if err != nil || done {
			return all.result(), err
		}
	}
}

func (t *tx) settleStep() (done bool, err error) {
	anchors, err := t.anchorsToSettle()
	if err != nil {
		return false, err
	}
	if len(anchors) == 0 {
		return true, t.endSnapshot()
	}
	delete(t.filled, "bases")
	for _, anchor := range anchors {
		if err := t.settleAnchor(anchor); err != nil {
			return false, err
		}
	}
	return false, nil
}

// anchorsToSettle are those of the next histories; when there are none left,
// those about which the snapshot had nothing to say.
func (t *tx) anchorsToSettle() (anchors []string, err error) {
	scan := func(rows *sql.Rows) error {
		var anchor string
		err := rows.Scan(&anchor)
		anchors = append(anchors, anchor)
		return err
	}
	limit := fmt.Sprint(settleStep)
	err = t.each("SELECT anchor FROM bases ORDER BY seq LIMIT "+limit, nil, scan)
	if err == nil && len(anchors) == 0 {
		err = t.each("SELECT DISTINCT anchor FROM decisions WHERE book = 2 LIMIT "+limit, nil, scan)
	}
	return anchors, err
}

func (t *tx) settleAnchor(anchor string) error {
	if ofBook(inbox.Key(anchor)) {
		t.touchBook(inbox.Key(anchor))
	}
	if err := t.touchAll("SELECT conversation FROM bases WHERE anchor = ? AND conversation IS NOT NULL", anchor); err != nil {
		return err
	}
	if err := t.touchAll("SELECT conversation FROM decisions WHERE anchor = ? AND book = 2 AND conversation IS NOT NULL", anchor); err != nil {
		return err
	}
	if err := t.exec("DELETE FROM bases WHERE anchor = ?", anchor); err != nil {
		return err
	}
	return t.exec("UPDATE decisions SET book = 0 WHERE anchor = ? AND book = 2", anchor)
}

func (t *tx) endSnapshot() error {
	if err := t.exec("DELETE FROM recent"); err != nil {
		return err
	}
	return t.exec("DELETE FROM settings WHERE key = ?", snapshotKey)
}

// beforeSnapshot readies a rewind to a count of records. A snapshot that ends
// after it holds what is taken out, so it goes; that needs the whole log up to
// there.
func (t *tx) beforeSnapshot(n uint64) error {
	snapshot, found, err := loadSnapshot(t)
	if err != nil || !found || n >= snapshot.N {
		return err
	}
	var here uint64
	if _, err := t.one("SELECT count(*) FROM records WHERE n <= ?", []any{int64(n)}, &here); err != nil {
		return err
	}
	if here != n {
		return inbox.Errorf(inbox.Conflict, "The team log on this computer begins later than the change in it. Postvak reads the whole log again.")
	}
	if err := t.touchDecided(); err != nil {
		return err
	}
	if err := t.touchWholeBook(); err != nil {
		return err
	}
	delete(t.filled, "bases")
	for _, query := range []string{"DELETE FROM bases", "UPDATE decisions SET book = 0 WHERE book = 2"} {
		if err := t.exec(query); err != nil {
			return err
		}
	}
	return t.endSnapshot()
}
