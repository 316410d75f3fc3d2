package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"maps"

	"postvak/backend/inbox"
)

const removalsKey = "team.removals"

// Channels gives the channels as the team log last described them.
func (db *DB) Channels() []inbox.Channel {
	db.channelsMu.RLock()
	defer db.channelsMu.RUnlock()
	all := make([]inbox.Channel, 0, len(db.channels))
	for _, c := range db.channels {
		all = append(all, c)
	}
	return all
}

func (db *DB) channel(id inbox.ChannelID) inbox.Channel {
	db.channelsMu.RLock()
	defer db.channelsMu.RUnlock()
	return db.channels[id]
}

func (db *DB) loadChannels(ctx context.Context) error {
	db.channels = map[inbox.ChannelID]inbox.Channel{}
	return db.reading(ctx).each("SELECT value FROM channels", nil, func(rows *sql.Rows) error {
		var value []byte
		if err := rows.Scan(&value); err != nil {
			return err
		}
		var c inbox.Channel
		if err := json.Unmarshal(value, &c); err != nil {
			return err
		}
		db.channels[c.ID] = c
		return nil
	})
}

// putChannels keeps channels and refolds those whose lines of R36 moved. A
// channel that the team removed stays: its conversations stay readable.
func (t *tx) putChannels(channels []inbox.Channel) (after func(), err error) {
	changed := map[inbox.ChannelID]inbox.Channel{}
	for _, c := range channels {
		value, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		n, err := t.changedRows(`INSERT INTO channels VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value
			WHERE value != excluded.value`, string(c.ID), string(value))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			changed[c.ID] = c
		}
	}
	for id, c := range changed {
		old := t.db.channel(id)
		if old.OpenSince.Equal(c.OpenSince) && old.NotifySince.Equal(c.NotifySince) {
			continue
		}
		if err := t.touchAll("SELECT id FROM conversations WHERE channel = ?", string(id)); err != nil {
			return nil, err
		}
	}
	t.channels = changed
	return func() {
		t.db.channelsMu.Lock()
		defer t.db.channelsMu.Unlock()
		maps.Copy(t.db.channels, changed)
	}, nil
}

// channel is the channel as this transaction sees it.
func (t *tx) channel(id inbox.ChannelID) inbox.Channel {
	if c, ok := t.channels[id]; ok {
		return c
	}
	return t.db.channel(id)
}

func (t *tx) touchAll(query string, args ...any) error {
	return t.each(query, args, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		t.touched[id] = true
		return err
	})
}

// putRemovals keeps where members left the log and refolds what was theirs.
func (t *tx) putRemovals(removals map[inbox.MemberID][]uint64) error {
	if removals == nil {
		return nil
	}
	value, err := json.Marshal(removals)
	if err != nil {
		return err
	}
	n, err := t.changedRows(`INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value
		WHERE value != excluded.value`, removalsKey, string(value))
	if err != nil || n == 0 {
		return err
	}
	t.removals = removals
	for member := range removals {
		if err := t.touchAll("SELECT id FROM conversations WHERE assignee = ?", string(member)); err != nil {
			return err
		}
	}
	return nil
}

func loadRemovals(q querier) (map[inbox.MemberID][]uint64, error) {
	removals := map[inbox.MemberID][]uint64{}
	var value []byte
	found, err := q.one("SELECT value FROM settings WHERE key = ?", []any{removalsKey}, &value)
	if err != nil || !found {
		return removals, err
	}
	return removals, json.Unmarshal(value, &removals)
}
