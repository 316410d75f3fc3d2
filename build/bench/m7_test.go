//go:build bench

package bench

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"postvak/backend/mime"
	"postvak/backend/specimen"
	"postvak/backend/sqlite"
)

// classes are the searches of M7; the words' frequency is specimen's. All
// who are compared understand the same words.
var classes = []struct{ name, query string }{
	{"rare word", specimen.Rare},
	{"middle word", specimen.Middle},
	{"common word", specimen.Common},
	{"two words", specimen.Common + " " + specimen.Middle},
	{"phrase", `"` + specimen.Phrase + `"`},
	{"4-letter prefix", "warr*"},
	{"3-letter prefix", "ver*"},
}

// searcher is one of those that M7 compares, with the same letters in it.
type searcher struct {
	name   string
	peer   string // what the ratio's column calls it; empty when it has none
	search func(query string) (hits int, took time.Duration, err error)
}

// clocked measures a search from outside.
func clocked(search func(query string) (int, error)) func(string) (int, time.Duration, error) {
	return func(query string) (int, time.Duration, error) {
		began := time.Now()
		hits, err := search(query)
		return hits, time.Since(began), err
	}
}

// measureSearch asks Postvak, a bare index and the peers in turns.
func measureSearch(t *testing.T, db *sqlite.DB, box *specimen.Mailbox) {
	t.Helper()
	all := append(peersWith(t, box), searcher{name: "Postvak", search: clocked(func(query string) (int, error) {
		page, err := db.Search(t.Context(), sqlite.SearchQuery{Text: query, Limit: 50})
		return len(page.Hits), err
	})})
	tab := &table{title: "M7 Inbox.Search, the newest 50 conversations: ms, p50 / p99; hits", head: []string{""}}
	for _, s := range all {
		tab.head = append(tab.head, s.name)
	}
	for _, s := range all {
		if s.peer != "" {
			tab.head = append(tab.head, s.peer+" ÷ Postvak")
		}
	}
	for _, c := range classes {
		tab.row(append([]string{c.name}, measureClass(t, all, c.query)...)...)
	}
	tab.note("mu's server and the program around libnotmuch stay between searches; mu's time has its answer's way through a pipe in it, Postvak's has the snippets")
	tab.note("mu and the bare index give letters, libnotmuch threads, Postvak conversations; ratios are turn by turn, and above 1 Postvak is ahead")
	noteMissing(tab, mu, notmuch)
	tab.note("aim: ahead of every peer in every class, p99 at most 5 ms at 100,000 messages")
	show(tab)
}

// measureClass gives a row's cells: times and hits of all, then the ratios.
func measureClass(t *testing.T, all []searcher, query string) (cells []string) {
	t.Helper()
	times, medians, hits := make([]sample, len(all)), make([]sample, len(all)), make([]int, len(all))
	for range rounds() {
		for i, s := range all {
			var turn sample
			turn, hits[i] = searchTurn(t, s, query)
			times[i], medians[i] = append(times[i], turn...), append(medians[i], turn.median())
		}
	}
	ours := len(all) - 1
	if hits[ours] == 0 && query != specimen.Rare {
		t.Errorf("%s finds nothing", query)
	}
	for i, s := range all {
		// The letters are the same, and a conversation has one or more.
		if hits[i] < hits[ours] {
			t.Errorf("%s finds %d for %s, Postvak %d conversations", s.name, hits[i], query, hits[ours])
		}
		cells = append(cells, fmt.Sprintf("%s; %d", times[i].tails(), hits[i]))
	}
	for i, s := range all {
		if s.peer != "" {
			cells = append(cells, medians[i].over(medians[ours]).spread())
		}
	}
	return cells
}

func searchTurn(t *testing.T, s searcher, query string) (times sample, hits int) {
	t.Helper()
	for range 20 {
		found, took, err := s.search(query)
		if err != nil {
			t.Fatalf("%s, asked for %s: %v", s.name, query, err)
		}
		times, hits = append(times, float64(took.Microseconds())/1000), found
	}
	return times, hits
}

// peersWith are those that Postvak is compared with, filled with its letters.
func peersWith(t *testing.T, box *specimen.Mailbox) []searcher {
	t.Helper()
	index := fillIndex(t, box)
	all := []searcher{{name: "bare FTS5, 50 rowids", search: clocked(func(query string) (int, error) { return bareSearch(index, query) })}}
	if mu.missing() && notmuch.missing() {
		return all
	}
	maildir := t.TempDir()
	began := time.Now()
	if err := specimen.WriteMaildir(maildir, box); err != nil {
		t.Fatal(err)
	}
	told("Maildir of the same messages written", began)
	if !mu.missing() {
		all = append(all, muWith(t, maildir, box.Len()))
	}
	if !notmuch.missing() {
		all = append(all, notmuchWith(t, maildir, box.Len()))
	}
	return all
}

func muWith(t *testing.T, maildir string, n int) searcher {
	t.Helper()
	home, began := t.TempDir(), time.Now()
	indexWithMu(t, maildir, home, n)
	told("mu's index of the same messages made", began)
	server := startMu(t, home)
	t.Cleanup(func() { server.stop(t) })
	return searcher{name: "mu's server", peer: "mu", search: clocked(server.search)}
}

func fillIndex(t *testing.T, box *specimen.Mailbox) *sql.DB {
	t.Helper()
	began := time.Now()
	db := bare(t, `CREATE VIRTUAL TABLE search USING fts5 (subject, text, content = '', tokenize = "unicode61 remove_diacritics 2")`)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range box.All() {
		m := mime.Parse(l.Raw)
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO search (rowid, subject, text) VALUES (?, ?, ?)", i+1, m.Subject, m.Text); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	told("bare FTS5 index of the same messages made", began)
	return db
}

// bareSearch counts the newest 50 letters' rowids.
func bareSearch(db *sql.DB, query string) (hits int, err error) {
	rows, err := db.Query("SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT 50", query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return 0, err
		}
		hits++
	}
	return hits, rows.Err()
}
