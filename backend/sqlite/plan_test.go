package sqlite

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// scan is a walk over a whole table that grows with the mailbox, in the words
// of EXPLAIN QUERY PLAN.
var scan = regexp.MustCompile(`^SCAN (messages|m|conversations|c|sources|s|bodies|b|refs|r|decisions|d|locations|l|attachments|a)( |$)`)

// walks are the queries that are meant to read a whole table: newest first
// until a page is full, or once in a rebuild.
var walks = []string{"FROM messages m CROSS JOIN conversations", "FROM sources WHERE id >", "EXISTS (SELECT 1 FROM decisions",
	"SELECT 1 FROM decisions LIMIT 1", "SELECT count(*) FROM sources"}

// TestNoQueryScansATable uses the cache in every way and asks SQLite how it
// answered each query.
func TestNoQueryScansATable(t *testing.T) {
	db := searchable(t)
	question := mail(1, carla)
	storeBatch(t, db, folder(7, at(1, question)))
	_, _ = db.StoreListing(t.Context(), inbox.FolderListing{Channel: channel, Role: inbox.FolderInbox, From: 1, To: 9})
	q := answer(t, db, question)
	o, _ := db.OutgoingMessage(t.Context(), q.Message.Key)
	_, _ = db.SetOutgoing(t.Context(), o)
	_ = db.SaveDraft(t.Context(), question.Message.Key, inbox.Draft{Text: "x"})
	for _, query := range []ListQuery{{}, {Sort: Oldest, Channel: channel}, {Sort: ByWindow}, {Unread: true}, {Assignee: "bram"}, {Text: "bread"}, {Offset: 600}} {
		query.Section = inbox.Unassigned
		if _, err := db.List(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"bread", "has:attachment", "channel:shop bread has:attachment before:2030"} {
		found(t, db, text)
	}
	open(t, db, question.Message.Key)
	_, _ = db.File(t.Context(), inbox.FileID(strings.Repeat("a", 64)))
	_, _, _, _ = db.Cancel(t.Context(), q.Message.Key)
	(&logBook{t: t, db: db}).decide(me, &teamlog.Delete{Conversation: question.Message.Key, Covers: []inbox.Key{question.Message.Key}})
	checked := 0
	for query := range db.write.stmts {
		checked += checkPlan(t, db, query)
	}
	db.stmts.Range(func(query, _ any) bool {
		checked += checkPlan(t, db, query.(string))
		return true
	})
	if checked < 60 {
		t.Errorf("only %d queries were looked at", checked)
	}
}

func checkPlan(t *testing.T, db *DB, query string) int {
	t.Helper()
	for _, walk := range walks {
		if strings.Contains(query, walk) {
			return 0
		}
	}
	if word, _, _ := strings.Cut(query, " "); word == "PRAGMA" || word == "BEGIN" || word == "COMMIT" || word == "ROLLBACK" {
		return 0
	}
	args := make([]any, 0, strings.Count(query, "?"))
	for range strings.Count(query, "?") {
		args = append(args, 1)
	}
	if strings.Contains(query, "?1") {
		args = args[:2]
		if !strings.Contains(query, "?2") {
			args = args[:1]
		}
	}
	rows, err := db.write.conn.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	err = eachRow(rows, err, func(rows *sql.Rows) error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		if scan.MatchString(detail) {
			t.Errorf("%s:\n  %s", query, detail)
		}
		return err
	})
	if err != nil {
		t.Errorf("%s: %v", query, err)
	}
	return 1
}
