package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// UnreadIn says which conversations this member has not read. Each is named by
// the key of any message in it. What is deleted or nowhere is not unread.
func (db *DB) UnreadIn(ctx context.Context, keys []inbox.Key) (map[inbox.Key]bool, error) {
	unread := make(map[inbox.Key]bool, len(keys))
	err := db.snapshot(ctx, func(r reading) error {
		for _, key := range keys {
			stored, found, err := rowOf(r, key)
			if err != nil {
				return err
			}
			unread[key] = found && stored.section.Valid && stored.unread > 0
		}
		return nil
	})
	return unread, err
}

// rowOf finds a conversation's row by the key of any message in it.
func rowOf(q querier, key inbox.Key) (r row, found bool, err error) {
	message, err := findKey(q, key)
	if err != nil || message == 0 {
		return r, false, err
	}
	var id int64
	if found, err := q.one("SELECT conversation FROM messages WHERE id = ?", []any{message}, &id); err != nil || !found {
		return r, false, err
	}
	found, err = loadRow(q, id, &r)
	return r, found, err
}

// hasRead says whether a member has seen what came into a conversation up to a
// moment: they marked it as read, or did something in it since. It asks the
// team log, what waits for it, and the private book.
func (db *DB) hasRead(ctx context.Context, key inbox.Key, member inbox.MemberID, after time.Time) (read bool, err error) {
	err = db.snapshot(ctx, func(r reading) error {
		conversation, err := conversationID(r, key)
		if inbox.CodeOf(err) == inbox.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		newest, err := newestUpTo(r, conversation, after)
		if err != nil {
			return err
		}
		history, err := loadDecisions(r, conversation)
		for _, d := range history.decisions {
			read = read || d.Author == member && saw(d, after, newest)
		}
		return err
	})
	return read, err
}

// HasSeen says whether a line's member has seen what it is about: a message as
// hasRead says, by the provider's clock; an assignment by the log alone, since
// the clocks of two computers may be hours apart: they decided something about
// the conversation, such as that they read it, when the assignment had come to
// the computer that they did it on.
func (db *DB) HasSeen(ctx context.Context, n inbox.NotificationRecord) (seen bool, err error) {
	known := false
	if n.Occasion == inbox.OccasionAssigned {
		seen, known, err = db.sawAssignment(ctx, n)
	}
	if err != nil || known {
		return seen, err
	}
	return db.hasRead(ctx, n.Conversation, n.Member, n.At)
}

// sawAssignment is HasSeen for an assignment; known is false where the log has
// none.
func (db *DB) sawAssignment(ctx context.Context, n inbox.NotificationRecord) (seen, known bool, err error) {
	err = db.snapshot(ctx, func(r reading) error {
		conversation, err := conversationID(r, n.Conversation)
		if inbox.CodeOf(err) == inbox.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		all, err := loadDecisions(r, conversation)
		i := slices.IndexFunc(all.decisions, func(d teamlog.Decision) bool { return d.ID == n.EventID && d.N > 0 && d.Device != "" })
		if i < 0 || err != nil {
			return err
		}
		known = true
		for _, d := range all.decisions {
			seen = seen || d.Author == n.Member && d.Device != "" && d.Seen >= all.decisions[i].N
		}
		return nil
	})
	return seen, known, err
}

// newestUpTo is when the newest message came that was there at a moment.
func newestUpTo(q querier, conversation int64, at time.Time) (time.Time, error) {
	var id sql.NullInt64
	_, err := q.one("SELECT max(id) FROM messages WHERE conversation = ? AND id < ?",
		[]any{conversation, (millis(at) + 1) << tieBits}, &id)
	return timeOf(id.Int64), err
}

// saw says whether who decided this had seen what there was at a moment, the
// newest of which came at newest. Both clocks are asked of a mark: who reads up
// to an older message after the moment has seen what was assigned to them, but
// not what came meanwhile.
func saw(d teamlog.Decision, at, newest time.Time) bool {
	since := !d.At.Before(at.Truncate(time.Millisecond))
	read, marks := d.Event.(*teamlog.Read)
	if !marks {
		return since
	}
	upTo := read.UpTo
	return !upTo.Before(at.Truncate(time.Millisecond)) || since && !upTo.Before(newest)
}

// alertPreview is how many characters of a text Event gives.
const alertPreview = 500

// Event gives the event of a line of the history again, as the cache has it
// now: what an alert is written from after a restart. Its conversation is the
// line's. False when it is not here any more.
func (db *DB) Event(ctx context.Context, n inbox.NotificationRecord) (e inbox.NotificationEvent, found bool, err error) {
	err = db.snapshot(ctx, func(r reading) error {
		stored, here, err := rowOf(r, n.Conversation)
		if err != nil || !here || !stored.section.Valid {
			return err
		}
		e = inbox.NotificationEvent{
			ID: n.EventID, Conversation: n.Conversation, Channel: inbox.ChannelID(stored.channel), At: n.At, Closed: stored.closed,
		}
		if n.Occasion == inbox.OccasionAssigned {
			found, err = assignedAgain(r, stored, &e)
			return err
		}
		if n.Occasion == inbox.OccasionClosing {
			found, err = db.closingAgain(r, n, stored, &e)
			return err
		}
		if found, err = db.arrivedAgain(r, &e); err == nil {
			stored.nameSender(&e)
			e.Assignee = assigneeAt(n, stored)
		}
		return err
	})
	return e, found, err
}

// assigneeAt is whose the conversation was with an event, as far as its line
// says: for others the present assignee has to do.
func assigneeAt(n inbox.NotificationRecord, now row) inbox.MemberID {
	if n.Occasion == inbox.OccasionMine {
		return n.Member
	}
	if n.Occasion == inbox.OccasionUnassigned {
		return ""
	}
	return inbox.MemberID(now.assignee)
}

func assignedAgain(r reading, stored row, e *inbox.NotificationEvent) (found bool, err error) {
	err = r.each("SELECT id, book, n, idx, told, value FROM decisions WHERE id = ?", []any{e.ID}, func(rows *sql.Rows) error {
		d, _, _, err := scanDecision(rows, decodeEvent)
		assign, ok := d.Event.(*teamlog.Assign)
		if err != nil || !ok || d.Pending {
			return err
		}
		found = true
		e.Assignment, e.By, e.Device, e.Assignee, e.At = true, d.Author, d.Device, assign.To, d.At
		e.From, e.Subject = inbox.Address{Name: stored.contactName, Address: stored.contact}, stored.subject
		e.Thread = string(assign.Conversation)
		return nil
	})
	if found && err == nil {
		e.Thread, err = threadOfKey(r, inbox.Key(e.Thread))
	}
	return found, err
}

func (db *DB) arrivedAgain(r reading, e *inbox.NotificationEvent) (found bool, err error) {
	m := inbox.Message{Key: inbox.Key(e.ID)}
	id, err := findKey(r, m.Key)
	if err != nil || id == 0 {
		return false, err
	}
	var flags int64
	var extra []byte
	var preview string
	found, err = r.one("SELECT m.flags, m.preview, b.text, b.extra FROM messages m CROSS JOIN bodies b ON b.id = m.id WHERE m.id = ?", []any{id},
		&flags, &preview, &m.Text, &extra)
	if err != nil || !found {
		return false, err
	}
	unpackExtra(extra, &m)
	e.At, e.Thread, e.From, e.Subject, e.Nature = timeOf(id), threadOf(&m), m.From, m.Subject, m.Nature
	e.Preview, e.Answers, e.Seen = db.opt.Preview(m.Text, alertPreview), answered(&m), flags&flagSeen != 0
	if m.Text == "" {
		e.Preview = preview // files, and what cannot be shown, have words there
	}
	return true, nil
}
