package sqlite

import (
	"context"
	"database/sql"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

const cursorKey = "team.cursor"

// Applied is a stretch of the team log, folded as far as the team.
type Applied struct {
	Cursor teamlog.Cursor
	// Rewind, when it is set, says that everything after that count of records
	// is replaced by this stretch.
	Rewind *uint64
	// Again are own records that a rewind takes out: they wait again, in this
	// order, before what waits already. One that is in Records does not.
	Again []Waiting
	// Records are all that were accepted in the stretch: ours among them are
	// pending no more.
	Records []Record
	// Decisions of those records, with their verdicts. Those of the team alone
	// may be left out.
	Decisions []teamlog.Decision
	// Checkpoint is the team's state at the cursor; nil for none.
	Checkpoint []byte
	// Channels and Removals are the team's after the stretch; nil for "as
	// before".
	Channels []inbox.Channel
	Removals map[inbox.MemberID][]uint64
}

// Cursor is how far the log was applied; the zero Cursor before anything was.
func (db *DB) Cursor(ctx context.Context) (teamlog.Cursor, error) {
	var cursor teamlog.Cursor
	_, err := db.Setting(ctx, cursorKey, &cursor)
	return cursor, err
}

// Apply takes over a stretch of the log with the cursor after it, in one
// transaction, which folds each conversation that it touches once. Applying
// again changes nothing. Own decisions that turn out void are in the result.
func (db *DB) Apply(ctx context.Context, a Applied) (Changed, error) {
	return db.update(ctx, relaxed, func(t *tx) error {
		t.anchors = map[inbox.Key]sql.NullInt64{}
		if err := t.putChannels(a.Channels); err != nil {
			return err
		}
		if a.Rewind != nil {
			if err := t.rewind(*a.Rewind, a.Again); err != nil {
				return err
			}
		}
		if err := t.putRemovals(a.Removals); err != nil {
			return err
		}
		if err := t.putRecords(a.Records); err != nil {
			return err
		}
		for _, d := range a.Decisions {
			if err := t.putDecision(d, entering{}); err != nil {
				return err
			}
		}
		if err := t.putCheckpoint(a.Cursor.Count, a.Checkpoint); err != nil {
			return err
		}
		return t.putSetting(cursorKey, a.Cursor)
	})
}

// rewind takes out what was accepted after a count of records: something turned
// up before it. What a delete purged stays purged.
func (t *tx) rewind(n uint64, again []Waiting) error {
	if err := t.beforeSnapshot(n); err != nil {
		return err
	}
	if err := t.touchAll("SELECT conversation FROM decisions WHERE book = 0 AND n > ? AND conversation IS NOT NULL", int64(n)); err != nil {
		return err
	}
	if err := t.touchBooks("SELECT anchor FROM decisions WHERE book = 0 AND n > ? AND conversation IS NULL", int64(n)); err != nil {
		return err
	}
	t.ours = map[string]bool{}
	err := t.each("SELECT id FROM decisions WHERE book = 0 AND n > ? AND told = 0", []any{int64(n)}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		t.ours[id] = true
		return err
	})
	if err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM decisions WHERE book = 0 AND n > ?", "DELETE FROM records WHERE n > ?", "DELETE FROM checkpoints WHERE n > ?",
	} {
		if err := t.exec(query, int64(n)); err != nil {
			return err
		}
	}
	return t.waitAgain(again)
}
