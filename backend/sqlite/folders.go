package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"postvak/backend/inbox"
)

// FolderStates gives how far each folder of a channel was read.
func (db *DB) FolderStates(ctx context.Context, channel inbox.ChannelID) ([]inbox.FolderState, error) {
	var states []inbox.FolderState
	err := db.reading(ctx).each(`SELECT role, name, uidvalidity, low, high, complete, total, done, cursor FROM folders
		WHERE channel = ? ORDER BY id`, []any{string(channel)}, func(rows *sql.Rows) error {
		var s inbox.FolderState
		err := rows.Scan(&s.Role, &s.Name, &s.UIDValidity, &s.Low, &s.High, &s.Complete, &s.Total, &s.Done, &s.Cursor)
		states = append(states, s)
		return err
	})
	return states, err
}

// SetAside counts the messages of a channel that could not be read.
func (db *DB) SetAside(ctx context.Context, channel inbox.ChannelID) (count int, err error) {
	_, err = db.reading(ctx).one("SELECT count(*) FROM sources WHERE channel = ? AND problem != ''", []any{string(channel)}, &count)
	return count, err
}

// maxCursor bounds what an adapter keeps of how far it read, in bytes.
const maxCursor = 64 << 10

// putFolder saves a folder's state. When the server has numbered the folder
// anew (UIDVALIDITY), what was known of places in it is void; the messages
// stay and are recognised when they come again.
func (t *tx) putFolder(channel inbox.ChannelID, s inbox.FolderState) (int64, error) {
	if len(s.Cursor) > maxCursor {
		return 0, fmt.Errorf("the cursor of folder %q of channel %s has %d bytes", s.Role, channel, len(s.Cursor))
	}
	var id int64
	var validity uint32
	found, err := t.one("SELECT id, uidvalidity FROM folders WHERE channel = ? AND role = ?",
		[]any{string(channel), string(s.Role)}, &id, &validity)
	if err != nil {
		return 0, err
	}
	if found && validity != s.UIDValidity {
		if err := t.forgetPlaces(id); err != nil {
			return 0, err
		}
	}
	_, err = t.one(`INSERT INTO folders (channel, role, name, uidvalidity, low, high, complete, total, done, cursor)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, role) DO UPDATE SET name = excluded.name,
		uidvalidity = excluded.uidvalidity, low = excluded.low, high = excluded.high, complete = excluded.complete,
		total = excluded.total, done = excluded.done, cursor = excluded.cursor RETURNING id`,
		[]any{string(channel), string(s.Role), s.Name, s.UIDValidity, s.Low, s.High, s.Complete, s.Total, s.Done, s.Cursor}, &id)
	return id, err
}

// forgetPlaces empties a folder that was numbered anew. What is known by its
// place alone, since the server could not give it, comes again at its new one.
func (t *tx) forgetPlaces(folder int64) error {
	var aside []int64
	err := t.each("SELECT l.message FROM locations l JOIN sources s ON s.id = l.message WHERE l.folder = ? AND s.key LIKE s.channel || ':aside.%'",
		[]any{folder}, func(rows *sql.Rows) error {
			aside = append(aside, 0)
			return rows.Scan(&aside[len(aside)-1])
		})
	if err != nil {
		return err
	}
	for _, message := range aside {
		if err := t.dropAside(message); err != nil {
			return err
		}
	}
	return t.exec("DELETE FROM locations WHERE folder = ?", folder)
}

// putLocation notes where the server keeps a message. A message that was set
// aside at this place, and can be read now, makes room for the one it is.
func (t *tx) putLocation(folder int64, uid uint32, message int64) error {
	if uid == 0 {
		return nil
	}
	n, err := t.changedRows("INSERT OR IGNORE INTO locations VALUES (?, ?, ?)", folder, uid, message)
	if err != nil || n > 0 {
		return err
	}
	var before int64
	found, err := t.one("SELECT message FROM locations WHERE folder = ? AND uid = ?", []any{folder, uid}, &before)
	if err != nil {
		return err
	}
	if found && before == message {
		return nil
	}
	if found && before != 0 {
		if err := t.dropAside(before); err != nil {
			return err
		}
	}
	return t.exec("UPDATE locations SET message = ? WHERE folder = ? AND uid = ?", message, folder, uid)
}

func (t *tx) dropAside(id int64) error {
	n, err := t.changedRows("DELETE FROM sources WHERE id = ? AND problem != ''", id)
	if err != nil || n == 0 {
		return err
	}
	if err := t.touchMessage(id); err != nil {
		return err
	}
	if err := t.unthread(id); err != nil {
		return err
	}
	return t.forget(id, "messages", "bodies", "provided")
}

// StoreListing compares what a folder holds now with what is known of it:
// flags are taken over, and what is gone at the server is marked so and stays.
func (db *DB) StoreListing(ctx context.Context, l inbox.FolderListing) (Changed, error) {
	return db.update(ctx, relaxed, func(t *tx) error {
		gone, seen, err := t.compare(l)
		if err != nil {
			return err
		}
		for _, place := range gone {
			if err := t.leave(place); err != nil {
				return err
			}
		}
		for id, value := range seen {
			if err := t.setSeen(id, value); err != nil {
				return err
			}
		}
		return nil
	})
}

type place struct {
	folder  int64
	uid     uint32
	message int64
}

func (t *tx) compare(l inbox.FolderListing) (gone []place, seen map[int64]bool, err error) {
	seen = map[int64]bool{}
	err = t.each(`SELECT l.folder, l.uid, l.message, coalesce(m.flags, 0) FROM folders f JOIN locations l ON l.folder = f.id
		LEFT JOIN messages m ON m.id = l.message WHERE f.channel = ? AND f.role = ? AND l.uid BETWEEN ? AND ?`,
		[]any{string(l.Channel), string(l.Role), l.From, l.To}, func(rows *sql.Rows) error {
			var p place
			var flags int64
			if err := rows.Scan(&p.folder, &p.uid, &p.message, &flags); err != nil {
				return err
			}
			value, there := l.Seen[p.uid]
			if !there {
				gone = append(gone, p)
			} else if p.message != 0 && (flags&flagSeen != 0) != value {
				seen[p.message] = value
			}
			return nil
		})
	return gone, seen, err
}

func (t *tx) leave(p place) error {
	if err := t.exec("DELETE FROM locations WHERE folder = ? AND uid = ?", p.folder, p.uid); err != nil || p.message == 0 {
		return err
	}
	n, err := t.changedRows(`UPDATE sources SET gone = 1 WHERE id = ?1 AND gone = 0
		AND NOT EXISTS (SELECT 1 FROM locations WHERE message = ?1)`, p.message)
	if err != nil || n == 0 {
		return err
	}
	if err := t.exec("UPDATE messages SET flags = flags | ? WHERE id = ?", flagGone, p.message); err != nil {
		return err
	}
	return t.touchMessage(p.message)
}
