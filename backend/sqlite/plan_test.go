package sqlite

import (
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// scan is a walk over a whole table that grows with the mailbox, in the words
// of EXPLAIN QUERY PLAN.
var scan = regexp.MustCompile(`^SCAN (messages|m|conversations|c|sources|s|bodies|b|refs|r|decisions|d|locations|l|attachments|a|records|bases|recent|checkpoints|log|notifications|n|links|l|entities|e|entity_keys|shared_keys|book_notes|aliases|a|provided|p|crm_\w+)( |$)`)

// walks are the queries that are meant to read a whole table: newest first
// until a page is full, or once in a rebuild.
var walks = []string{"FROM messages m CROSS JOIN conversations", "FROM sources s LEFT JOIN provided", "EXISTS (SELECT 1 FROM decisions",
	" LIMIT 1", "SELECT count(*) FROM sources",
	// Once in the life of a log: a snapshot is written, begins or ends, a
	// member leaves or is back, the log moves.
	"UNION ALL SELECT anchor", "DELETE FROM", "SELECT DISTINCT", "FROM bases WHERE conversation IS NOT NULL",
	"UPDATE records SET record =", "FROM bases ORDER BY seq", "WHERE book = 2 LIMIT", "WHERE book = 2", "FROM conversations WHERE assignee",
	// The few that a person asked for and that wait.
	"FROM crm_creations ORDER BY"}

// deletes are queries that begin as one of those, and walk no table all the
// same.
var deletes = []string{"DELETE FROM links WHERE", "DELETE FROM entit", "DELETE FROM book_notes", "DELETE FROM crm_seen_notes WHERE provider = ? AND",
	"DELETE FROM crm_seen_records WHERE provider = ?1", "DELETE FROM crm_matches WHERE at", "DELETE FROM crm_matches WHERE contact",
	"DELETE FROM crm_creations WHERE"}

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
	useTheHistory(t, db, question)
	useTheCRM(t, db, question.Message.Key)
	useTheChat(t, db)
	_, _ = db.File(t.Context(), inbox.FileID(strings.Repeat("a", 64)))
	_, _, _, _ = db.Cancel(t.Context(), q.Message.Key)
	(&logBook{t: t, db: db}).decide(me, &teamlog.Delete{Conversation: question.Message.Key, Covers: []inbox.Key{question.Message.Key}})
	useTheLog(t, db, question.Message.Key)
	checked := 0
	for query := range db.write.stmts {
		checked += checkPlan(t, db, query)
	}
	db.stmts.Range(func(query, _ any) bool {
		checked += checkPlan(t, db, query.(string))
		return true
	})
	if checked < 150 {
		t.Errorf("only %d queries were looked at", checked)
	}
}

// useTheChat asks what channels of chat ask, and those who keep their windows.
func useTheChat(t *testing.T, db *DB) {
	t.Helper()
	connect(t, db, append(chatChannels(), shop())...)
	polls(t, db, phone, withFile(1, inbox.MissingPending), says(phone, 2, yusuf), wrote(phone, 5, zoe, inbox.StateSent))
	polls(t, db, phone, withFile(1, ""), wrote(phone, 5, zoe, inbox.StateRead))
	q := queueing(phone, 4, zoe, "own-1")
	queues(t, db, q)
	_ = db.SaveDraft(t.Context(), q.Message.Key, inbox.Draft{Text: "x"})
	sent(t, db, q.Message.Key, "SM5")
	_, _ = db.TakenBy(t.Context(), phone, q.Message.Key, []string{"SM5", "SM6"})
	if _, _, err := db.EndWindows(t.Context(), start.Add(25*time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// useTheHistory asks what those ask who notify.
func useTheHistory(t *testing.T, db *DB, m inbox.Fetched) {
	t.Helper()
	n := noted(m, byMail(inbox.OutcomeSent, me))
	adds(t, db, n)
	_ = db.SetNotifications(t.Context(), []inbox.NotificationRecord{n})
	waitsFor(t, db, inbox.MediumEmail)
	told(t, db, HistoryQuery{})
	told(t, db, HistoryQuery{Member: me})
	_, _ = db.AlertsSince(t.Context(), me, n.Contact, start)
	_, _ = db.UnreadIn(t.Context(), []inbox.Key{m.Message.Key})
	_, _ = db.hasRead(t.Context(), m.Message.Key, me, start)
	_, _, _ = db.Event(t.Context(), n)
	n.Occasion = inbox.OccasionAssigned
	_, _, _ = db.Event(t.Context(), n)
}

// useTheLog asks what a team log's reader asks.
func useTheLog(t *testing.T, db *DB, key inbox.Key) {
	t.Helper()
	waits(t, db, "mine", &teamlog.Note{Conversation: key, Text: "n"})
	_, _ = db.DropPending(t.Context(), "mine")
	mine := waits(t, db, "mine", &teamlog.Note{Conversation: key, Text: "n"})
	confirms(t, db, 2, mine)
	n := uint64(1)
	again := []Waiting{{PendingRecord{ID: "mine", Record: []byte("r")}, []teamlog.Decision{mine}}}
	applies(t, db, Applied{Rewind: &n, Again: again, Checkpoint: []byte("s"), Removals: map[inbox.MemberID][]uint64{"bram": {1}}})
	_, _ = db.HasRecord(t.Context(), "mine")
	_, _, _ = db.HashAt(t.Context(), 1)
	_ = db.Records(t.Context(), 0, 9, func(Record) error { return nil })
	_, _, _, _ = db.Checkpoint(t.Context(), 9)
	_ = db.Renumber(t.Context(), teamlog.Cursor{}, []teamlog.Pos{{Epoch: "e", N: 1}})
	_, _ = db.AddPrivate(t.Context(), []teamlog.Decision{mine})
	_, _ = db.DropPrivate(t.Context(), channel)
	_, _ = db.Reports(t.Context())
	_ = db.DismissReport(t.Context(), "mine.0")
	_ = db.Histories(t.Context(), 9, func(inbox.Key, []teamlog.Decision) error { return nil })
	_, _ = db.AnsweredSince(t.Context(), key)
	_, _ = db.AdoptSnapshot(t.Context(), Adoption{Cursor: teamlog.Cursor{Count: 1}, IDs: []string{"a"}, State: []byte("s"),
		Histories: func(fn func(inbox.Key, []teamlog.Decision) error) error { return fn(key, []teamlog.Decision{mine}) }})
	_ = db.Backfill(t.Context(), []Record{{N: 1, ID: "a"}}, nil)
	_, _ = db.Settle(t.Context())
	_, _ = db.SetMe(t.Context(), "bram")
}

// useTheCRM asks what notes, contacts and the right pane ask.
func useTheCRM(t *testing.T, db *DB, key inbox.Key) {
	t.Helper()
	ctx := t.Context()
	waits(t, db, "link", linkOf(key))
	_, _, _ = db.NoteFacts(ctx, key, "link.0")
	_, _ = db.Links(ctx, key)
	_, _ = db.OwedNotes(ctx, start, "", 0)
	_, _ = db.LinkedTo(ctx, "builtin", someone, 5)
	_, _ = db.ConversationsOf(ctx, []string{carla}, key, 5)
	waits(t, db, "book", person("carla", "Carla", "emails", carla, "phones", "0612345678"))
	waits(t, db, "note", &teamlog.CRMNote{ID: "n1", On: someone, Text: "x", Marker: "m"})
	waits(t, db, "gone", &teamlog.CRMEntity{ID: "carla", RecordKind: inbox.Person, Deleted: true})
	_, _ = db.DropPending(ctx, "gone")
	for _, q := range []EntityQuery{{}, {After: "carla"}, {Text: "car"}, {Text: "car", After: "carla"}} {
		q.Kind = inbox.Person
		_, _, _, _ = db.Entities(ctx, q)
	}
	_, _ = db.FindEntities(ctx, inbox.Person, "car", 5)
	_, _ = db.EntitiesByEmail(ctx, carla)
	_, _ = db.EntityDuplicates(ctx, 5)
	_, _ = db.BookNotes(ctx, someone)
	_, _, _ = db.BookNote(ctx, "n1")
	_, _, _ = db.BookNoteByMarker(ctx, someone, "m")
	_ = db.PutCreation(ctx, creation(key))
	_, _ = db.Creations(ctx)
	_ = db.DropCreation(ctx, "c1")
	sees(t, db)
	seen(t, db)
}

// isWalk says whether a query is meant to read a whole table.
func isWalk(query string) bool {
	for _, search := range deletes {
		if strings.HasPrefix(query, search) {
			return false
		}
	}
	for _, walk := range walks {
		if strings.Contains(query, walk) {
			return true
		}
	}
	return false
}

func checkPlan(t *testing.T, db *DB, query string) int {
	t.Helper()
	if isWalk(query) {
		return 0
	}
	if word, _, _ := strings.Cut(query, " "); word == "PRAGMA" || word == "BEGIN" || word == "COMMIT" || word == "ROLLBACK" {
		return 0
	}
	args := make([]any, 0, strings.Count(query, "?"))
	for range strings.Count(query, "?") {
		args = append(args, 1)
	}
	for n := 3; n > 0 && strings.Contains(query, "?1"); n-- {
		if strings.Contains(query, fmt.Sprintf("?%d", n)) {
			args = args[:n]
			break
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
