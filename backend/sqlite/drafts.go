package sqlite

import (
	"context"
	"encoding/json"

	"postvak/backend/inbox"
)

// SaveDraft keeps what a person is writing in a conversation, durably. An
// empty draft is forgotten.
func (db *DB) SaveDraft(ctx context.Context, conversation inbox.Key, draft inbox.Draft) error {
	_, err := db.update(ctx, durable, func(t *tx) error {
		id, err := t.known(conversation)
		if err != nil {
			return err
		}
		return t.putDraft(id, draft)
	})
	return err
}

// known finds a message by its key, or says that there is none.
func (t *tx) known(key inbox.Key) (int64, error) {
	id, err := findKey(t, key)
	if err == nil && id == 0 {
		return 0, noConversation()
	}
	return id, err
}

// putDraft keeps one draft a conversation. It hangs on a message, so that it
// goes where the message goes when threads turn out to be one.
func (t *tx) putDraft(message int64, draft inbox.Draft) error {
	if draft.Empty() {
		return t.dropDraft(message)
	}
	value, err := json.Marshal(draft)
	if err != nil {
		return err
	}
	now := millis(t.db.opt.Now())
	b, err := t.beginning(message, now)
	if err != nil {
		return err
	}
	if err := t.dropDraft(message); err != nil {
		return err
	}
	return t.exec("INSERT INTO drafts (message, saved, value, began, answers) VALUES (?, ?, ?, ?, ?)",
		message, now, string(value), b.began, b.answers)
}

func (t *tx) dropDraft(message int64) error {
	return t.exec(`DELETE FROM drafts WHERE message IN (SELECT d.message FROM drafts d JOIN messages m ON m.id = d.message
		WHERE m.conversation = (SELECT conversation FROM messages WHERE id = ?))`, message)
}

// Draft gives a conversation's draft; nil when there is none.
func (db *DB) Draft(ctx context.Context, conversation inbox.Key) (*inbox.Draft, error) {
	q := db.reading(ctx)
	id, err := conversationID(q, conversation)
	if err != nil {
		return nil, err
	}
	return loadDraft(q, id)
}

func loadDraft(q querier, conversation int64) (*inbox.Draft, error) {
	var value []byte
	found, err := q.one(`SELECT d.value FROM drafts d JOIN messages m ON m.id = d.message WHERE m.conversation = ?
		ORDER BY d.saved DESC LIMIT 1`, []any{conversation}, &value)
	if err != nil || !found {
		return nil, err
	}
	var draft inbox.Draft
	if err := json.Unmarshal(value, &draft); err != nil {
		return nil, err
	}
	return &draft, nil
}

// conversationID finds a conversation by the key of any message in it.
func conversationID(q querier, key inbox.Key) (id int64, err error) {
	message, err := findKey(q, key)
	if err != nil {
		return 0, err
	}
	found, err := q.one("SELECT conversation FROM messages WHERE id = ?", []any{message}, &id)
	if err == nil && !found {
		err = noConversation()
	}
	return id, err
}
