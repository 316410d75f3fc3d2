package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Voided is an own decision that had no effect, as a line of its conversation
// (R7).
type Voided struct {
	ID           string
	Conversation inbox.Key // its present id; "" when it was about a record
	Record       inbox.Key // of the contact book: its anchor
	Activity     teamlog.Activity
	Wrote        string // what its author wrote that stands nowhere else
}

// Reports gives the own decisions that turned out void, until they are
// dismissed, in the order of their making.
func (db *DB) Reports(ctx context.Context) ([]Voided, error) {
	var all []Voided
	err := db.snapshot(ctx, func(r reading) error {
		all = nil
		err := r.each("SELECT id, anchor, value FROM reports WHERE told = 0 ORDER BY value ->> '$.At', id", nil, func(rows *sql.Rows) error {
			var v Voided
			var value []byte
			if err := rows.Scan(&v.ID, &v.Conversation, &value); err != nil {
				return err
			}
			all = append(all, v)
			return json.Unmarshal(value, &all[len(all)-1].Activity)
		})
		if err != nil {
			return err
		}
		for i := range all {
			if ofBook(all[i].Conversation) {
				all[i].Conversation, all[i].Record = "", all[i].Conversation
				continue
			}
			if err := presentName(r, &all[i].Conversation); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

// presentName turns the key of a message into the id of its conversation.
func presentName(r reading, key *inbox.Key) error {
	message, err := findKey(r, *key)
	if err != nil || message == 0 {
		return err
	}
	_, err = r.one("SELECT c.key FROM messages m CROSS JOIN conversations c ON c.id = m.conversation WHERE m.id = ?", []any{message}, key)
	return err
}

// DismissReport ends the report of a decision: its author was told. Without one
// it changes nothing.
func (db *DB) DismissReport(ctx context.Context, id string) error {
	_, err := db.update(ctx, durable, func(t *tx) error {
		return t.exec("UPDATE reports SET told = 1 WHERE id = ?", id)
	})
	return err
}

// report notes which own decisions of a conversation turned out void. The
// verdict can come later than the confirmation: when threads turn out to be
// one, the later of two assignments becomes void. Each is reported once.
func (t *tx) report(conversation int64, messages []shownMessage, h history, state teamlog.State) error {
	if len(h.own) == 0 {
		return nil
	}
	for i, d := range h.decisions {
		if !h.own[d.ID] {
			continue
		}
		line, found, err := t.lineOf(d.ID, i, messages, h, state)
		if err != nil {
			return err
		}
		if !found || line.Void == teamlog.Admitted || line.Pending {
			continue
		}
		if err := t.putReport(conversation, d, line); err != nil {
			return err
		}
	}
	return nil
}

// lineOf finds a decision's line between the messages. A delete that came with
// it took the line away; its author is told all the same.
func (t *tx) lineOf(id string, at int, messages []shownMessage, h history, state teamlog.State) (line teamlog.Activity, found bool, err error) {
	for _, line := range state.Activity {
		if line.ID == id {
			return line, true, nil
		}
	}
	if !t.confirmed[id] {
		return line, false, nil
	}
	before, err := t.foldState(messages, h.decisions[:at+1])
	if n := len(before.Activity); err == nil && n > 0 && before.Activity[n-1].ID == id {
		return before.Activity[n-1], true, nil
	}
	return line, false, err
}

func (t *tx) putReport(conversation int64, d teamlog.Decision, line teamlog.Activity) error {
	if err := t.exec("UPDATE decisions SET told = 1 WHERE id = ?", d.ID); err != nil {
		return err
	}
	value, err := json.Marshal(line)
	if err != nil {
		return err
	}
	n, err := t.changedRows("INSERT OR IGNORE INTO reports (id, anchor, told, value) VALUES (?, ?, 0, ?)",
		d.ID, string(teamlog.Anchor(d.Event)), string(value))
	if err == nil && n > 0 {
		v := Voided{ID: d.ID, Activity: line}
		if anchor := teamlog.Anchor(d.Event); ofBook(anchor) {
			v.Record = anchor
		}
		t.changes.voided = append(t.changes.voided, voided{conversation, v})
	}
	return err
}

// nameVoided gives reports the present ids of their conversations.
func (t *tx) nameVoided() error {
	for i := range t.changes.voided {
		v := &t.changes.voided[i]
		if _, err := t.one("SELECT key FROM conversations WHERE id = ?", []any{v.conversation}, &v.Conversation); err != nil {
			return err
		}
	}
	return nil
}
