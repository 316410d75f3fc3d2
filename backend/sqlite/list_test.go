package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// fillRows writes conversations straight into their table, as folding would.
func fillRows(t testing.TB, db *DB, n int, seed uint64, span time.Duration) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 7))
	_, err := db.update(context.Background(), relaxed, func(x *tx) error {
		for i := range n {
			id := millis(start.Add(-time.Duration(random.Int64N(int64(span)))))<<tieBits | int64(i&(1<<tieBits-1))
			section := []any{1, 2, 3, 4, nil}[random.IntN(5)]
			assignee := []string{"", "bram", "carol"}[random.IntN(3)]
			err := x.exec(`INSERT INTO conversations (id, key, channel, section, last, unread, reply_by, assignee, closed, pending,
				contact_name, contact, subject, preview, last_inbound) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, 0)`,
				id, fmt.Sprintf("%s:%022d", channel, i), []string{"shop", "phone"}[random.IntN(2)], section, id, random.IntN(3)/2,
				[]int64{noWindow, random.Int64N(1 << 40)}[random.IntN(2)], assignee, "Name of a contact", fmt.Sprintf("c%d@customer.example", i/3),
				"A subject of the usual length", "The start of the last message, which is somewhat longer than the subject was")
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPagesAreTheWholeList compares pages by cursor and by offset, of every
// order and filter, with the list as a whole.
func TestPagesAreTheWholeList(t *testing.T) {
	db := newCache(t)
	fillRows(t, db, 6000, 1, 40*24*time.Hour)
	var all []Row
	for _, section := range inbox.Sections() {
		all = append(all, pages(t, db, ListQuery{Section: section, Limit: 200})...)
	}
	for _, q := range []ListQuery{
		{}, {Sort: Oldest}, {Sort: ByWindow}, {Channel: "phone"}, {Channel: "phone", Sort: Oldest}, {Unread: true},
		{Unread: true, Channel: "shop"}, {Assignee: "bram"}, {Assignee: "bram", Sort: Oldest, Unread: true},
	} {
		q.Section, q.Limit = inbox.Others, 7
		want := expected(all, q)
		if got := keys(pages(t, db, q)); !slices.Equal(got, want) {
			t.Errorf("%+v: %d rows by cursor, want %d", q, len(got), len(want))
		}
		for _, offset := range []int{0, 1, 250, 499, 500, 501, len(want) / 2, len(want) - 3, len(want), len(want) + 900} {
			q.Offset = offset
			page, err := db.List(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			from := min(max(offset, 0), len(want))
			if got := keys(page.Rows); !slices.Equal(got, want[from:min(from+7, len(want))]) || page.Total != len(want) {
				t.Errorf("%+v: offset %d gives %v of %d, want %v of %d", q, offset, got, page.Total, want[from:min(from+7, len(want))], len(want))
			}
		}
	}
}

func pages(t testing.TB, db *DB, q ListQuery) (rows []Row) {
	t.Helper()
	for {
		page, err := db.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, page.Rows...)
		if q.After = page.Next; q.After == "" {
			return rows
		}
	}
}

func keys(rows []Row) []inbox.Key {
	all := []inbox.Key{}
	for _, r := range rows {
		all = append(all, r.ID)
	}
	return all
}

// expected filters and sorts as the contract says, in the plainest way. Rows
// of one moment may stand in any order that does not change: the tie-breaker
// is the number in their key here.
func expected(all []Row, q ListQuery) []inbox.Key {
	rows := slices.DeleteFunc(slices.Clone(all), func(r Row) bool {
		return r.Section != q.Section || q.Channel != "" && r.Channel != q.Channel || q.Unread && r.Unread == 0 ||
			q.Assignee != "" && r.Assignee != q.Assignee
	})
	slices.SortFunc(rows, func(a, b Row) int {
		age := cmp.Or(a.LastAt.Compare(b.LastAt), cmp.Compare(a.ID, b.ID))
		switch q.Sort {
		case Oldest:
			return age
		case ByWindow:
			return cmp.Or(cmp.Compare(windowOf(a), windowOf(b)), age)
		}
		return -age
	})
	return keys(rows)
}

func windowOf(r Row) int64 {
	if r.ReplyBy.IsZero() {
		return noWindow
	}
	return r.ReplyBy.UnixMilli()
}

func TestListFiltersByText(t *testing.T) {
	db := searchable(t)
	page, err := db.List(t.Context(), ListQuery{Section: inbox.Unassigned, Text: "croissants", Limit: 1})
	if err != nil || page.Total != 2 || len(page.Rows) != 1 || page.Rows[0].Subject != "Invoice" || page.Next == "" {
		t.Fatalf("page %+v, %v", page, err)
	}
}

func TestBadListQueries(t *testing.T) {
	db := newCache(t)
	for _, q := range []ListQuery{
		{Section: "attic"}, {Section: inbox.Mine, Sort: "random"}, {Section: inbox.Mine, After: "x"}, {Section: inbox.Mine, After: "1.2"},
		{Section: inbox.Mine, Sort: ByWindow, After: "1"},
	} {
		_, err := db.List(t.Context(), q)
		wantCode(t, err, inbox.Invalid)
	}
}
