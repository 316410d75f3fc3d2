package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"postvak/backend/inbox"
)

// How long what became of an event is kept, and how many rows at most: so many
// of the member's own, and so many of all others.
const (
	keepOwn           = 30 * 24 * time.Hour
	keepOthers        = 2 * 24 * time.Hour
	keptNotifications = 100_000
)

// maxWaiting is how many waiting rows are handed over at once, and maxDetail
// how many bytes of a server's words are kept.
const (
	maxWaiting = 20_000
	maxDetail  = 1000
)

const notificationColumns = `n.event, n.occasion, n.conversation, n.thread, n.channel, n.at, n.member, n.medium, n.outcome, n.reason, n.detail,
	n.contact, n.due, n.decided`

// AddNotifications stores lines of the history and gives those that are new: an
// event may be heard of twice. One about a message that was deleted for good
// (R12) is left out.
func (db *DB) AddNotifications(ctx context.Context, all []inbox.NotificationRecord) (fresh []inbox.NotificationRecord, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	_, err = db.update(ctx, safety(all), func(t *tx) error {
		t.filled["notifications"] = true
		made := millis(db.opt.Now())
		for _, n := range all {
			if deleted, err := t.isDeleted(n); err != nil {
				return err
			} else if deleted {
				continue
			}
			added, err := t.addNotification(n, made)
			if err != nil {
				return err
			}
			if added {
				fresh = append(fresh, n)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// safety is what rows must survive. What was sent must not be sent again after
// a power cut; what was only shown may be.
func safety(all []inbox.NotificationRecord) durability {
	for _, n := range all {
		if n.Medium == inbox.MediumEmail && n.Outcome != inbox.OutcomeWaiting && n.Outcome != inbox.OutcomeSuppressed {
			return durable
		}
	}
	return relaxed
}

// isDeleted says whether what a row is about was deleted before it came here. A
// deleted conversation that lives again goes by its old name (R13).
func (t *tx) isDeleted(n inbox.NotificationRecord) (bool, error) {
	if n.Occasion != inbox.OccasionAssigned {
		return t.isPurged(inbox.Key(n.EventID))
	}
	if purged, err := t.isPurged(n.Conversation); err != nil || !purged {
		return false, err
	}
	r, found, err := rowOf(t, n.Conversation)
	return !found || !r.section.Valid, err
}

func (t *tx) addNotification(n inbox.NotificationRecord, made int64) (bool, error) {
	added, err := t.changedRows(`INSERT OR IGNORE INTO notifications (event, member, medium, occasion, conversation, thread, channel,
		at, outcome, reason, detail, contact, due, decided, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n.EventID, string(n.Member), string(n.Medium), string(n.Occasion), string(n.Conversation), n.Thread, string(n.Channel), millis(n.At),
		string(n.Outcome), string(n.Reason), cut(n.Detail, maxDetail), n.Contact, millis(n.Due), millis(n.Decided), made)
	return added > 0, err
}

// SetNotifications says what became of lines that are here: outcome, reason,
// detail, due and when it was decided. One that is gone does not come back
// (R12).
func (db *DB) SetNotifications(ctx context.Context, all []inbox.NotificationRecord) error {
	if len(all) == 0 {
		return nil
	}
	_, err := db.update(ctx, safety(all), func(t *tx) error {
		for _, n := range all {
			err := t.exec(`UPDATE notifications SET outcome = ?, reason = ?, detail = ?, due = ?, decided = ?
				WHERE event = ? AND member = ? AND medium = ?`, string(n.Outcome), string(n.Reason), cut(n.Detail, maxDetail),
				millis(n.Due), millis(n.Decided), n.EventID, string(n.Member), string(n.Medium))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// WaitingNotifications gives the lines of a medium that are to be looked at
// again, those that are due first at the front: what waits, and what was held
// back.
func (db *DB) WaitingNotifications(ctx context.Context, medium inbox.Medium) (all []inbox.NotificationRecord, err error) {
	err = db.reading(ctx).each("SELECT "+notificationColumns+` FROM notifications n WHERE medium = ? AND (due != 0 OR outcome = '')
		ORDER BY due LIMIT `+fmt.Sprint(maxWaiting), []any{string(medium)}, func(rows *sql.Rows) error {
		n, err := scanNotification(rows)
		all = append(all, n)
		return err
	})
	return all, err
}

// scanNotification reads a row that begins with notificationColumns.
func scanNotification(rows *sql.Rows, more ...any) (n inbox.NotificationRecord, err error) {
	var at, due, decided int64
	err = rows.Scan(append([]any{&n.EventID, &n.Occasion, &n.Conversation, &n.Thread, &n.Channel, &at, &n.Member, &n.Medium, &n.Outcome,
		&n.Reason, &n.Detail, &n.Contact, &due, &decided}, more...)...)
	n.At, n.Due, n.Decided = fromMillis(at), fromMillis(due), fromMillis(decided)
	return n, err
}

// forgetNotifications takes out the lines about a message that is purged.
func (t *tx) forgetNotifications(key inbox.Key) error {
	if some, err := t.some("notifications"); err != nil || !some {
		return err
	}
	return t.exec("DELETE FROM notifications WHERE event = ?", string(key))
}

// forgetAssignments takes out the lines about assignments of a conversation
// that was deleted. It may be known by any of its messages.
func (t *tx) forgetAssignments(messages []shownMessage) error {
	if some, err := t.some("notifications"); err != nil || !some {
		return err
	}
	for _, m := range messages {
		err := t.exec("DELETE FROM notifications WHERE conversation = ? AND occasion = 'assignedToMe'", string(m.key))
		if err != nil {
			return err
		}
	}
	return nil
}

// pruneStep is how many rows are taken out in one transaction: other writes get
// their turn between.
const pruneStep = 1000

// PruneNotifications drops what is older than anybody asks for: 30 days for the
// member's own lines, two for those of others, and the oldest of too many. In a
// big team a busy hour brings so many of the others' that they must not count
// against the member's own. Age counts from when a line came in here.
func (db *DB) PruneNotifications(ctx context.Context, now time.Time) error {
	me := string(db.me())
	for _, old := range []struct {
		query string
		args  []any
	}{
		{"made < ?", []any{millis(now.Add(-keepOwn))}},
		{"made < ? AND member != ?", []any{millis(now.Add(-keepOthers)), me}},
		{"member != ? AND " + tooMany("member != ?"), []any{me, me}},
		{"member = ? AND " + tooMany("member = ?"), []any{me, me}},
	} {
		query := "DELETE FROM notifications WHERE seq IN (SELECT seq FROM notifications WHERE " + old.query + " LIMIT " + fmt.Sprint(pruneStep) + ")"
		if err := db.prune(ctx, query, old.args); err != nil {
			return err
		}
	}
	return nil
}

// tooMany says of a line that there are enough newer ones among some.
func tooMany(some string) string {
	return "seq <= (SELECT seq FROM notifications WHERE " + some + " ORDER BY seq DESC LIMIT 1 OFFSET " + fmt.Sprint(keptNotifications) + ")"
}

func (db *DB) prune(ctx context.Context, query string, args []any) error {
	for {
		var n int64
		_, err := db.update(ctx, relaxed, func(t *tx) (err error) {
			n, err = t.changedRows(query, args...)
			return err
		})
		if err != nil || n < pruneStep {
			return err
		}
	}
}
