package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// manyRows is a cache of so many conversations over three years.
func manyRows(b *testing.B) (*DB, int) {
	b.Helper()
	size := benchSize(b, "POSTVAK_BENCH_CONVERSATIONS", 100_000)
	db := newCache(b)
	fillRows(b, db, size, 1, 3*365*24*time.Hour)
	return db, size
}

// bare is the list's SQL without anything around it: what M4 compares with.
func bare(b *testing.B, db *DB, limit int, where string, args ...any) {
	b.Helper()
	rows, err := db.readers.QueryContext(context.Background(), "SELECT "+rowColumns+" FROM conversations WHERE "+where+
		fmt.Sprintf(" ORDER BY last DESC LIMIT %d", limit), args...)
	count := 0
	if err := eachRow(rows, err, func(rows *sql.Rows) error {
		var r row
		count++
		return scanRow(rows, &r)
	}); err != nil || count == 0 {
		b.Fatal(count, err)
	}
}

// BenchmarkList is M4: a page of 50 of a long list, beside the bare SQL.
func BenchmarkList(b *testing.B) {
	db, size := manyRows(b)
	random := rand.New(rand.NewPCG(1, 1))
	cursor := func() int64 {
		return millis(start.Add(-time.Duration(random.Int64N(int64(3*365*24*time.Hour)*9/10)))) << tieBits
	}
	get := func(b *testing.B, q ListQuery) {
		q.Section = inbox.Unassigned
		if page, err := db.List(context.Background(), q); err != nil || len(page.Rows) == 0 {
			b.Fatal(len(page.Rows), err)
		}
	}
	run := func(name string, fn func(*testing.B)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				fn(b)
			}
		})
	}
	run("first/bare", func(b *testing.B) { bare(b, db, 50, "section = ?", 1) })
	run("first/list", func(b *testing.B) { get(b, ListQuery{}) })
	run("random/bare", func(b *testing.B) { bare(b, db, 50, "section = ? AND last < ?", 1, cursor()) })
	run("random/list", func(b *testing.B) { get(b, ListQuery{After: fmt.Sprint(cursor())}) })
	run("offset/list", func(b *testing.B) { get(b, ListQuery{Offset: random.IntN(size / 6)}) })
	run("channel/list", func(b *testing.B) { get(b, ListQuery{Channel: "phone"}) })
	run("unread/list", func(b *testing.B) { get(b, ListQuery{Unread: true}) })
	run("sections", func(b *testing.B) { // M5
		if _, err := db.Sections(context.Background()); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkOpen is M6: a conversation of 200 messages with bodies.
func BenchmarkOpen(b *testing.B) {
	db := newCache(b)
	words := newVocabulary(3)
	var messages []inbox.Fetched
	for i := range 200 {
		messages = append(messages, mail(i, carla, answers(max(i-1, 0)), text(words.text(300))))
	}
	store(b, db, messages...)
	for b.Loop() {
		view, err := db.Conversation(context.Background(), messages[0].Message.Key, OpenQuery{Limit: 200})
		if err != nil || len(view.Messages) != 200 {
			b.Fatal(err)
		}
	}
}

// BenchmarkSearch is M7, on 100,000 messages where asked for.
func BenchmarkSearch(b *testing.B) {
	db := newCache(b)
	storeAll(b, db, newVocabulary(1).mailbox(benchSize(b, "POSTVAK_BENCH_SEARCH", 20_000)))
	words := newVocabulary(1)
	frequent, middle := words.nth(3), words.nth(700)
	for name, query := range map[string]string{
		"rare": words.nth(40_000), "middle": middle, "common": frequent, "two words": frequent + " " + words.nth(40),
		"phrase": `"` + frequent + " " + words.nth(5) + `"`, "prefix 4": words.nth(300)[:4] + "*", "prefix 3": words.nth(300)[:3] + "*",
		"from": "from:" + middle, "attachment": frequent + " has:attachment",
	} {
		b.Run(name, func(b *testing.B) {
			hits := 0
			for b.Loop() {
				page, err := db.Search(context.Background(), SearchQuery{Text: query})
				if err != nil {
					b.Fatal(err)
				}
				hits = len(page.Hits)
			}
			b.ReportMetric(float64(hits), "hits")
		})
	}
}
