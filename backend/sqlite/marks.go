package sqlite

import (
	"context"
	"database/sql"

	"postvak/backend/inbox"
)

// Marks is what of a person's own work stands in a conversation.
type Marks struct {
	Waiting   bool // a message waits to be sent
	Attention bool // a message could not be sent, or a person is asked whether it was
	Draft     bool
}

// Marks gives the marks of every conversation that has one, by the states that
// its messages show. It costs what the outbox and the drafts hold, however
// large the mailbox is.
func (db *DB) Marks(ctx context.Context) (map[inbox.Key]Marks, error) {
	marks := map[inbox.Key]Marks{}
	err := db.reading(ctx).each(`
		SELECT c.key, work.waiting, work.attention, work.draft FROM (
			SELECT o.message, s.state IN ('queued', 'sending') AS waiting,
				s.state IN ('failed', 'needs_attention') AS attention, 0 AS draft
			FROM outbox o CROSS JOIN sources s ON s.id = o.message WHERE o.state NOT IN ('sent', 'filed')
			UNION ALL SELECT message, 0, 0, 1 FROM drafts) AS work
		CROSS JOIN messages m ON m.id = work.message CROSS JOIN conversations c ON c.id = m.conversation`, nil,
		func(rows *sql.Rows) error {
			var key inbox.Key
			var one Marks
			if err := rows.Scan(&key, &one.Waiting, &one.Attention, &one.Draft); err != nil {
				return err
			}
			all := marks[key]
			marks[key] = Marks{all.Waiting || one.Waiting, all.Attention || one.Attention, all.Draft || one.Draft}
			return nil
		})
	return marks, err
}
