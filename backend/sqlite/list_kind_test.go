package sqlite

import (
	"slices"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// TestAListOfOneKindIsThatOfItsChannels compares pages of a kind with those of
// the one channel that is of it, by cursor and by offset.
func TestAListOfOneKindIsThatOfItsChannels(t *testing.T) {
	db := newCache(t)
	phone := shop()
	phone.ID, phone.Kind = "phone", inbox.WhatsApp
	connect(t, db, shop(), phone)
	fillRows(t, db, 2000, 2, 40*24*time.Hour)
	for _, sort := range []Sort{Newest, Oldest, ByWindow} {
		one := ListQuery{Section: inbox.Others, Channel: "phone", Sort: sort, Limit: 7}
		kind := ListQuery{Section: inbox.Others, Kind: inbox.WhatsApp, Sort: sort, Limit: 7}
		want := keys(pages(t, db, one))
		if got := keys(pages(t, db, kind)); len(got) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s: %d rows by cursor, want %d", sort, len(got), len(want))
		}
		kind.Offset = 150
		page, err := db.List(t.Context(), kind)
		if err != nil || page.Total != len(want) || !slices.Equal(keys(page.Rows), want[150:157]) {
			t.Errorf("%s: %d of %d rows by offset, want those of %d: %v", sort, len(page.Rows), page.Total, len(want), err)
		}
	}
	page, err := db.List(t.Context(), ListQuery{Section: inbox.Others, Kind: inbox.Messenger})
	if err != nil || len(page.Rows) != 0 || page.Total != 0 {
		t.Errorf("of a kind without channels: %d rows of %d, %v", len(page.Rows), page.Total, err)
	}
}
