package sqlite

import (
	"database/sql"
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// mayTell notes a confirmed decision that gives a conversation to somebody: the
// fold says whether it does.
func (t *tx) mayTell(d teamlog.Decision, book int) {
	assign, ok := d.Event.(*teamlog.Assign)
	if ok && book != bookBehind && d.Void == teamlog.Admitted && assign.To != "" && assign.Undo == "" {
		t.remember(d.ID)
	}
}

func (t *tx) remember(id string) {
	if t.assigned == nil {
		t.assigned = map[string]bool{}
	}
	t.assigned[id] = true
}

// wakeDecisions gives decisions that waited for a message to its conversation.
// Where the message is news, an assignment among them is.
func (t *tx) wakeDecisions(key inbox.Key, conversation int64) error {
	const query = "UPDATE decisions SET conversation = ? WHERE anchor = ? AND conversation IS NULL"
	if !t.live {
		return t.exec(query, conversation, string(key))
	}
	return t.each(query+" RETURNING id, book, n, idx, told, value", []any{conversation, string(key)}, func(rows *sql.Rows) error {
		d, book, _, err := scanDecision(rows, decodeEvent)
		if err == nil && !d.Pending {
			t.mayTell(d, book)
		}
		return err
	})
}

// tellAssigned tells of the assignments that the fold of a conversation lets
// stand. A conversation that nobody here may see is not told of (R31).
func (t *tx) tellAssigned(conversation int64, decisions []teamlog.Decision, state teamlog.State) error {
	if len(t.assigned) == 0 {
		return nil
	}
	var fresh []teamlog.Decision
	for _, d := range decisions {
		if t.assigned[d.ID] {
			delete(t.assigned, d.ID)
			if hadEffect(d.ID, state) {
				fresh = append(fresh, d)
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	r, found, err := t.oldRow(conversation)
	if err != nil || !found || !r.section.Valid {
		return err
	}
	for i, d := range fresh {
		a := assignment(d, r)
		a.Stands = i == len(fresh)-1 && state.Assignee == a.Assignee
		if a.Thread, err = threadOfKey(t, teamlog.Anchor(d.Event)); err != nil {
			return err
		}
		t.changes.assigned = append(t.changes.assigned, a)
	}
	return nil
}

// hadEffect says whether a decision stands as a line of its conversation: one
// that changes nothing leaves none.
func hadEffect(id string, state teamlog.State) bool {
	return slices.ContainsFunc(state.Activity, func(line teamlog.Activity) bool {
		return line.ID == id && line.Void == teamlog.Admitted && !line.Pending
	})
}

func assignment(d teamlog.Decision, r row) Assignment {
	return Assignment{NotificationEvent: inbox.NotificationEvent{
		ID: d.ID, Conversation: inbox.Key(r.key), Channel: inbox.ChannelID(r.channel), At: d.At,
		Assignment: true, By: d.Author, Device: d.Device, Assignee: d.Event.(*teamlog.Assign).To,
		From: inbox.Address{Name: r.contactName, Address: r.contact}, Subject: r.subject,
	}}
}

// threadOfKey is threadOf for a stored message.
func threadOfKey(q querier, key inbox.Key) (string, error) {
	m := inbox.Message{Key: key}
	id, err := findKey(q, key)
	if err != nil {
		return "", err
	}
	if key.Chat() {
		var contact string
		_, err := q.one("SELECT contact FROM messages WHERE id = ?", []any{id}, &contact)
		return chatThread(key.Channel(), contact), err
	}
	var extra []byte
	if _, err := q.one("SELECT extra FROM bodies WHERE id = ?", []any{id}, &extra); err != nil {
		return "", err
	}
	unpackExtra(extra, &m)
	return threadOf(&m), nil
}
