package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// lastInbound is when the contact of a chat last wrote, in milliseconds. What a
// delete took away counts: the provider's window does not know of that.
func lastInbound(messages []shownMessage) int64 {
	if !messages[0].key.Chat() {
		return 0
	}
	for _, m := range slices.Backward(messages) {
		if m.flags&flagOut == 0 {
			return m.id >> tieBits
		}
	}
	return 0
}

// windowEnds is when the reply window ends that is open now (R27), as a row keeps
// it.
func windowEnds(c inbox.Channel, lastInbound int64, now time.Time) int64 {
	if lastInbound == 0 {
		return noWindow
	}
	ends := inbox.WindowAt(inbox.WindowFacts{Kind: c.Kind, LastInbound: fromMillis(lastInbound), HumanAgent: c.Messenger.HumanAgent}, now).Ends
	if ends.IsZero() {
		return noWindow
	}
	return millis(ends)
}

func sameWindows(old, now inbox.Channel) bool {
	return old.Kind == now.Kind && old.Messenger.HumanAgent == now.Messenger.HumanAgent
}

// EndWindows moves on the conversations whose reply window has ended by now: to
// what follows it, or to none, last in the order of windows. Next is when the
// next one ends; zero when none is open. Its keeper calls it then, and after any
// change in between.
func (db *DB) EndWindows(ctx context.Context, now time.Time) (changed Changed, next time.Time, err error) {
	var open int64
	ended, err := db.endedWindows(ctx, now)
	if err == nil && len(ended) > 0 {
		changed, err = db.update(ctx, relaxed, func(t *tx) error { return t.endWindows(ended, now) })
	}
	if err != nil {
		return changed, time.Time{}, err
	}
	found, err := db.reading(ctx).one("SELECT reply_by FROM conversations WHERE reply_by < 9223372036854775807 ORDER BY reply_by LIMIT 1", nil, &open)
	if err != nil || !found {
		return changed, time.Time{}, err
	}
	return changed, fromMillis(open), nil
}

func (db *DB) endedWindows(ctx context.Context, now time.Time) (ids []int64, err error) {
	err = db.reading(ctx).each("SELECT id FROM conversations WHERE reply_by <= ? AND reply_by < 9223372036854775807", []any{millis(now)},
		func(rows *sql.Rows) error {
			ids = append(ids, 0)
			return rows.Scan(&ids[len(ids)-1])
		})
	return ids, err
}

func (t *tx) endWindows(ids []int64, now time.Time) error {
	for _, id := range ids {
		r, found, err := t.oldRow(id)
		if err != nil {
			return err
		}
		ends := windowEnds(t.channel(inbox.ChannelID(r.channel)), r.lastInbound, now)
		if !found || ends == r.replyBy {
			continue
		}
		if err := t.exec("UPDATE conversations SET reply_by = ? WHERE id = ?", ends, id); err != nil {
			return err
		}
		t.changes.conversation(inbox.Key(r.key), sectionOf(r.section.Int64))
	}
	return nil
}
