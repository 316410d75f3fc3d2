package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// HistoryQuery asks for lines of the history of notifications. After is the
// cursor of the page before. Limit 0 means 50.
type HistoryQuery struct {
	Member inbox.MemberID // "": everybody's
	After  string
	Limit  int
}

// HistoryRow is a line with what a person knows its conversation by. Both are
// empty while the conversation is not here or not for this member to see.
// Conversation is its present id.
type HistoryRow struct {
	inbox.NotificationRecord
	ContactName string
	Subject     string

	seq int64
}

const historyQuery = "SELECT " + notificationColumns + `, n.seq, coalesce(c.key, n.conversation), coalesce(c.contact_name, ''), coalesce(c.subject, '')
	FROM notifications n LEFT JOIN sources s ON s.key = n.conversation LEFT JOIN messages m ON m.id = s.id
	LEFT JOIN conversations c ON c.id = m.conversation AND c.section IS NOT NULL
	WHERE outcome != '' AND (n.at, n.seq) < (?, ?)`

// NotificationHistory gives a page of what became of events, the newest event
// first, with the cursor of the next page; "" on the last one. What still waits
// is not in it; what was held back is.
func (db *DB) NotificationHistory(ctx context.Context, q HistoryQuery) (rows []HistoryRow, next string, err error) {
	limit := q.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	at, seq, err := historyCursor(q.After)
	if err != nil {
		return nil, "", err
	}
	err = db.snapshot(ctx, func(r reading) error {
		rows, err = historyPage(r, q.Member, at, seq, limit+1)
		return err
	})
	if err != nil || len(rows) <= limit {
		return rows, "", err
	}
	rows = rows[:limit]
	last := rows[limit-1]
	return rows, fmt.Sprintf("%d.%d", millis(last.At), last.seq), nil
}

func historyPage(r reading, member inbox.MemberID, at, seq int64, most int) (page []HistoryRow, err error) {
	query, args := historyQuery, []any{at, seq}
	if member != "" {
		query, args = query+" AND n.member = ?", append(args, string(member))
	}
	err = r.each(query+" ORDER BY n.at DESC, n.seq DESC LIMIT "+strconv.Itoa(most), args, func(rows *sql.Rows) error {
		row, err := scanHistory(rows)
		page = append(page, row)
		return err
	})
	return page, err
}

func scanHistory(rows *sql.Rows) (row HistoryRow, err error) {
	var present inbox.Key
	row.NotificationRecord, err = scanNotification(rows, &row.seq, &present, &row.ContactName, &row.Subject)
	row.Conversation = present
	return row, err
}

func historyCursor(after string) (at, seq int64, err error) {
	if after == "" {
		return maxMillis + 1, 0, nil
	}
	first, second, _ := strings.Cut(after, ".")
	at, err1 := strconv.ParseInt(first, 10, 64)
	seq, err2 := strconv.ParseInt(second, 10, 64)
	if err1 != nil || err2 != nil {
		return 0, 0, badCursor()
	}
	return at, seq, nil
}

// AlertsSince counts the e-mail alerts to a member about a contact since a
// moment, by this desktop's clock: what tells of several events in one
// thread within one minute is one alert.
func (db *DB) AlertsSince(ctx context.Context, member inbox.MemberID, contact string, since time.Time) (n int, err error) {
	_, err = db.reading(ctx).one(`SELECT count(DISTINCT thread || '/' || (at / 60000)) FROM notifications
		WHERE member = ? AND contact = ? AND decided >= ? AND outcome IN ('sent', 'unknown') AND medium = 'email'`,
		[]any{string(member), contact, millis(since)}, &n)
	return n, err
}
