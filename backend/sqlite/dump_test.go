package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
)

// derivedTables says how each derived table is compared: with numbers of
// conversations and messages replaced by keys, which are the same everywhere.
var derivedTables = map[string]string{
	"messages": `SELECT m.key, m.channel, m.flags, m.contact_name, m.contact, m.subject, m.preview, m.hash, hex(m.parties) FROM messages m`,
	"threads":  `SELECT m.key, min(o.key) FROM messages m JOIN messages o ON o.conversation = m.conversation GROUP BY m.id`,
	"bodies":   `SELECT m.key, b.text, b.html, hex(b.extra) FROM bodies b JOIN messages m ON m.id = b.id`,
	"refs":     `SELECT m.key, r.hash FROM refs r JOIN messages m ON m.id = r.message`,
	"bounces":  `SELECT m.key, b.hash, b.reason FROM bounces b JOIN messages m ON m.id = b.message`,
	"related":  `SELECT m.key, o.key FROM related r JOIN messages m ON m.id = r.message JOIN messages o ON o.id = r.other`,
	"files":    `SELECT m.key, a.n, a.file, a.name, a.type, a.size, a.inline, a.cid, a.missing FROM attachments a JOIN messages m ON m.id = a.message`,
	"sections": `SELECT section, channel, total, unread FROM section_counts WHERE total != 0 OR unread != 0`,
	"days":     `SELECT section, channel, day, total FROM day_counts WHERE total != 0`,
	"counted":  `SELECT section, channel, count(*), sum(unread > 0) FROM conversations WHERE section IS NOT NULL GROUP BY section, channel`,
	"decided":  `SELECT d.id, min(m.key) FROM decisions d JOIN messages m ON m.conversation = d.conversation GROUP BY d.id`,
	"purges":   `SELECT key FROM purges`,
	"conversations": `SELECT (SELECT min(key) FROM messages WHERE conversation = c.id), c.channel, c.section, l.key, c.unread, c.reply_by,
		c.assignee, c.closed, c.pending, c.contact_name, c.contact, c.subject, c.preview, c.last_inbound FROM conversations c JOIN messages l ON l.id = c.last`,
	"called": `SELECT v.term, v.doc, v.cnt FROM temp.called v`,
	"search": `SELECT v.term, v.doc, v.cnt FROM temp.words v`,
	"links": `SELECT (SELECT min(key) FROM messages WHERE conversation = l.conversation), l.id, l.provider, l.kind, l.target, l.owed, l.notes
		FROM links l`,
	"entities":        `SELECT key, kind, sort, deleted, value FROM entities`,
	"entity counts":   `SELECT kind, total FROM entity_counts WHERE total != 0`,
	"entities listed": `SELECT kind, count(*) FROM entities WHERE deleted = 0 GROUP BY kind`,
	"entity keys":     `SELECT e.key, k.what, k.key FROM entity_keys k JOIN entities e ON e.id = k.entity`,
	"shared keys":     `SELECT what, key, n FROM shared_keys`,
	"keys counted":    `SELECT what, key, count(*) FROM entity_keys WHERE what != 'person' GROUP BY what, key`,
	"entity words":    `SELECT v.term, v.doc, v.cnt FROM temp.book v`,
	"book notes":      `SELECT id, kind, target, at, marker, deleted, value FROM book_notes`,
}

// dump is everything derived, comparable between caches that learnt the same
// in another order.
func dump(t testing.TB, db *DB) map[string][]string {
	t.Helper()
	all, err := dumped(db)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// dumped is dump of a database that may not be readable.
func dumped(db *DB) (map[string][]string, error) {
	db.write.lock <- struct{}{}
	defer func() { <-db.write.lock }()
	conn := db.write.conn
	if _, err := conn.ExecContext(context.Background(), `DROP TABLE IF EXISTS temp.words; CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, row);
		DROP TABLE IF EXISTS temp.called; CREATE VIRTUAL TABLE temp.called USING fts5vocab(main, contact_names, row);
		DROP TABLE IF EXISTS temp.book; CREATE VIRTUAL TABLE temp.book USING fts5vocab(main, entity_search, row)`); err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for name, query := range derivedTables {
		rows, err := conn.QueryContext(context.Background(), query)
		if err := eachRow(rows, err, func(rows *sql.Rows) error {
			columns, _ := rows.Columns()
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			err := rows.Scan(into...)
			all[name] = append(all[name], fmt.Sprint(values...))
			return err
		}); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		slices.Sort(all[name])
	}
	return all, nil
}

// names gives the id that each conversation is known by.
func names(t testing.TB, db *DB) (keys []string) {
	t.Helper()
	err := db.reading(t.Context()).each("SELECT key FROM conversations ORDER BY key", nil, func(rows *sql.Rows) error {
		var key string
		err := rows.Scan(&key)
		keys = append(keys, key)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
