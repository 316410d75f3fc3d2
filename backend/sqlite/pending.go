package sqlite

import (
	"context"
	"database/sql"
	"time"

	"postvak/backend/teamlog"
)

// PendingRecord is a record of ours that the log has not given back yet.
type PendingRecord struct {
	ID     string
	Record []byte
	Made   time.Time
}

// Waiting is a record of ours that waits, with what it decides.
type Waiting struct {
	PendingRecord
	Decisions []teamlog.Decision
}

// AddPending stores a record of ours, to be appended to the log, and shows
// what it decides at once, as pending. It is on the disk when the call
// returns. Doing it again with the same id changes nothing.
func (db *DB) AddPending(ctx context.Context, id string, record []byte, decisions []teamlog.Decision) (Changed, error) {
	return db.update(ctx, durable, func(t *tx) error {
		t.filled["pending"] = true
		if err := t.exec("INSERT INTO pending (id, record, made) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			id, record, millis(db.opt.Now())); err != nil {
			return err
		}
		for _, d := range decisions {
			d.Pending = true
			if err := t.putDecision(d, entering{record: id, own: true}); err != nil {
				return err
			}
		}
		return nil
	})
}

// waitAgain makes own records wait that a rewind took out: before what waits
// already, which was decided later.
func (t *tx) waitAgain(all []Waiting) error {
	if len(all) == 0 {
		return nil
	}
	t.filled["pending"] = true
	waits, shown, err := t.inFront(all)
	if err != nil {
		return err
	}
	for i, w := range all {
		made := w.Made
		if made.IsZero() {
			made = t.db.opt.Now()
		}
		if err := t.exec("INSERT INTO pending (seq, id, record, made) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			waits+int64(i), w.ID, w.Record, millis(made)); err != nil {
			return err
		}
		for _, d := range w.Decisions {
			d.Pending, d.N = true, 0
			if err := t.putDecision(d, entering{record: w.ID, own: true, seq: shown}); err != nil {
				return err
			}
			shown++
		}
	}
	return nil
}

// inFront gives the numbers of rows that stand before all others.
func (t *tx) inFront(all []Waiting) (waits, shown int64, err error) {
	if _, err := t.one("SELECT min(coalesce(min(seq), 0), 0) FROM pending", nil, &waits); err != nil {
		return 0, 0, err
	}
	if _, err := t.one("SELECT min(coalesce(min(seq), 0), 0) FROM decisions", nil, &shown); err != nil {
		return 0, 0, err
	}
	waits -= int64(len(all))
	for _, w := range all {
		shown -= int64(len(w.Decisions))
	}
	return waits, shown, nil
}

// PendingRecords gives our records that are still to be read back, in the
// order of making.
func (db *DB) PendingRecords(ctx context.Context) ([]PendingRecord, error) {
	var all []PendingRecord
	err := db.reading(ctx).each("SELECT id, record, made FROM pending ORDER BY seq", nil, func(rows *sql.Rows) error {
		var p PendingRecord
		var made int64
		err := rows.Scan(&p.ID, &p.Record, &made)
		p.Made = fromMillis(made)
		all = append(all, p)
		return err
	})
	return all, err
}

// DropPending takes back a record that never reached the log, with what it
// decided. What the log confirmed of it stays.
func (db *DB) DropPending(ctx context.Context, id string) (Changed, error) {
	return db.update(ctx, durable, func(t *tx) error {
		if err := t.exec("DELETE FROM pending WHERE id = ?", id); err != nil {
			return err
		}
		if err := t.touchAll("SELECT conversation FROM decisions WHERE record = ? AND n IS NULL AND conversation IS NOT NULL", id); err != nil {
			return err
		}
		if err := t.touchBooks("SELECT anchor FROM decisions WHERE record = ? AND n IS NULL AND conversation IS NULL", id); err != nil {
			return err
		}
		return t.exec("DELETE FROM decisions WHERE record = ? AND n IS NULL", id)
	})
}
