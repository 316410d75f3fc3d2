package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"

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

// putChannels keeps channels and refolds those whose lines of R36 moved, or
// whose reply windows end at another time. A
// channel that the team removed stays: its conversations stay readable.
func (t *tx) putChannels(channels []inbox.Channel) error {
	changed := map[inbox.ChannelID]inbox.Channel{}
	for _, c := range channels {
		value, err := json.Marshal(c)
		if err != nil {
			return err
		}
		n, err := t.changedRows(`INSERT INTO channels VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value
			WHERE value != excluded.value`, string(c.ID), string(value))
		if err != nil {
			return err
		}
		if n > 0 {
			changed[c.ID] = c
		}
	}
	for id, c := range changed {
		old := t.db.channel(id)
		if sameWindows(old, c) && old.OpenSince.Equal(c.OpenSince) && old.NotifySince.Equal(c.NotifySince) && mayRead(old, t.me) == mayRead(c, t.me) {
			continue
		}
		for _, section := range []string{"section IN (1, 2, 3, 4)", "section IS NULL"} { // as the index has them
			if err := t.touchAll("SELECT id FROM conversations WHERE "+section+" AND channel = ?", string(id)); err != nil {
				return err
			}
		}
	}
	t.channels = changed
	t.afterCommit(func() {
		t.db.channelsMu.Lock()
		defer t.db.channelsMu.Unlock()
		maps.Copy(t.db.channels, changed)
	})
	return nil
}

// mayRead says whether a member sees a channel (R31). What belongs to a channel
// that was never described here hides nothing.
func mayRead(c inbox.Channel, member inbox.MemberID) bool {
	return c.ID == "" || c.Shared || c.Installer == member
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

// putRemovals keeps when members left and refolds what was theirs.
func (t *tx) putRemovals(removals map[inbox.MemberID][]uint64) error {
	if removals == nil {
		return nil
	}
	old, err := loadRemovals(t)
	if err != nil || maps.EqualFunc(old, removals, slices.Equal) {
		return err
	}
	if err := t.putSetting(removalsKey, removals); err != nil {
		return err
	}
	t.removals = removals
	if !onlyMore(old, removals) {
		return t.touchDecided() // somebody is back: who had what is to be found again
	}
	for member := range removals {
		if err := t.touchAll("SELECT id FROM conversations WHERE assignee = ?", string(member)); err != nil {
			return err
		}
	}
	// What waits may have hidden that it was theirs.
	return t.touchAll("SELECT conversation FROM decisions WHERE n IS NULL AND conversation IS NOT NULL")
}

// onlyMore says whether every removal that there was is still there.
func onlyMore(old, removals map[inbox.MemberID][]uint64) bool {
	for member, left := range old {
		now := removals[member]
		if len(now) < len(left) || !slices.Equal(now[:len(left)], left) {
			return false
		}
	}
	return true
}

func loadRemovals(q querier) (map[inbox.MemberID][]uint64, error) {
	removals := map[inbox.MemberID][]uint64{}
	_, err := settingIn(q, removalsKey, &removals)
	return removals, err
}
