package sqlite

import (
	"context"
	"database/sql"
	"slices"

	"postvak/backend/inbox"
)

// Source gives a message's raw bytes as the provider sent them.
func (db *DB) Source(ctx context.Context, key inbox.Key) ([]byte, error) {
	r := db.reading(ctx)
	id, err := findKey(r, key)
	if err != nil {
		return nil, err
	}
	var packed []byte
	found, err := r.one("SELECT raw FROM sources WHERE id = ? AND remains IS NULL", []any{id}, &packed)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, noMessage()
	}
	raw, err := unpackRaw(packed)
	return raw, explain(err)
}

// Known tells which of these messages are stored, by any of their keys, also
// those of which a delete left only the thread.
func (db *DB) Known(ctx context.Context, keys []inbox.Key) (map[inbox.Key]bool, error) {
	known := map[inbox.Key]bool{}
	err := db.snapshot(ctx, func(r reading) error {
		for _, key := range keys {
			id, err := findKey(r, key)
			if err != nil {
				return err
			}
			known[key] = id != 0
		}
		return nil
	})
	return known, err
}

// HTML gives the one part of a message that was chosen for showing; "" when it
// has none.
func (db *DB) HTML(ctx context.Context, key inbox.Key) (string, error) {
	r := db.reading(ctx)
	id, err := findKey(r, key)
	if err != nil {
		return "", err
	}
	var html string
	found, err := r.one("SELECT html FROM bodies WHERE id = ?", []any{id}, &html)
	if err == nil && !found {
		err = noMessage()
	}
	return html, err
}

// InlineImages gives the files that a message's HTML may refer to, by
// Content-ID: of that very message and no other.
func (db *DB) InlineImages(ctx context.Context, key inbox.Key) (map[string]inbox.FileID, error) {
	r := db.reading(ctx)
	id, err := findKey(r, key)
	if err != nil {
		return nil, err
	}
	images := map[string]inbox.FileID{}
	err = r.each("SELECT cid, file FROM attachments WHERE message = ? AND cid != ''", []any{id}, func(rows *sql.Rows) error {
		var cid string
		var file inbox.FileID
		err := rows.Scan(&cid, &file)
		images[cid] = file
		return err
	})
	return images, err
}

// Message gives one message with everything but its attachments' bytes.
func (db *DB) Message(ctx context.Context, key inbox.Key) (*MessageView, error) {
	var found *MessageView
	err := db.snapshot(ctx, func(r reading) error {
		id, err := findKey(r, key)
		if err != nil {
			return err
		}
		conversation, err := conversationID(r, key)
		if err != nil {
			return err
		}
		state, shown, err := db.state(r, conversation)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(shown, func(m shownMessage) bool { return m.id == id })
		if at < 0 {
			return noMessage()
		}
		views, err := loadPage(r, conversation, shown[at:at+1], state)
		if err == nil {
			found = &views[0]
		}
		return err
	})
	return found, err
}
