package sqlite

import (
	"context"
	"encoding/json"
)

// Setting reads a local setting into a value; found is false, and the value as
// it was, when there is none. Secrets are never settings (R32).
func (db *DB) Setting(ctx context.Context, key string, into any) (found bool, err error) {
	found, err = settingIn(db.reading(ctx), key, into)
	return found, explain(err)
}

func settingIn(q querier, key string, into any) (found bool, err error) {
	var value []byte
	found, err = q.one("SELECT value FROM settings WHERE key = ?", []any{key}, &value)
	if err != nil || !found {
		return false, err
	}
	return true, json.Unmarshal(value, into)
}

// PutSetting stores a local setting durably, as JSON.
func (db *DB) PutSetting(ctx context.Context, key string, value any) error {
	_, err := db.update(ctx, durable, func(t *tx) error { return t.putSetting(key, value) })
	return err
}

func (t *tx) putSetting(key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return t.exec("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, string(text))
}
