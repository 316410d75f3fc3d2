package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// ClosingWindows gives the events of the reply windows that end within the hour
// (inbox.ClosingAt), the soonest first, but for those that its caller knows by
// their id and assignee, and when it is to be asked again at the latest; zero:
// not before something changes.
func (db *DB) ClosingWindows(ctx context.Context, now time.Time, known func(event string, assignee inbox.MemberID) bool) (events []inbox.NotificationEvent, next time.Time, err error) {
	soon := now.Add(inbox.ClosingFor)
	err = db.snapshot(ctx, func(r reading) error {
		rows, err := closingRows(r, now, soon)
		if err != nil {
			return err
		}
		for _, stored := range rows {
			e := db.closingEvent(stored)
			if !e.Ends.Equal(windowEnd(stored.replyBy)) || known(e.ID, e.Assignee) {
				continue // not the free window, or told of
			}
			is, err := db.stillCloses(r, stored)
			if err != nil {
				return err
			}
			if is {
				events = append(events, e)
			}
		}
		var end int64
		found, err := r.one("SELECT reply_by FROM conversations WHERE reply_by > ? AND reply_by < 9223372036854775807 ORDER BY reply_by LIMIT 1",
			[]any{millis(soon)}, &end)
		if found && err == nil {
			next = fromMillis(end).Add(-inbox.ClosingFor)
		}
		return err
	})
	return events, next, err
}

// closingRows are the open conversations of members' whose window ends between
// two moments.
func closingRows(r reading, after, until time.Time) (all []row, err error) {
	err = r.each("SELECT "+rowColumns+` FROM conversations WHERE reply_by > ? AND reply_by <= ? AND reply_by < 9223372036854775807
		AND section IS NOT NULL AND assignee <> '' AND NOT closed ORDER BY reply_by`, []any{millis(after), millis(until)},
		func(rows *sql.Rows) error {
			all = append(all, row{})
			return scanRow(rows, &all[len(all)-1])
		})
	return all, err
}

// closingEvent is the event that a conversation's free window ends.
func (db *DB) closingEvent(stored row) inbox.NotificationEvent {
	channel := inbox.ChannelID(stored.channel)
	window := inbox.WindowFacts{Kind: db.channel(channel).Kind, LastInbound: fromMillis(stored.lastInbound)}
	end := window.FreeUntil()
	thread := chatThread(channel, stored.contact)
	return inbox.NotificationEvent{
		ID: inbox.ClosingID(thread, end), Conversation: inbox.Key(stored.key), Channel: channel, Thread: thread,
		At: end.Add(-inbox.ClosingFor), Ends: end, Assignee: inbox.MemberID(stored.assignee),
		From: inbox.Address{Name: stored.contactName, Address: stored.contact},
	}
}

// stillCloses asks the rule, with what a row does not keep: since when its
// assignee has it.
func (db *DB) stillCloses(r reading, stored row) (bool, error) {
	id, err := conversationID(r, inbox.Key(stored.key))
	if err != nil {
		return false, err
	}
	state, _, err := db.state(r, id)
	if err != nil {
		return false, err
	}
	_, _, is := inbox.ClosingAt(inbox.ClosingFacts{
		WindowFacts: inbox.WindowFacts{Kind: db.channel(inbox.ChannelID(stored.channel)).Kind, LastInbound: fromMillis(stored.lastInbound)},
		Assignee:    state.Assignee, AssignedAt: assignedAt(state), Closed: state.Closed || state.Hidden,
	})
	return is, nil
}

// assignedAt is when the present assignee got a conversation, by its author's
// clock; zero where no line says.
func assignedAt(state teamlog.State) time.Time {
	for _, line := range slices.Backward(state.Activity) {
		if line.Kind == "assign" && line.Void == teamlog.Admitted && line.To == state.Assignee {
			return line.At
		}
	}
	return time.Time{}
}

// closingAgain is Event for a reply window: over when it is not what the line
// tells of any more.
func (db *DB) closingAgain(r reading, n inbox.NotificationRecord, stored row, e *inbox.NotificationEvent) (found bool, err error) {
	now := db.closingEvent(stored)
	is, err := db.stillCloses(r, stored)
	if err != nil {
		return false, err
	}
	now.Over = !is || now.ID != n.EventID || now.Assignee != n.Member
	now.ID, now.Conversation, now.At = e.ID, e.Conversation, n.At
	now.Ends, now.Assignee = n.At.Add(inbox.ClosingFor), n.Member
	*e = now
	return true, nil
}
