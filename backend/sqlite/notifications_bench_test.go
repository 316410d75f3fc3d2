package sqlite

import (
	"context"
	"fmt"
	"testing"

	"postvak/backend/inbox"
)

// fullHistory is a cache whose history holds as much as it ever does.
func fullHistory(b *testing.B) (*DB, []inbox.Fetched) {
	b.Helper()
	db := newCache(b)
	messages := make([]inbox.Fetched, 0, 100)
	for i := range 100 {
		messages = append(messages, mail(i, fmt.Sprintf("c%d@customer.example", i)))
	}
	store(b, db, messages...)
	err := db.script(context.Background(), fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO notifications (event, member, medium, occasion, conversation, thread, channel, at, outcome, reason, detail, contact, due, decided, made)
		SELECT 'shop:' || hex(i), 'm' || (i %% 50), 'email', 'others', 'shop:' || hex(i / 500), 't', 'shop', %d + i * 1000, 'suppressed', 'off', '', 'c@x.example', 0, 0, i FROM n`,
		2*keptNotifications, millis(start)))
	if err != nil {
		b.Fatal(err)
	}
	return db, messages
}

// BenchmarkAddNotifications is what one message costs in a team of fifty.
func BenchmarkAddNotifications(b *testing.B) {
	db, messages := fullHistory(b)
	n := 0
	for b.Loop() {
		all := make([]inbox.NotificationRecord, 0, 50)
		for member := range 50 {
			r := noted(messages[n%len(messages)], byMail(inbox.OutcomeSuppressed, inbox.MemberID(fmt.Sprint("m", member))))
			r.EventID = fmt.Sprint("shop:new", n)
			all = append(all, r)
		}
		if fresh, err := db.AddNotifications(context.Background(), all); err != nil || len(fresh) != 50 {
			b.Fatalf("%d new, %v", len(fresh), err)
		}
		n++
	}
}

// BenchmarkNotificationHistory opens the page of what became of events.
func BenchmarkNotificationHistory(b *testing.B) {
	db, _ := fullHistory(b)
	for b.Loop() {
		if rows, _, err := db.NotificationHistory(context.Background(), HistoryQuery{}); err != nil || len(rows) != 50 {
			b.Fatalf("%d rows, %v", len(rows), err)
		}
	}
}
