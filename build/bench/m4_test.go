//go:build bench

package bench

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sqlite"
)

// TestM4M5ListsAndCounts fills a cache with conversations of one message each
// and asks for pages and counts.
func TestM4M5ListsAndCounts(t *testing.T) {
	n := setting("BENCH_CONVERSATIONS", 1_000_000)
	dir := filepath.Join(t.TempDir(), "profile")
	member := filledProfile(t, dir, n)
	db := openAs(t, dir, member)
	floor := bareList(t, n, firstMail)

	measureCounts(t, db, floor, n)
	section := fullSection(t, db, n)
	rng := rand.New(rand.NewPCG(4, 4))
	tab := &table{title: fmt.Sprintf("M4 Inbox.List, a page of 50 of %d conversations: ms, p50 / p99", n),
		head: []string{"", "first page", "random page"}}
	var ours, theirs [2]sample
	for range rounds() {
		theirs[0] = append(theirs[0], timed(t, 200, func(int) error { return readBare(floor, int64(n)+1) })...)
		ours[0] = append(ours[0], timed(t, 200, func(int) error { return readPage(t, db, section, 0) })...)
		theirs[1] = append(theirs[1], timed(t, 200, func(int) error { return readBare(floor, rng.Int64N(int64(n))+51) })...)
		ours[1] = append(ours[1], timed(t, 200, func(int) error { return readPage(t, db, section, rng.IntN(max(n-50, 1))) })...)
	}
	tab.row("bare SQL, by index", theirs[0].tails(), theirs[1].tails())
	tab.row("Postvak, in process", ours[0].tails(), ours[1].tails())
	tab.row("ratio of the medians", short(ours[0].median()/theirs[0].median()), short(ours[1].median()/theirs[1].median()))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	served := startHeadless(t, dir)
	var http [2]sample
	for range rounds() {
		http[0] = append(http[0], timed(t, 200, func(int) error { return served.readPage(t, section, 0) })...)
		http[1] = append(http[1], timed(t, 200, func(int) error { return served.readPage(t, section, rng.IntN(max(n-50, 1))) })...)
	}
	tab.row("Postvak, through HTTP", http[0].tails(), http[1].tails())
	tab.note("aim: at most 3 times the bare SQL in process, p99 at most 5 ms through HTTP")
	show(tab)
}

// measureCounts is M5.
func measureCounts(t *testing.T, db *sqlite.DB, floor *sql.DB, n int) {
	t.Helper()
	m5 := &table{title: fmt.Sprintf("M5 Section counts at %d conversations: ms, p50 / p99", n), head: []string{"", "time"}}
	var counted, kept sample
	for range rounds() {
		counted = append(counted, timed(t, 3, func(int) error {
			var total, unread int
			return floor.QueryRowContext(t.Context(), "SELECT count(*), sum(unread > 0) FROM rows WHERE section = 1").Scan(&total, &unread)
		})...)
		kept = append(kept, timed(t, 400, func(int) error { _, err := db.Sections(t.Context()); return err })...)
	}
	m5.row("bare SQL, counting", counted.tails())
	m5.row("Postvak, Sections", kept.tails())
	m5.note("aim: p99 at most 0.5 ms")
	show(m5)
}

// fullSection finds the section that holds all n conversations.
func fullSection(t *testing.T, db *sqlite.DB, n int) inbox.Section {
	t.Helper()
	counts, err := db.Sections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if c.Total == n {
			return c.Section
		}
	}
	t.Fatalf("no section holds all %d conversations: %+v", n, counts)
	return ""
}

func readPage(t *testing.T, db *sqlite.DB, section inbox.Section, offset int) error {
	page, err := db.List(t.Context(), sqlite.ListQuery{Section: section, Offset: offset, Limit: 50})
	if err == nil && len(page.Rows) != 50 {
		return fmt.Errorf("%d rows at offset %d", len(page.Rows), offset)
	}
	return err
}

func bareList(t *testing.T, n int, start time.Time) *sql.DB {
	t.Helper()
	db := bare(t, `CREATE TABLE rows (id INTEGER PRIMARY KEY, section INTEGER, last INTEGER, unread INTEGER, key TEXT, name TEXT, address TEXT, subject TEXT, preview TEXT);
		CREATE INDEX rows_section ON rows (section, last)`)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	insert, err := tx.PrepareContext(t.Context(), "INSERT INTO rows VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		m := small("", i, start)
		if _, err := insert.ExecContext(t.Context(), i+1, i+1, i%7 == 0, string(m.Message.Key), m.Message.From.Name, m.Message.From.Address, m.Message.Subject, m.Message.Text); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return db
}

func readBare(db *sql.DB, before int64) error {
	rows, err := db.Query("SELECT last, unread, key, name, address, subject, preview FROM rows WHERE section = 1 AND last < ? ORDER BY last DESC LIMIT 50", before)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var last, unread int64
		var key, name, address, subject, preview string
		if err := rows.Scan(&last, &unread, &key, &name, &address, &subject, &preview); err != nil {
			return err
		}
	}
	if n != 50 {
		return fmt.Errorf("%d rows before %d", n, before)
	}
	return rows.Err()
}
