package sqlite

import (
	"fmt"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// TestAFarPageFollowsEveryCommit scrolls far down while mail comes: what is kept
// of the days between two pages holds until the next commit only.
func TestAFarPageFollowsEveryCommit(t *testing.T) {
	db := newCache(t)
	var letters []inbox.Fetched
	for i := range farOffset + 300 {
		letters = append(letters, mail(i, fmt.Sprintf("c%d@customer.example", i), func(m *inbox.Message) { m.At = start.Add(time.Duration(i) * time.Hour) }))
	}
	store(t, db, letters...)
	at := func(offset int, sort Sort) inbox.Key {
		t.Helper()
		page, err := db.List(t.Context(), ListQuery{Section: inbox.Unassigned, Sort: sort, Offset: offset, Limit: 1})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("%d rows at %d, %v", len(page.Rows), offset, err)
		}
		return page.Rows[0].ID
	}
	for _, offset := range []int{farOffset, farOffset + 17, len(letters) - 1} {
		if got, want := at(offset, Newest), letters[len(letters)-1-offset].Message.Key; got != want {
			t.Errorf("newest first, at %d: %s, want %s", offset, got, want)
		}
		if got, want := at(offset, Oldest), letters[offset].Message.Key; got != want {
			t.Errorf("oldest first, at %d: %s, want %s", offset, got, want)
		}
	}
	before := at(farOffset, Newest)
	store(t, db, mail(0, "new@customer.example", func(m *inbox.Message) { m.At = start.Add(10_000 * time.Hour) }))
	if got := at(farOffset+1, Newest); got != before {
		t.Errorf("after a new one at the top the next place has %s, want %s", got, before)
	}
	if page, err := db.List(t.Context(), ListQuery{Section: inbox.Unassigned, Offset: len(letters) + 1}); err != nil || len(page.Rows) != 0 {
		t.Errorf("behind the end: %d rows, %v", len(page.Rows), err)
	}
}
