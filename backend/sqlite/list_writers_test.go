package sqlite

import (
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// TestAListSaysWhoWroteAChatsLastMessage: me, a colleague, or nobody knows who.
func TestAListSaysWhoWroteAChatsLastMessage(t *testing.T) {
	db, _ := newChat(t)
	lastBy := func() inbox.MemberID {
		t.Helper()
		for _, section := range inbox.Sections() {
			page, err := db.List(t.Context(), ListQuery{Section: section})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Rows {
				return row.LastBy
			}
		}
		t.Fatal("no row")
		return ""
	}
	expect := func(want inbox.MemberID, when string) {
		t.Helper()
		if got := lastBy(); got != want {
			t.Errorf("%s it is by %q, want %q", when, got, want)
		}
	}
	polls(t, db, phone, wrote(phone, 1, zoe, inbox.StateReceived))
	expect("", "when the contact wrote")
	queues(t, db, queueing(phone, 4, zoe, "own-1"))
	expect(me, "when it waits here")
	polls(t, db, phone, wrote(phone, 5, zoe, inbox.StateSent))
	expect("", "when nobody says whose it is")
	log := &logBook{t: t, db: db}
	log.decide("bram", &teamlog.Sent{Conversation: inbox.ChatKey(phone, "SM5"), Key: inbox.ChatKey(phone, "SM5"), By: "bram"})
	expect("bram", "when a colleague says it is theirs")
}
