package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

const cursorKey = "team.cursor"

// storedDecision is a decision's row: what its columns do not say.
type storedDecision struct {
	Author inbox.MemberID  `json:"by"`
	At     time.Time       `json:"at"`
	Base   teamlog.Pos     `json:"base"`
	Epoch  string          `json:"ep,omitempty"`
	Void   teamlog.Reason  `json:"void,omitempty"`
	Event  json.RawMessage `json:"e"`
}

// PendingRecord is a record of ours that the log has not given back yet.
type PendingRecord struct {
	ID     string
	Record []byte
	Made   time.Time
}

// Applied is a stretch of the team log, folded as far as the team.
type Applied struct {
	Cursor teamlog.Cursor
	// Records are the ids of all records in the stretch: ours among them are
	// pending no more.
	Records []string
	// Decisions of those records, with their verdicts. Those of the team alone
	// may be left out.
	Decisions []teamlog.Decision
	// Channels and Removals are the team's after the stretch; nil for "as
	// before".
	Channels []inbox.Channel
	Removals map[inbox.MemberID][]teamlog.Pos
}

// AddPending stores a record of ours, to be appended to the log, and shows
// what it decides at once, as pending. It is on the disk when the call
// returns. Doing it again with the same id changes nothing.
func (db *DB) AddPending(ctx context.Context, id string, record []byte, decisions []teamlog.Decision) (Changed, error) {
	return db.update(ctx, durable, func(t *tx) error {
		if err := t.exec("INSERT INTO pending (id, record, made) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			id, record, millis(db.opt.Now())); err != nil {
			return err
		}
		for _, d := range decisions {
			d.Pending = true
			if err := t.putDecision(id, d); err != nil {
				return err
			}
		}
		return nil
	})
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
// decided.
func (db *DB) DropPending(ctx context.Context, id string) (Changed, error) {
	return db.update(ctx, durable, func(t *tx) error {
		if err := t.exec("DELETE FROM pending WHERE id = ?", id); err != nil {
			return err
		}
		if err := t.touchAll("SELECT conversation FROM decisions WHERE record = ? AND pos IS NULL AND conversation IS NOT NULL", id); err != nil {
			return err
		}
		return t.exec("DELETE FROM decisions WHERE record = ? AND pos IS NULL", id)
	})
}

// Cursor is how far the log was applied; the zero Cursor before anything was.
func (db *DB) Cursor(ctx context.Context) (teamlog.Cursor, error) {
	var cursor teamlog.Cursor
	_, err := db.Setting(ctx, cursorKey, &cursor)
	return cursor, err
}

// Apply takes over a stretch of the log with the cursor after it, in one
// transaction. Of a decision that comes twice the earlier place in the log
// counts, so applying again changes nothing.
func (db *DB) Apply(ctx context.Context, a Applied) (Changed, error) {
	after := func() {}
	changed, err := db.update(ctx, relaxed, func(t *tx) (err error) {
		if after, err = t.putChannels(a.Channels); err != nil {
			return err
		}
		if err := t.putRemovals(a.Removals); err != nil {
			return err
		}
		for _, id := range a.Records {
			if err := t.exec("DELETE FROM pending WHERE id = ?", id); err != nil {
				return err
			}
		}
		for _, d := range a.Decisions {
			if err := t.putDecision("", d); err != nil {
				return err
			}
		}
		return t.putSetting(cursorKey, a.Cursor)
	})
	if err == nil {
		after()
	}
	return changed, err
}

// putDecision stores a decision about a conversation. Record is the id of a
// record of ours: DropPending takes back what it decided.
func (t *tx) putDecision(record string, d teamlog.Decision) error {
	anchor := teamlog.Anchor(d.Event)
	if anchor == "" {
		return nil
	}
	value, err := encodeDecision(d)
	if err != nil {
		return err
	}
	conversation, err := t.conversationOf(anchor)
	if err != nil {
		return err
	}
	epoch, pos, err := t.place(d)
	if err != nil {
		return err
	}
	t.filled["decisions"] = true
	n, err := t.changedRows(`INSERT INTO decisions (id, record, epoch, pos, idx, anchor, conversation, value)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, pos = excluded.pos,
		idx = excluded.idx, value = excluded.value WHERE excluded.pos IS NOT NULL
		AND (pos IS NULL OR (excluded.epoch, excluded.pos) <= (epoch, pos))`,
		d.ID, record, epoch, pos, d.Index, string(anchor), conversation, value)
	if err != nil || n == 0 {
		return err
	}
	if conversation.Valid {
		t.touched[conversation.Int64] = true
	} else {
		t.db.dormant.Store(true)
	}
	return nil
}

// place gives the columns by which decisions sort; both are NULL while pending.
func (t *tx) place(d teamlog.Decision) (epoch, pos sql.NullInt64, err error) {
	if d.Pending {
		return epoch, pos, nil
	}
	if err := t.exec("INSERT OR IGNORE INTO epochs (name) VALUES (?)", d.Pos.Epoch); err != nil {
		return epoch, pos, err
	}
	_, err = t.one("SELECT n FROM epochs WHERE name = ?", []any{d.Pos.Epoch}, &epoch)
	return epoch, sql.NullInt64{Int64: int64(d.Pos.N), Valid: true}, err
}

func (t *tx) conversationOf(key inbox.Key) (conversation sql.NullInt64, err error) {
	id, err := findKey(t, key)
	if err != nil || id == 0 {
		return conversation, err
	}
	_, err = t.one("SELECT conversation FROM messages WHERE id = ?", []any{id}, &conversation)
	return conversation, err
}

// wake gives the decisions that waited for a message to its conversation.
func (t *tx) wake(key inbox.Key, conversation int64) error {
	if !t.db.dormant.Load() {
		return nil
	}
	return t.exec("UPDATE decisions SET conversation = ? WHERE anchor = ? AND conversation IS NULL", conversation, string(key))
}

func encodeDecision(d teamlog.Decision) ([]byte, error) {
	event, err := teamlog.Encode(d.Event)
	if err != nil {
		return nil, err
	}
	return json.Marshal(storedDecision{Author: d.Author, At: d.At, Base: d.Base, Epoch: d.Pos.Epoch, Void: d.Void, Event: event})
}

// loadDecisions gives a conversation's decisions in the order of the log,
// pending ones last in the order of making.
func loadDecisions(q querier, conversation int64) ([]teamlog.Decision, error) {
	if t, writing := q.(*tx); writing {
		if some, err := t.some("decisions"); err != nil || !some {
			return nil, err
		}
	}
	var all []teamlog.Decision
	err := q.each(`SELECT id, pos, idx, value FROM decisions WHERE conversation = ?
		ORDER BY pos IS NULL, epoch, pos, idx, seq`, []any{conversation}, func(rows *sql.Rows) error {
		var d teamlog.Decision
		var pos sql.NullInt64
		var value []byte
		if err := rows.Scan(&d.ID, &pos, &d.Index, &value); err != nil {
			return err
		}
		var stored storedDecision
		if err := json.Unmarshal(value, &stored); err != nil {
			return err
		}
		d.Pending = !pos.Valid
		if pos.Valid {
			d.Pos = teamlog.Pos{Epoch: stored.Epoch, N: uint64(pos.Int64)}
		}
		d.Author, d.At, d.Base, d.Void = stored.Author, stored.At, stored.Base, stored.Void
		d.Event = teamlog.Decode(stored.Event)
		all = append(all, d)
		return nil
	})
	return all, err
}
