package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Record is an accepted record of the team log as this desktop keeps it: a
// damaged log is repaired from its bytes.
type Record struct {
	N      uint64
	Pos    teamlog.Pos
	ID     string
	Hash   [sha256.Size]byte // the chain's, after it
	Record []byte
}

// putRecords stores accepted records; ours among them wait no more.
func (t *tx) putRecords(all []Record) error {
	for _, r := range all {
		epoch, err := t.epoch(r.Pos.Epoch)
		if err != nil {
			return err
		}
		bytes := r.Record
		if here, err := t.inLocalLog(r); err != nil {
			return err
		} else if here {
			bytes = nil
		}
		n, err := t.changedRows("INSERT OR IGNORE INTO records (n, id, epoch, at, hash, record) VALUES (?, ?, ?, ?, ?, ?)",
			int64(r.N), r.ID, epoch, int64(r.Pos.N), r.Hash[:], bytes)
		if err == nil && n == 0 {
			err = t.sameRecord(r)
		}
		if err != nil {
			return err
		}
		if err := t.waitsNoMore(r.ID); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) waitsNoMore(id string) error {
	if some, err := t.some("pending"); err != nil || !some {
		return err
	}
	return t.exec("DELETE FROM pending WHERE id = ?", id)
}

// sameRecord refuses another record at the number of one that is here.
func (t *tx) sameRecord(r Record) error {
	var id string
	if _, err := t.one("SELECT id FROM records WHERE n = ?", []any{int64(r.N)}, &id); err != nil {
		return err
	}
	if id != r.ID {
		return fmt.Errorf("record %d of the team log is %s, not %s", r.N, id, r.ID)
	}
	return nil
}

// inLocalLog says whether the local engine keeps a record's bytes already.
func (t *tx) inLocalLog(r Record) (bool, error) {
	if r.Pos.Epoch != teamlog.LocalEpoch {
		return false, nil
	}
	var one int
	return t.one("SELECT 1 FROM log WHERE pos = ? AND id = ?", []any{int64(r.Pos.N), r.ID}, &one)
}

// epoch gives the number by which an epoch is stored.
func (t *tx) epoch(name string) (number int64, err error) {
	if known, ok := t.epochs[name]; ok {
		return known, nil
	}
	if err := t.exec("INSERT OR IGNORE INTO epochs (name) VALUES (?)", name); err != nil {
		return 0, err
	}
	_, err = t.one("SELECT n FROM epochs WHERE name = ?", []any{name}, &number)
	if t.epochs == nil {
		t.epochs = map[string]int64{}
	}
	t.epochs[name] = number
	return number, err
}

// HasRecord gives the number of an accepted record, 0 for one that is not
// known.
func (db *DB) HasRecord(ctx context.Context, id string) (n uint64, err error) {
	_, err = db.reading(ctx).one(`SELECT coalesce((SELECT n FROM records WHERE id = ?1), (SELECT n FROM recent WHERE id = ?1), 0)`,
		[]any{id}, &n)
	return n, err
}

// HashAt gives the chain's hash after record n; false when neither the record
// nor a snapshot that ends there is here.
func (db *DB) HashAt(ctx context.Context, n uint64) (hash [sha256.Size]byte, known bool, err error) {
	var value []byte
	known, err = db.reading(ctx).one("SELECT hash FROM records WHERE n = ?", []any{int64(n)}, &value)
	if err != nil || known {
		copy(hash[:], value)
		return hash, known, err
	}
	base, found, err := loadSnapshot(db.reading(ctx))
	if err != nil || !found || base.N != n {
		return hash, false, err
	}
	return base.Hash, true, nil
}

const recordPage = 500

// Records hands over the records that are here with after < N ≤ upTo, in
// order. It reads in pages, so that fn may use the cache.
func (db *DB) Records(ctx context.Context, after, upTo uint64, fn func(Record) error) error {
	for after < upTo {
		page, err := db.recordsAfter(ctx, after, upTo)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			if err := fn(r); err != nil {
				return err
			}
			after = r.N
		}
	}
	return nil
}

func (db *DB) recordsAfter(ctx context.Context, after, upTo uint64) (page []Record, err error) {
	err = db.reading(ctx).each(`SELECT r.n, r.id, e.name, r.at, r.hash, coalesce(r.record, l.record)
		FROM records r CROSS JOIN epochs e ON e.n = r.epoch LEFT JOIN log l ON r.record IS NULL AND l.pos = r.at
		WHERE r.n > ? AND r.n <= ? ORDER BY r.n LIMIT `+fmt.Sprint(recordPage), []any{signed(after), signed(upTo)},
		func(rows *sql.Rows) error {
			var r Record
			var hash []byte
			err := rows.Scan(&r.N, &r.ID, &r.Pos.Epoch, &r.Pos.N, &hash, &r.Record)
			copy(r.Hash[:], hash)
			page = append(page, r)
			return err
		})
	return page, err
}

// signed is a number as the database can hold it.
func signed(n uint64) int64 { return int64(min(n, 1<<63-1)) }

// Renumber gives the records 1, 2, 3… their places in another epoch; the
// cursor has the count and the hash that it had. In one transaction.
func (db *DB) Renumber(ctx context.Context, cursor teamlog.Cursor, at []teamlog.Pos) error {
	_, err := db.update(ctx, durable, func(t *tx) error {
		var old teamlog.Cursor
		if found, err := settingIn(t, cursorKey, &old); err != nil {
			return err
		} else if found && (old.Count != cursor.Count || old.Hash != cursor.Hash) {
			return inbox.Errorf(inbox.Internal, "The cache could not do that. Try again; if it keeps happening, rebuild the cache in Settings.").
				Because(fmt.Errorf("renumber %d records as %d", old.Count, cursor.Count))
		}
		if err := t.exec("UPDATE records SET record = (SELECT record FROM log WHERE pos = records.at) WHERE record IS NULL"); err != nil {
			return err
		}
		for i, pos := range at {
			epoch, err := t.epoch(pos.Epoch)
			if err != nil {
				return err
			}
			if err := t.exec("UPDATE records SET epoch = ?, at = ? WHERE n = ?", epoch, int64(pos.N), i+1); err != nil {
				return err
			}
		}
		return t.putSetting(cursorKey, cursor)
	})
	return err
}

// keptCheckpoints is how many checkpoints are kept: a late record is never far
// behind.
const keptCheckpoints = 20

func (t *tx) putCheckpoint(n uint64, state []byte) error {
	if state == nil {
		return nil
	}
	if err := t.exec("INSERT INTO checkpoints (n, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
		int64(n), state); err != nil {
		return err
	}
	snapshot, _, err := loadSnapshot(t)
	if err != nil {
		return err
	}
	return t.exec(`DELETE FROM checkpoints WHERE n != ? AND n <= (SELECT n FROM checkpoints ORDER BY n DESC LIMIT 1 OFFSET `+
		fmt.Sprint(keptCheckpoints)+`)`, int64(snapshot.N))
}

// Checkpoint gives the newest state of the team that was kept at or before a
// count of records, and its count; false when there is none.
func (db *DB) Checkpoint(ctx context.Context, atMost uint64) (state []byte, n uint64, found bool, err error) {
	found, err = db.reading(ctx).one("SELECT n, state FROM checkpoints WHERE n <= ? ORDER BY n DESC LIMIT 1", []any{signed(atMost)}, &n, &state)
	return state, n, found, err
}
