package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"postvak/backend/inbox"
)

const derivedKey = "derived"

// deriveAfterOpen makes the derived tables where there are none, where an
// older program or parser made them, or where a rebuild was cut short.
func (db *DB) deriveAfterOpen(ctx context.Context) error {
	var version string
	if _, err := db.Setting(ctx, derivedKey, &version); err != nil {
		return err
	}
	if version != db.derivedVersion() {
		if err := db.Rebuild(ctx, db.opt.Progress); err != nil {
			return err
		}
	}
	var dormant bool
	if _, err := db.reading(ctx).one(`SELECT EXISTS (SELECT 1 FROM decisions WHERE conversation IS NULL AND anchor < ?1)
		OR EXISTS (SELECT 1 FROM decisions WHERE conversation IS NULL AND anchor >= ?2)
		OR EXISTS (SELECT 1 FROM bases WHERE conversation IS NULL AND (anchor < ?1 OR anchor >= ?2))`,
		[]any{bookFrom, bookTo}, &dormant); err != nil {
		return err
	}
	db.dormant.Store(dormant)
	return db.followMe(ctx)
}

// Rebuild drops everything derived and derives it anew from raw messages and
// decisions. It ends as it began, or better where a newer parser knows more.
// Cut short, it goes on at the next Open. Progress may be nil.
func (db *DB) Rebuild(ctx context.Context, progress func(done, total int)) error {
	var total int
	if err := db.dropDerived(ctx); err != nil {
		return explain(err)
	}
	if _, err := db.reading(ctx).one("SELECT count(*) FROM sources", nil, &total); err != nil {
		return err
	}
	if total > 0 && db.opt.Parse == nil {
		return inbox.Errorf(inbox.Internal, "The cache cannot be rebuilt: there is nothing to read the messages with.")
	}
	for done, last := 0, int64(0); ; {
		n, next, err := db.deriveStep(ctx, last)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		if done, last = done+n, next; progress != nil {
			progress(done, total)
		}
	}
	if err := db.deriveBook(ctx); err != nil {
		return err
	}
	_, err := db.update(ctx, durable, func(t *tx) error { return t.finishRebuild() })
	return err
}

// dropDerived makes empty derived tables, in one transaction that also says
// that they are not complete. The ids by which conversations are known go on
// being theirs.
func (db *DB) dropDerived(ctx context.Context) error {
	select {
	case db.write.lock <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-db.write.lock }()
	db.write.forget()
	defer db.write.commits.Add(1)
	return db.script(ctx, fmt.Sprintf(`
		CREATE TABLE IF NOT EXISTS conversations (id INTEGER PRIMARY KEY, key TEXT);
		INSERT OR IGNORE INTO names SELECT key FROM conversations;
		DELETE FROM settings WHERE key = '%s';
		UPDATE decisions SET conversation = NULL WHERE conversation IS NOT NULL;
		UPDATE bases SET conversation = NULL WHERE conversation IS NOT NULL;
		%s
		%s`, derivedKey, dropAll(), derivedSQL))
}

// forget closes prepared statements, which hold on to tables.
func (w *writer) forget() {
	for query, stmt := range w.stmts {
		_ = stmt.Close()
		delete(w.stmts, query)
	}
}

func (db *DB) deriveStep(ctx context.Context, after int64) (n int, last int64, err error) {
	_, err = db.update(ctx, relaxed, func(t *tx) error {
		t.db.dormant.Store(true)
		entries, err := t.sourcesAfter(after)
		if err != nil {
			return err
		}
		if n = len(entries); n == 0 {
			return nil
		}
		last = entries[n-1].id
		if entries, err = t.underived(entries); err != nil {
			return err
		}
		inParallel(entries, db.readSource)
		for _, e := range entries {
			if err := t.deriveSource(e); err != nil {
				return err
			}
		}
		return nil
	})
	return n, last, err
}

// bookStep is how many anchors of the contact book are folded in one
// transaction of a rebuild.
const bookStep = 500

// deriveBook folds the contact book, step by step.
func (db *DB) deriveBook(ctx context.Context) error {
	for _, table := range []string{"decisions WHERE conversation IS NULL AND", "bases WHERE"} {
		query := fmt.Sprintf("SELECT DISTINCT anchor FROM %s anchor > ? AND anchor < ? ORDER BY anchor LIMIT %d", table, bookStep)
		for after := bookFrom; after != ""; {
			_, err := db.update(ctx, relaxed, func(t *tx) error {
				last := ""
				if err := t.touchBooks(query, after, bookTo); err != nil {
					return err
				}
				for anchor := range t.book {
					last = max(last, string(anchor))
				}
				after = last
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tx) sourcesAfter(id int64) (entries []*entry, err error) {
	err = t.each(`SELECT s.id, s.key, s.channel, s.direction, s.seen, s.gone, s.problem, coalesce(p.provider, ''), s.remains, s.raw
		FROM sources s LEFT JOIN provided p ON p.message = s.id WHERE s.id > ? ORDER BY s.id LIMIT 500`,
		[]any{id}, func(rows *sql.Rows) error {
			e := &entry{}
			var direction, gone int64
			var remains []byte
			m := &e.Message
			err := rows.Scan(&e.id, &m.Key, &m.Channel, &direction, &e.Seen, &gone, &e.Problem, &e.provider, &remains, &e.packed)
			if m.Direction = inbox.In; direction != 0 {
				m.Direction = inbox.Out
			}
			e.gone = gone != 0
			if remains != nil {
				e.purged = true
				e.hash, e.refs, e.facts = unpackRemains(remains)
			}
			entries = append(entries, e)
			return err
		})
	return entries, err
}

// underived leaves out what was stored since the rebuild began.
func (t *tx) underived(entries []*entry) ([]*entry, error) {
	left := entries[:0]
	for _, e := range entries {
		var one int
		already, err := t.one("SELECT 1 FROM messages WHERE id = ?", []any{e.id}, &one)
		if err != nil {
			return nil, err
		}
		if !already {
			left = append(left, e)
		}
	}
	return left, nil
}

func (t *tx) deriveSource(e *entry) error {
	if err := t.derive(e); err != nil {
		return err
	}
	if err := t.wakeAliases(e.id); err != nil {
		return err
	}
	if e.gone {
		return t.exec("UPDATE messages SET flags = flags | ? WHERE id = ?", flagGone, e.id)
	}
	return nil
}

// wakeAliases gives what was decided under a message's other keys to its
// conversation.
func (t *tx) wakeAliases(id int64) error {
	if some, err := t.some("aliases"); err != nil || !some {
		return err
	}
	others := map[inbox.Key]int64{}
	err := t.each("SELECT a.key, m.conversation FROM aliases a CROSS JOIN messages m ON m.id = a.message WHERE a.message = ?", []any{id},
		func(rows *sql.Rows) error {
			var key inbox.Key
			var conversation int64
			err := rows.Scan(&key, &conversation)
			others[key] = conversation
			return err
		})
	for key, conversation := range others {
		if err == nil {
			err = t.wake(key, conversation)
		}
	}
	return err
}

// readSource parses a message anew. One that cannot be unpacked any more is
// shown as such.
func (db *DB) readSource(e *entry) {
	if e.purged {
		return
	}
	known := e.Message
	raw, err := unpackRaw(e.packed)
	if err != nil {
		e.Problem = "The stored copy of this message is damaged."
		db.opt.Log.Error("a stored message is damaged", "id", e.id, "error", err)
	}
	if len(raw) > 0 {
		e.Message = db.opt.Parse(known.Key, raw)
	}
	m := &e.Message
	if e.provider != "" {
		m.MessageID = e.provider
	}
	m.Key, m.Channel, m.Direction, m.At = known.Key, known.Channel, known.Direction, timeOf(e.id)
	if e.Problem != "" {
		m.Warnings = append(m.Warnings, e.Problem)
	}
	e.prepare(db.opt.Preview)
}

// finishRebuild gives conversations the ids by which they were known.
func (t *tx) finishRebuild() error {
	var names []inbox.Key
	err := t.each("SELECT key FROM names", nil, func(rows *sql.Rows) error {
		var key inbox.Key
		err := rows.Scan(&key)
		names = append(names, key)
		return err
	})
	if err != nil {
		return err
	}
	for _, key := range names {
		conversation, err := t.conversationOf(key)
		if err == nil && conversation.Valid {
			err = t.exec("UPDATE conversations SET key = ? WHERE id = ?", string(key), conversation.Int64)
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(t.exec("DELETE FROM names"), t.putSetting(meKey, t.me), t.putSetting(derivedKey, t.db.derivedVersion()))
}
