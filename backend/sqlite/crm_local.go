package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"postvak/backend/inbox"
)

// PutCreation keeps a record that is to be made, or how far it is. It is on the
// disk when the call returns. Of a conversation that is not here, or deleted,
// nothing is kept: NotFound.
func (db *DB) PutCreation(ctx context.Context, c Creation) error {
	value, err := json.Marshal(creationValue{c, draftValue{c.Draft, string(c.Draft.Value)}})
	if err != nil {
		return err
	}
	_, err = db.update(ctx, durable, func(t *tx) error {
		id, err := findKey(t, c.Conversation)
		if err != nil {
			return err
		}
		var key string // a delete names it by this one
		found, err := t.one("SELECT key FROM messages WHERE id = ? AND flags & 8 = 0", []any{id}, &key)
		if err != nil {
			return err
		}
		if !found {
			return noConversation()
		}
		t.filled["crm_creations"] = true
		return t.exec(`INSERT INTO crm_creations (id, conversation, made, value) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET conversation = excluded.conversation, value = excluded.value`,
			c.ID, key, millis(c.At), string(value))
	})
	return err
}

// Creations gives all that wait, the oldest first.
func (db *DB) Creations(ctx context.Context) (all []Creation, err error) {
	all = []Creation{}
	err = db.snapshot(ctx, func(r reading) error {
		err := r.each("SELECT value FROM crm_creations ORDER BY made, id", nil, func(rows *sql.Rows) error {
			var value sql.RawBytes
			if err := rows.Scan(&value); err != nil {
				return err
			}
			var v creationValue
			err := json.Unmarshal(value, &v)
			v.Creation.Draft = v.Draft.RecordDraft
			v.Creation.Draft.Value = json.Number(v.Draft.Value)
			all = append(all, v.Creation)
			return err
		})
		for i := range all {
			if err == nil {
				err = presentName(r, &all[i].Conversation)
			}
		}
		return err
	})
	return all, err
}

// DropCreation forgets one: it is made and linked, or given up. Without it
// nothing changes.
func (db *DB) DropCreation(ctx context.Context, id string) error {
	_, err := db.update(ctx, durable, func(t *tx) error { return t.exec("DELETE FROM crm_creations WHERE id = ?", id) })
	return err
}

// As JSON an amount that is none would be 0: what holds one is stored with its
// text in the place of it.
type (
	recordValue struct {
		inbox.Record
		Value string
	}
	draftValue struct {
		inbox.RecordDraft
		Value string
	}
	creationValue struct {
		Creation
		Draft draftValue
	}
)

func (v recordValue) record() inbox.Record {
	v.Record.Value = json.Number(v.Value)
	return v.Record
}

// How long who a contact is stays known, and how much of a note is kept.
const (
	keepMatches = 30 * 24 * time.Hour
	maxSeenText = 128 << 10
)

// PutMatches keeps whom a provider took a contact for. Contact is the address
// of the conversation's contact: when their last conversation is deleted, that
// goes too (R12).
func (db *DB) PutMatches(ctx context.Context, provider, contact string, matches []inbox.Record, at time.Time) error {
	values := make([]recordValue, len(matches))
	for i, r := range matches {
		values[i] = recordValue{r, string(r.Value)}
	}
	return db.remember(ctx, values, func(t *tx, value string) error {
		t.filled["crm_matches"] = true
		if err := t.exec("DELETE FROM crm_matches WHERE at < ?", millis(at.Add(-keepMatches))); err != nil {
			return err
		}
		return t.exec("INSERT OR REPLACE INTO crm_matches (provider, contact, at, value) VALUES (?, ?, ?, ?)",
			provider, inbox.NormalAddress(contact), millis(at), value)
	})
}

// Matches gives them, and from when they are.
func (db *DB) Matches(ctx context.Context, provider, contact string) (matches []inbox.Record, at time.Time, found bool, err error) {
	var values []recordValue
	at, found, err = db.recall(ctx, &values, "SELECT at, value FROM crm_matches WHERE provider = ? AND contact = ?",
		provider, inbox.NormalAddress(contact))
	for _, v := range values {
		matches = append(matches, v.record())
	}
	return matches, at, found, err
}

// PutSeenNote keeps how a provider's note reads. It goes when the conversation
// that it is of is deleted or unlinked (R12).
func (db *DB) PutSeenNote(ctx context.Context, provider string, n inbox.NoteVersion, at time.Time) error {
	n.Content, n.Text = cut(n.Content, maxSeenText), cut(n.Text, maxSeenText)
	return db.remember(ctx, n, func(t *tx, value string) error {
		return t.exec("INSERT OR REPLACE INTO crm_seen_notes (provider, note, at, value) VALUES (?, ?, ?, ?)", provider, n.ID, millis(at), value)
	})
}

// SeenNote gives a note as it was last seen, and when that was.
func (db *DB) SeenNote(ctx context.Context, provider, id string) (n inbox.NoteVersion, at time.Time, found bool, err error) {
	at, found, err = db.recall(ctx, &n, "SELECT at, value FROM crm_seen_notes WHERE provider = ? AND note = ?", provider, id)
	return n, at, found, err
}

// PutSeenRecord keeps what a provider says of a record. It goes when no
// conversation is linked with it any more.
func (db *DB) PutSeenRecord(ctx context.Context, provider string, r inbox.Record, at time.Time) error {
	return db.remember(ctx, recordValue{r, string(r.Value)}, func(t *tx, value string) error {
		return t.exec("INSERT OR REPLACE INTO crm_seen_records (provider, kind, target, at, value) VALUES (?, ?, ?, ?, ?)",
			provider, string(r.Kind), r.ID, millis(at), value)
	})
}

// SeenRecord gives a record as it was last seen, and when that was.
func (db *DB) SeenRecord(ctx context.Context, provider string, ref inbox.RecordRef) (r inbox.Record, at time.Time, found bool, err error) {
	var v recordValue
	at, found, err = db.recall(ctx, &v, "SELECT at, value FROM crm_seen_records WHERE provider = ? AND kind = ? AND target = ?",
		provider, string(ref.Kind), ref.ID)
	return v.record(), at, found, err
}

func (db *DB) remember(ctx context.Context, what any, put func(t *tx, value string) error) error {
	value, err := json.Marshal(what)
	if err != nil {
		return err
	}
	_, err = db.update(ctx, relaxed, func(t *tx) error { return put(t, string(value)) })
	return err
}

func (db *DB) recall(ctx context.Context, into any, query string, args ...any) (at time.Time, found bool, err error) {
	var ms int64
	var value []byte
	found, err = db.reading(ctx).one(query, args, &ms, &value)
	if err != nil || !found {
		return time.Time{}, false, err
	}
	return fromMillis(ms), true, explain(json.Unmarshal(value, into))
}

// forgetCreations takes out what was to be made for a message that is purged.
func (t *tx) forgetCreations(key inbox.Key) error {
	if some, err := t.some("crm_creations"); err != nil || !some {
		return err
	}
	return t.exec("DELETE FROM crm_creations WHERE conversation = ?", string(key))
}

// losesContact notes whose message is purged, before that is forgotten.
func (t *tx) losesContact(message int64) error {
	if some, err := t.some("crm_matches"); err != nil || !some {
		return err
	}
	var contact string
	if _, err := t.one("SELECT contact FROM messages WHERE id = ?", []any{message}, &contact); err != nil || contact == "" {
		return err
	}
	if t.lost == nil {
		t.lost = map[string]bool{}
	}
	t.lost[contact] = true
	return nil
}

// forgetMatches takes out who those are with whom no conversation is left.
func (t *tx) forgetMatches() error {
	for contact := range t.lost {
		err := t.exec(`DELETE FROM crm_matches WHERE contact = ?1
			AND NOT EXISTS (SELECT 1 FROM conversations WHERE contact = ?1 AND section IS NOT NULL)`, contact)
		if err != nil {
			return err
		}
	}
	return nil
}
